"""The service, as the ASGI application `app.main:app`."""

import os
import sys
from datetime import UTC, datetime
from typing import Literal

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime, BaseModel

from app import health, logs, metrics
from app.config import ConfigError, Settings
from app.middleware import ObservedFastAPI
from app.routing import LeanRoute


class Hello(BaseModel):
    """What `/` answers."""

    status: Literal["ok"]
    message: str
    timestamp: AwareDatetime


def create_app(settings: Settings, readiness: health.Readiness) -> FastAPI:
    """Build the service with its routes and its middleware.

    Endpoints return a response rather than a value, so that `LeanRoute` calls them directly. What
    they promise is for the OpenAPI page; tests hold them to it.
    """
    requests = metrics.RequestMetrics()
    app = ObservedFastAPI(
        requests,
        log_all=settings.access_log == "all",
        title="FastAPI service",
        version=settings.version,
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.router.route_class = LeanRoute

    @app.get("/", response_model=Hello)
    async def hello() -> JSONResponse:
        """The service answers, and knows the time."""
        return JSONResponse(
            {
                "status": "ok",
                "message": "Hello World",
                "timestamp": datetime.now(UTC).isoformat(),
            }
        )

    health.add_routes(app, settings, readiness)
    metrics.add_routes(app, settings, requests)
    return app


try:
    settings = Settings.from_environment(os.environ)
except ConfigError as error:
    sys.exit(str(error))

logs.configure(settings.log_level)
readiness = health.Readiness()
app = create_app(settings, readiness)
