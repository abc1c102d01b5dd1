"""The steps of a run: how long each may take and took, and what is said when several fail."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic
from typing import Final

import anyio

from ci.run import durations
from ci.run.errors import CiError, ClusterError, ReleaseError, TookTooLong

Task = Callable[[], Awaitable[object]]

LIMITS: Final = {
    name: timedelta(minutes=minutes)
    for minutes, names in {
        5: ("apply", "dry run", "prune", "render", "signature", "source", "tag", "verify"),
        15: ("lint",),
        20: ("infra", "infra_plan", "manifests", "push", "scan", "scan_reports"),
        30: ("build",),
        40: ("test",),
        60: ("publish",),
    }.items()
    for name in names
}
"""How long a step may take, and a verb that is one; what is not here has a limit of its own.

Many times what any of them needs on a slow machine, as each may have to build an image first.
"""

PROGRAM_LIMIT: Final = timedelta(minutes=5)
"""How long a linter may take, or the tests: they are stopped where they are, and say where."""

# Of the codes that an engine takes for the end of a program, 137 is none: what was stopped once is
# run again next time.
_STOPPED = 137
_ENDED = "It was ended at its limit."
_STOP = f"""
began=$(date +%s)
timeout --signal=INT --kill-after=10 "$@"
code=$?
[ $code -ne 124 ] || code={_STOPPED}
[ $code -ne {_STOPPED} ] || [ $(($(date +%s) - began)) -lt "${{1%.*}}" ] || echo "{_ENDED}" >&2
exit $code
"""


class Steps:
    """Times the steps of a run, in the order in which they began."""

    def __init__(self) -> None:
        self._began = monotonic()
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time what happens within, whether it succeeds or not, and end it at its limit.

        A step that is done in parts is timed as their sum.
        """
        began = monotonic()
        before = self.seconds.setdefault(name, 0.0)
        try:
            with limited(name):
                yield
        finally:
            self.seconds[name] = before + monotonic() - began

    @property
    def total(self) -> float:
        return monotonic() - self._began


@contextmanager
def limited(name: str) -> Iterator[None]:
    """End what happens within at the limit of the step; raises TookTooLong."""
    if name not in LIMITS:
        yield
        return
    limit = LIMITS[name]
    with anyio.move_on_after(limit.total_seconds()) as scope:
        yield
    if scope.cancelled_caught:
        raise TookTooLong(
            f"Step {name} was ended after {durations.show(limit)}, its limit: what it was at is at "
            "the end of the log above; correct what hangs, and try again."
        )


def in_time(command: Sequence[str], limit: timedelta = PROGRAM_LIMIT) -> list[str]:
    """The command that ends another one at its limit; it takes a container with coreutils."""
    return ["sh", "-c", _STOP, "sh", f"{limit.total_seconds():g}", *command]


def was_stopped(code: int) -> bool:
    """Whether the exit code of a command that ran `in_time` says that it did not end by itself."""
    return code == _STOPPED


def was_too_slow(printed: str) -> bool:
    """Whether that was because its time was over, from what it printed."""
    return printed.rstrip().endswith(_ENDED)


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
