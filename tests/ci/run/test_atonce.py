"""Questions that are asked at the same time."""

from collections.abc import Sequence

import anyio
import pytest

from ci.run import atonce
from ci.run.atonce import AtOnce


class Oracle:
    """Answers with the question, in capitals, and remembers what it was asked at once."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.begun = anyio.Event()
        self.may_answer = anyio.Event()
        self.may_answer.set()

    async def __call__(self, questions: Sequence[str]) -> list[str]:
        self.asked.append(list(questions))
        self.begun.set()
        await self.may_answer.wait()
        if "refuse" in questions:
            raise ValueError("no")
        return [question.upper() for question in questions]


def asked_side_by_side(oracle: Oracle, *questions: str) -> dict[str, str | Exception]:
    """What came of questions that were asked at the same time."""
    found: dict[str, str | Exception] = {}

    async def main() -> None:
        together = AtOnce(oracle)

        async def ask(question: str) -> None:
            try:
                found[question] = await together.answer(question)
            except ValueError as error:
                found[question] = error

        async with anyio.create_task_group() as group:
            for question in questions:
                group.start_soon(ask, question)

    anyio.run(main)
    return found


def test_questions_at_the_same_time() -> None:
    """They are asked at once, and each has its own answer."""
    oracle = Oracle()

    assert asked_side_by_side(oracle, "a", "b", "c") == {"a": "A", "b": "B", "c": "C"}
    assert oracle.asked == [["a", "b", "c"]]


def test_questions_one_after_the_other() -> None:
    """Each is asked by itself."""
    oracle = Oracle()

    async def main() -> list[str]:
        together = AtOnce(oracle)
        return [await together.answer("a"), await together.answer("b")]

    assert anyio.run(main) == ["A", "B"]
    assert oracle.asked == [["a"], ["b"]]


def test_many_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    """No more than a few are asked at once."""
    monkeypatch.setattr(atonce, "MOST", 2)
    oracle = Oracle()

    assert len(asked_side_by_side(oracle, *"abcde")) == 5
    assert sorted(map(len, oracle.asked)) == [1, 2, 2]
    assert sorted(each for asked in oracle.asked for each in asked) == list("abcde")


def test_failure_of_those_that_were_asked() -> None:
    """It is each one's: nobody knows whose answer it would have been."""
    found = asked_side_by_side(Oracle(), "a", "refuse")

    assert {str(each) for each in found.values()} == {"no"}


@pytest.mark.parametrize("ended", ["a", "b"])
def test_one_that_is_ended(ended: str) -> None:
    """The other has its answer, whichever of the two asked for both."""
    oracle = Oracle()
    found: dict[str, str] = {}

    async def main() -> None:
        oracle.begun, oracle.may_answer = anyio.Event(), anyio.Event()
        together = AtOnce(oracle)
        scopes = {question: anyio.CancelScope() for question in "ab"}

        async def ask(question: str) -> None:
            with scopes[question]:
                found[question] = await together.answer(question)

        async with anyio.create_task_group() as group:
            for question in "ab":
                group.start_soon(ask, question)
            await oracle.begun.wait()
            scopes[ended].cancel()
            oracle.may_answer.set()

    anyio.run(main)
    assert found == {each: each.upper() for each in "ab" if each != ended}


def test_one_that_is_ended_while_it_waits_for_others() -> None:
    """It is not asked for any more."""
    oracle = Oracle()

    async def main() -> None:
        together = AtOnce(oracle)
        with anyio.move_on_after(0):
            await together.answer("a")
        await together.answer("b")

    anyio.run(main)
    assert oracle.asked == [["b"]]
