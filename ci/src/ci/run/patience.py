"""Goes on after the API server was away for a while, or asked to be left alone."""

from collections.abc import Awaitable, Callable
from random import uniform
from time import monotonic
from typing import TypeVar

import anyio

from ci.run.errors import NotServed, Unreachable

R = TypeVar("R")
Passing = Unreachable | NotServed

# A kind that is not served is more often one that is not installed.
LIMIT_SECONDS: dict[type[Passing], float] = {Unreachable: 60.0, NotServed: 5.0}
PAUSE_SECONDS = 1.0


async def patiently(action: Callable[[], Awaitable[R]], *kinds: type[Passing]) -> R:
    """Do what may be done twice until there is an answer, or none for too long.

    What was waited for once is not waited for again by those who call us. Without kinds, all that
    may pass is waited for.
    """
    until: dict[type[Passing], float] = {}
    while True:
        try:
            return await action()
        except kinds or tuple(LIMIT_SECONDS) as error:
            kind = Unreachable if isinstance(error, Unreachable) else NotServed
            pause = _pause(error)
            limit = until.setdefault(kind, monotonic() + LIMIT_SECONDS[kind])
            if error.waited_for or monotonic() + pause > limit:
                error.waited_for = True
                raise
        await anyio.sleep(pause)


def _pause(error: Passing) -> float:
    """As long as the server wants, and never to the beat of everybody else who waits."""
    asked = error.after if isinstance(error, Unreachable) else 0.0
    return max(PAUSE_SECONDS, asked) * uniform(1.0, 1.2)
