"""Goes on after the API server was away for a while."""

from collections.abc import Awaitable, Callable
from time import monotonic
from typing import TypeVar

import anyio

from ci.errors import CiError, NotServed, Unreachable

R = TypeVar("R")

# A kind that is not served is more often one that is not installed.
LIMIT_SECONDS: dict[type[CiError], float] = {Unreachable: 60.0, NotServed: 5.0}
PAUSE_SECONDS = 1.0


async def patiently(action: Callable[[], Awaitable[R]]) -> R:
    """Do what may be done twice until there is an answer, or none for too long."""
    until: dict[type[CiError], float] = {}
    while True:
        try:
            return await action()
        except tuple(LIMIT_SECONDS) as error:
            kind = type(error)
            if monotonic() > until.setdefault(kind, monotonic() + LIMIT_SECONDS[kind]):
                raise
        await anyio.sleep(PAUSE_SECONDS)
