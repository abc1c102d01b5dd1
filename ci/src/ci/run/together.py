"""Asks several questions at once."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import anyio

from ci.run.errors import CiError

R = TypeVar("R")


async def gather(*questions: Callable[[], Awaitable[R]]) -> list[R]:
    """The answers in order; fails as the first question that does, and asks no more."""
    answers: dict[int, R] = {}
    failures: list[CiError] = []

    async def ask(place: int, question: Callable[[], Awaitable[R]]) -> None:
        try:
            answers[place] = await question()
        except CiError as error:
            failures.append(error)
            group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        for place, question in enumerate(questions):
            group.start_soon(ask, place, question)
    if failures:
        raise failures[0]
    return [answers[place] for place in range(len(questions))]
