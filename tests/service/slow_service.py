"""The service with one more route, which takes as long as it is asked to."""

import asyncio

from app.__main__ import main
from app.main import app


@app.get("/slow/{seconds}")
async def slow(seconds: float) -> str:
    await asyncio.sleep(seconds)
    return "done"


main()
