"""How a verb fails."""

import binascii
import re
from functools import partial
from typing import Any
from unittest.mock import AsyncMock, MagicMock

import anyio
import pytest
from dagger import QueryError, Secret
from dagger._exceptions import QueryErrorValue

from ci import verbs
from ci.run.errors import CiError, QualityError

TOKEN = "token-that-nobody-may-see"


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


def told(engine: MagicMock, verb: Any, *arguments: object, **options: object) -> str:
    """What the call fails with."""
    with pytest.raises(SystemExit):
        anyio.run(partial(verb, *arguments, **options))
    found: str = engine.error.call_args.args[0]
    return found


def leaking() -> Exception:
    """What holds a credential: in a message, a cause, a context, notes and a group."""
    try:
        try:
            raise KeyError(TOKEN)
        except KeyError as inner:
            raise ValueError(f"Invalid header value b'Bearer {TOKEN}'") from inner
    except ValueError as error:
        error.add_note(TOKEN)
        found = error
    try:
        raise RuntimeError(TOKEN)
    except RuntimeError as error:
        error.__context__ = found
        return ExceptionGroup(TOKEN, [CiError("One."), ExceptionGroup(TOKEN, [error])])


@pytest.mark.parametrize(
    "error", [ValueError(TOKEN), binascii.Error(TOKEN), UnicodeError(TOKEN), leaking()]
)
def test_fault_of_ours(
    engine: MagicMock, capfd: pytest.CaptureFixture[str], error: Exception
) -> None:
    """Its kinds and places are shown, which correct it, and nothing of what it says."""
    said = told(engine, raising(error))
    assert "fault of its own" in said
    assert "test_verbs.py:" in said
    assert TOKEN not in said + "".join(capfd.readouterr())


def test_places_of_a_fault(engine: MagicMock) -> None:
    """What led to it comes first, however it is linked."""
    said = told(engine, raising(leaking()))
    kinds = ["KeyError", "ValueError", "RuntimeError"]
    assert [line for line in said.splitlines() if line in kinds] == kinds
    assert said.splitlines()[-2] == "One."


def given(plaintext: str | Exception) -> Secret:
    """A secret that a verb is given."""
    secret = MagicMock(spec=Secret)
    effect = {"side_effect": plaintext} if isinstance(plaintext, Exception) else {}
    secret.plaintext = AsyncMock(return_value=plaintext, **effect)
    return secret


@verbs.in_sentences
async def failing(
    fails: Exception, kubeconfig: Secret, *, sign_key: Secret | None = None, env: str = "dev"
) -> str:
    """Never succeeds."""
    raise fails


def not_found() -> QueryError:
    """What the engine says of a variable that is not set."""
    message = 'input: secret.plaintext resolve: secret env var not found: "NOT_SET"'
    return QueryError([QueryErrorValue(message)], MagicMock())


@pytest.mark.parametrize(
    ("kubeconfig", "sign_key", "said"),
    [
        ("", "key", "--kubeconfig is empty"),
        (" \n", "key", "--kubeconfig is empty"),
        ("config", "", "--sign-key is empty"),
        ("config", not_found(), '--sign-key cannot be read: .*"NOT_SET"'),
        ("", "", "(?s)--kubeconfig is empty.*--sign-key is empty"),
    ],
)
def test_secret_that_is_not_there(
    engine: MagicMock, kubeconfig: str, sign_key: str | Exception, said: str
) -> None:
    """The argument is named before anything is done, each where there are several."""
    found = told(engine, failing, AssertionError(), given(kubeconfig), sign_key=given(sign_key))
    assert re.search(said, found), found
    assert "fault" not in found


def test_secret_in_a_sentence(engine: MagicMock) -> None:
    """It is masked, by whoever it was put there."""
    config = f"kind: Config\nusers:\n- name: a\n  user: {{token: {TOKEN}}}\n"
    error = CiError(f"It says {TOKEN}.", f"Bearer {TOKEN} and my-key-4711")
    said = told(engine, failing, error, given(config), sign_key=given("my-key-4711\n"))
    assert said == "Bearer *** and ***\n\nIt says ***."


def test_verb_keeps_its_face() -> None:
    """Name and help stay those of the method."""
    verb = raising(CiError("No."))
    assert (verb.__name__, verb.__doc__) == ("verb", "Never succeeds.")
