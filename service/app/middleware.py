"""The outermost layer: answers what nobody else did, and observes each request."""

from functools import partial
from time import perf_counter
from typing import Any

from fastapi import FastAPI
from starlette.middleware.errors import ServerErrorMiddleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.logs import log_request
from app.metrics import BATCH, RequestMetrics


class Observe:
    """Counts every HTTP request, and logs those that `log_all` or a 5xx asks for.

    HEAD is asked of the application as GET, and the server leaves the body out. A request that
    raises before its response began is answered with 500, and raises on, so that the server logs
    it.
    """

    def __init__(self, app: ASGIApp, metrics: RequestMetrics, log_all: bool) -> None:
        self._app = app
        self._metrics = metrics
        self._notes = metrics.notes
        self._log_all = log_all

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request and observe its status and time, also where it raises."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        status = 0

        async def send_observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        method = scope["method"]
        if method == "HEAD":  # The server goes by its own scope.
            scope = {**scope, "method": "GET"}
        metrics = self._metrics
        metrics.in_flight += 1
        started = perf_counter()
        try:
            await self._app(scope, receive, send_observed)
        except Exception:
            if not status:
                await PlainTextResponse("Internal Server Error", 500)(scope, receive, send)
            raise
        finally:
            seconds = perf_counter() - started
            status = status or 500
            metrics.in_flight -= 1
            route = scope.get("route")
            self._notes.append((method, route and route.path, status, seconds))
            if len(self._notes) >= BATCH:
                metrics.count()
            if self._log_all or status >= 500:
                log_request(method, scope["path"], status, seconds)


class ObservedFastAPI(FastAPI):
    """A FastAPI application whose outermost layer is `Observe`.

    It stands where FastAPI has its own answer to what raises, which wraps `send` just as
    `Observe` does: two layers around every request are one.
    """

    def __init__(self, metrics: RequestMetrics, log_all: bool, **options: Any) -> None:
        super().__init__(**options)
        self._observe = partial(Observe, metrics=metrics, log_all=log_all)

    def build_middleware_stack(self) -> ASGIApp:
        """FastAPI's layers, the outermost one replaced."""
        outermost = super().build_middleware_stack()
        assert isinstance(outermost, ServerErrorMiddleware)
        return self._observe(outermost.app)
