"""How a verb fails."""

from typing import Any
from unittest.mock import AsyncMock, MagicMock

import anyio
import pytest

from ci import verbs
from ci.errors import CiError, QualityError


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> MagicMock:
    """The engine's end of the call, which keeps the error that it is given."""
    dag = MagicMock()
    dag.current_function_call.return_value.return_error = AsyncMock()
    monkeypatch.setattr(verbs, "dag", dag)
    return dag


def raising(error: BaseException) -> Any:
    """A verb that raises."""

    @verbs.in_sentences
    async def verb() -> str:
        """Never succeeds."""
        raise error

    return verb


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (CiError("No cluster."), "No cluster."),
        (QualityError("Lint fails.", "a.py:1"), "a.py:1\n\nLint fails."),
        (ExceptionGroup("tasks", [CiError("One."), CiError("Two.")]), "One.\nTwo."),
    ],
)
def test_failure_with_a_sentence(engine: MagicMock, error: Exception, told: str) -> None:
    """The sentence is the error of the call, and the call ends without a traceback."""
    with pytest.raises(SystemExit) as ended:
        anyio.run(raising(error))
    assert ended.value.code == 1
    engine.error.assert_called_once_with(told)
    engine.current_function_call().return_error.assert_awaited_once()


@pytest.mark.parametrize(
    "error", [KeyError("a"), ExceptionGroup("tasks", [CiError("One."), KeyError("a")])]
)
def test_fault_of_ours(engine: MagicMock, error: Exception) -> None:
    """It is raised as it is, for its traceback is what corrects it."""
    with pytest.raises(type(error)):
        anyio.run(raising(error))
    engine.error.assert_not_called()


def test_verb_keeps_its_face() -> None:
    """Name and help stay those of the method."""
    verb = raising(CiError("No."))
    assert (verb.__name__, verb.__doc__) == ("verb", "Never succeeds.")
