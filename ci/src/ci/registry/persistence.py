"""Asks a registry again after what may pass by itself."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import anyio
from dagger import ExecError, QueryError

from ci.registry import denials

R = TypeVar("R")

PAUSES_SECONDS = (1.0, 4.0, 15.0)
LONGEST_SECONDS = 60.0
"""The longest that a registry may ask for; its next answer is the last one that counts."""


async def persistently(action: Callable[[], Awaitable[R]], name: str) -> R:
    """Do what may be done twice, with a repository or image, until it does not fail in passing.

    Raises what the engine says to the last attempt, or to the first that no other would mend.
    """
    for pause in PAUSES_SECONDS:
        try:
            return await action()
        except QueryError as error:
            said = message(error)
            if not denials.may_pass(name, said):
                raise
            await anyio.sleep(min(max(pause, denials.wait_seconds(said)), LONGEST_SECONDS))
    return await action()


def message(error: QueryError) -> str:
    """What a client of the registry printed, or the engine where it is the client."""
    return error.stderr if isinstance(error, ExecError) else str(error)
