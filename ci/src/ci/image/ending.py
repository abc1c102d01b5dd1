"""Says of a program of the project's that was stopped what it printed last."""

from collections.abc import Iterator
from contextlib import contextmanager

from dagger import ExecError

from ci.run import durations
from ci.run.errors import TookTooLong
from ci.run.steps import PROGRAM_LIMIT, was_stopped

LAST_LINES = 60


@contextmanager
def ended(what: str) -> Iterator[None]:
    """Raise TookTooLong for a program within that took longer than it may."""
    try:
        yield
    except ExecError as error:
        if not was_stopped(error.exit_code):
            raise
        raise TookTooLong(
            f"{what} did not end within {durations.show(PROGRAM_LIMIT)}, the limit: the output "
            "above ends with where it was; correct what hangs.",
            last_lines(f"{error.stdout}\n{error.stderr}"),
        ) from None


def last_lines(printed: str) -> str:
    """The end of what was printed."""
    return "\n".join(printed.strip().splitlines()[-LAST_LINES:])
