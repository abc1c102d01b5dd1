"""A uvicorn server that drains before it stops."""

import asyncio
import logging
import socket
from time import monotonic

import uvicorn

from app.health import Readiness

POLL_SECONDS = 0.1

logger = logging.getLogger("app.server")


class DrainingServer(uvicorn.Server):
    """On SIGTERM says so in /readyz and serves on for a while, then shuts down as uvicorn does.

    uvicorn alone closes its listener at once, before whoever routes requests here can
    have learned of it.
    """

    def __init__(self, config: uvicorn.Config, readiness: Readiness, drain_seconds: int) -> None:
        super().__init__(config)
        self._readiness = readiness
        self._drain_seconds = drain_seconds

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Drain, then stop accepting, then wait for requests in flight up to their bound.

        SIGINT, once that has begun, ends both waits.
        """
        self._readiness.drain()
        logger.info("Draining for %d s", self._drain_seconds)
        until = monotonic() + self._drain_seconds
        while monotonic() < until and not self.force_exit:
            await asyncio.sleep(POLL_SECONDS)
        await super().shutdown(sockets)
        if self.force_exit:  # uvicorn leaves the application without its own end then.
            await self.lifespan.shutdown()
