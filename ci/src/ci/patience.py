"""Goes on after the API server was away for a while."""

from collections.abc import Awaitable, Callable
from time import monotonic
from typing import TypeVar

import anyio

from ci.errors import Unreachable

R = TypeVar("R")

LIMIT_SECONDS = 60.0
PAUSE_SECONDS = 1.0


async def patiently(action: Callable[[], Awaitable[R]]) -> R:
    """Do what may be done twice until there is an answer, or none for too long."""
    until = monotonic() + LIMIT_SECONDS
    while True:
        try:
            return await action()
        except Unreachable:
            if monotonic() > until:
                raise
        await anyio.sleep(PAUSE_SECONDS)
