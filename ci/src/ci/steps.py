"""The steps of a run: how long each took, and what is left to say when several fail."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from time import monotonic

import anyio

from ci.errors import CiError, ClusterError, ReleaseError

Task = Callable[[], Awaitable[object]]


class Steps:
    """Times the steps of a run, in the order in which they began."""

    def __init__(self) -> None:
        self._began = monotonic()
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time what happens within, whether it succeeds or not."""
        began = monotonic()
        self.seconds[name] = 0.0
        try:
            yield
        finally:
            self.seconds[name] = monotonic() - began

    @property
    def total(self) -> float:
        return monotonic() - self._began


async def side_by_side(*tasks: Task) -> None:
    """Run all to their end, then fail with everything that the failed ones have to say.

    An environment that cannot be released to ends the others at once: they would be of no use.
    """
    failures: dict[int, CiError] = {}

    async def run(place: int, task: Task) -> None:
        try:
            await task()
        except CiError as error:
            failures[place] = error
            if isinstance(error, ClusterError | ReleaseError):
                group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        for place, task in enumerate(tasks):
            group.start_soon(run, place, task)
    if failures:
        raise CiError.joined(failures[place] for place in sorted(failures))
