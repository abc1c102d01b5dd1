"""Says of a program of the project's that was stopped what it printed last."""

from collections.abc import Iterator
from contextlib import contextmanager

from dagger import ExecError

from ci.run import durations
from ci.run.errors import QualityError, TookTooLong
from ci.run.steps import PROGRAM_LIMIT, was_stopped, was_too_slow

LAST_LINES = 60


@contextmanager
def ended(what: str) -> Iterator[None]:
    """Raise TookTooLong for a program within that took longer than it may, or say it was killed."""
    try:
        yield
    except ExecError as error:
        if not was_stopped(error.exit_code):
            raise
        printed = last_lines(f"{error.stdout}\n{error.stderr}")
        if not was_too_slow(printed):
            raise QualityError(
                f"{what} was killed, and not for its time: it may take more memory than there is; "
                "the output above ends with where it was.",
                printed,
            ) from None
        raise TookTooLong(
            f"{what} did not end within {durations.show(PROGRAM_LIMIT)}, the limit: the output "
            "above ends with where it was; correct what hangs.",
            printed,
        ) from None


def last_lines(printed: str) -> str:
    """The end of what was printed."""
    return "\n".join(printed.strip().splitlines()[-LAST_LINES:])
