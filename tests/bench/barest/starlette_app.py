"""The barest Starlette application with the service's answer."""

from datetime import UTC, datetime

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route


async def hello(request: Request) -> JSONResponse:
    return JSONResponse(
        {
            "status": "ok",
            "message": "Hello World",
            "timestamp": datetime.now(UTC).isoformat(),
        }
    )


app = Starlette(routes=[Route("/", hello)])
