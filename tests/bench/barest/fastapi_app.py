"""The barest FastAPI application with the service's answer."""

from datetime import UTC, datetime

from fastapi import FastAPI

app = FastAPI()


@app.get("/")
async def hello():  # type: ignore[no-untyped-def]  # an annotation would cost a validation
    return {
        "status": "ok",
        "message": "Hello World",
        "timestamp": datetime.now(UTC).isoformat(),
    }
