"""Observes each request: plain ASGI, one wrapped `send`, nothing allocated for the body."""

from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.logs import log_request
from app.metrics import RequestMetrics


class Observe:
    """Counts every HTTP request, and logs those that `log_all` or a 5xx asks for."""

    def __init__(self, app: ASGIApp, metrics: RequestMetrics, log_all: bool) -> None:
        self._app = app
        self._metrics = metrics
        self._log_all = log_all

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request and observe its status and time, also where it raises."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        status = 500

        async def send_observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        metrics = self._metrics
        metrics.in_flight += 1
        started = perf_counter()
        try:
            await self._app(scope, receive, send_observed)
        finally:
            seconds = perf_counter() - started
            metrics.in_flight -= 1
            route = scope.get("route")
            metrics.observe(scope["method"], route and route.path, status, seconds)
            if self._log_all or status >= 500:
                log_request(scope["method"], scope["path"], status, seconds)
