"""A cluster that answers what a test says."""

from collections.abc import Callable
from types import ModuleType

import pytest

Answers = Callable[[ModuleType, str], list[str]]


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Answers:
    """Lets kubectl print something to a module; gives the list of its calls."""

    def answer(asking: ModuleType, printed: str) -> list[str]:
        calls: list[str] = []

        def kubectl(*arguments: str) -> str:
            calls.append(" ".join(arguments))
            return printed

        monkeypatch.setattr(asking, "kubectl", kubectl)
        return calls

    return answer
