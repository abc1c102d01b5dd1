"""Several questions at once."""

from collections.abc import Awaitable, Callable

import anyio
import pytest

from ci.run.errors import Refused, Unreachable
from ci.run.together import gather

Question = Callable[[], Awaitable[int]]


def answering(number: int, after: float = 0) -> Question:
    """A question whose answer is a number."""

    async def answer() -> int:
        await anyio.sleep(after)
        return number

    return answer


def failing(error: Exception) -> Question:
    """A question that has no answer."""

    async def fail() -> int:
        raise error

    return fail


def test_answers() -> None:
    """They are in the order of the questions, however many those are."""
    questions = [answering(place, after=0.01 / (place + 1)) for place in range(24)]
    assert anyio.run(gather, *questions) == list(range(24))


def test_question_that_fails() -> None:
    """Its failure is what all come to, as what it is, and the others are not waited for."""
    with pytest.raises(Unreachable):
        anyio.run(gather, answering(1, after=60), failing(Unreachable("No answer.")))


def test_questions_that_fail_together() -> None:
    """The first failure is told."""
    with pytest.raises(Refused):
        anyio.run(gather, failing(Refused("No.")), failing(Unreachable("No answer.")))
