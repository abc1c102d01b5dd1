"""The service with what observes its requests, and without it, in turn and in one process.

Two processes of the same program differ by more than its metrics cost.
"""

from time import process_time

from fastapi import FastAPI
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from app.main import app as service

PERIOD = 128
"""So many requests are served in one way, then as many in the other."""


class Alternating:
    """Serves what the service does; `/cost` tells the CPU seconds with and without metrics."""

    def __init__(self) -> None:
        self._ways = (service.build_middleware_stack(), FastAPI.build_middleware_stack(service))
        self._seconds = [0.0, 0.0]
        self._way = 0
        self._left = PERIOD
        self._since = process_time()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request in the way whose turn it is."""
        scope["app"] = service
        if scope["type"] == "http":
            if scope["path"] == "/cost":
                await JSONResponse(self._seconds)(scope, receive, send)
                return
            if not self._left:
                self._turn()
            self._left -= 1
        await self._ways[self._way](scope, receive, send)

    def _turn(self) -> None:
        now = process_time()
        self._seconds[self._way] += now - self._since
        self._way, self._left, self._since = 1 - self._way, PERIOD, now


app = Alternating()
