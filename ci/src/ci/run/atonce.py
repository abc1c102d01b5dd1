"""Asks at once what is asked for at the same time, where asking costs more than a question."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import anyio

Q = TypeVar("Q")
A = TypeVar("A")

PAUSE_SECONDS = 0.05
"""How long a question waits for others."""

MOST = 16
"""How many are asked at once."""


@dataclass(eq=False)
class _Asked(Generic[Q, A]):
    question: Q
    ended: anyio.Event = field(default_factory=anyio.Event)
    answers: list[A] = field(default_factory=list)
    error: Exception | None = None


class AtOnce(Generic[Q, A]):
    """Hands questions on together; `ask` gives their answers in order."""

    def __init__(self, ask: Callable[[Sequence[Q]], Awaitable[Sequence[A]]]) -> None:
        self._ask = ask
        self._waiting: list[_Asked[Q, A]] = []

    async def answer(self, question: Q) -> A:
        """The answer to one question; raises what asking for it and the others raises."""
        while True:
            asked: _Asked[Q, A] = _Asked(question)
            self._waiting.append(asked)
            try:
                await anyio.sleep(PAUSE_SECONDS)
                if asked in self._waiting:
                    await self._ask_for(asked)
                await asked.ended.wait()
            finally:
                if asked in self._waiting:
                    self._waiting.remove(asked)
            if asked.error:
                raise asked.error
            if asked.answers:
                return asked.answers[0]
            # Whoever asked for it too was ended before there was an answer.

    async def _ask_for(self, first: _Asked[Q, A]) -> None:
        others = [each for each in self._waiting if each is not first]
        together = [first, *others[: MOST - 1]]
        for each in together:
            self._waiting.remove(each)
        try:
            answers = await self._ask([each.question for each in together])
            for each, found in zip(together, answers, strict=True):
                each.answers.append(found)
        except Exception as error:
            for each in together:
                each.error = error
        finally:
            for each in together:
                each.ended.set()
