"""How often a registry is asked again, and after what."""

from collections.abc import Sequence

import anyio
import pytest
from dagger import QueryError
from dagger._exceptions import QueryErrorValue
from gql import gql

from ci.registry.persistence import PAUSES_SECONDS, persistently

BUSY = "unexpected status: 503 Service Unavailable"
RESET = "write: connection reset by peer"
DENIED = "unexpected status: 403 Forbidden"


def failure(said: str) -> QueryError:
    """What the SDK raises when the engine says something."""
    return QueryError([QueryErrorValue(said)], gql("{ version }"))


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that were made, none of which takes time here."""
    made: list[float] = []

    async def sleep(seconds: float) -> None:
        made.append(seconds)

    monkeypatch.setattr("anyio.sleep", sleep)
    return made


def asked(said: Sequence[str]) -> str:
    """What comes of an action that fails with each of these, and then succeeds."""
    left = list(said)

    async def action() -> str:
        if left:
            raise failure(left.pop(0))
        return "pushed"

    async def run() -> str:
        return await persistently(action, "r.io/a")

    return anyio.run(run)


@pytest.mark.parametrize("said", [[], [BUSY], [RESET, BUSY], [BUSY, RESET, BUSY]])
def test_what_passes(pauses: list[float], said: list[str]) -> None:
    """It succeeds in the end, and waits longer each time."""
    assert asked(said) == "pushed"
    assert pauses == list(PAUSES_SECONDS[: len(said)])


def test_what_does_not_pass(pauses: list[float]) -> None:
    """The last answer is raised, after a bounded number of attempts."""
    with pytest.raises(QueryError, match="reset"):
        asked([*[BUSY] * len(PAUSES_SECONDS), RESET, BUSY])
    assert len(pauses) == len(PAUSES_SECONDS)


def test_what_no_attempt_mends(pauses: list[float]) -> None:
    """It is raised at once."""
    with pytest.raises(QueryError, match="403"):
        asked([DENIED, BUSY])
    assert pauses == []


@pytest.mark.parametrize(("after", "waited"), [(0, 1.0), (7, 7.0), (3600, 60.0)])
def test_registry_that_says_when(pauses: list[float], after: int, waited: float) -> None:
    """It is left alone for as long as it asks, within reason."""
    assert asked([f"429 Too Many Requests, Retry-After: {after}"]) == "pushed"
    assert pauses == [waited]
