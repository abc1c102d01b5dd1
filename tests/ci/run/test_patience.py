"""Going on after the API server was away."""

import time

import anyio
import pytest

from ci.run import patience
from ci.run.errors import Busy, CiError, NotServed, Refused, Unreachable


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits are short."""
    monkeypatch.setattr(patience, "PAUSE_SECONDS", 0.001)
    limits = {kind: 0.05 for kind in patience.LIMIT_SECONDS}
    monkeypatch.setattr(patience, "LIMIT_SECONDS", limits)


def tried(*answers: CiError | str) -> str:
    """What comes of trying, the last answer for ever."""
    left = list(answers)

    async def action() -> str:
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, CiError):
            raise answer
        return answer

    return anyio.run(patience.patiently, action)


def test_away_for_a_while() -> None:
    """It is tried again."""
    assert tried(Unreachable("-"), Unreachable("-"), "there") == "there"


def test_back_and_without_its_kinds_for_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The moment begins when the API server is back, however long it was away."""
    monkeypatch.setitem(patience.LIMIT_SECONDS, Unreachable, 60)
    away = [Unreachable("-")] * 60

    assert tried(*away, NotServed("-"), NotServed("-"), "there") == "there"


def test_without_a_kind_to_the_end() -> None:
    """It is not installed, and that is what is said."""
    with pytest.raises(NotServed):
        tried(Unreachable("-"), NotServed("-"))


def test_away_to_the_end() -> None:
    """Then that is what is said."""
    with pytest.raises(Unreachable):
        tried(Unreachable("-"))


def test_kind_that_is_not_waited_for() -> None:
    """Who asks for one kind of patience gets no other."""

    async def action() -> str:
        raise NotServed("-")

    began = time.monotonic()
    with pytest.raises(NotServed):
        anyio.run(patience.patiently, action, Unreachable)
    assert time.monotonic() - began < 0.04


def test_refused() -> None:
    """To ask again would not help."""
    with pytest.raises(Refused):
        tried(Refused("-"), "there")


def test_asked_to_be_left_alone() -> None:
    """It is left alone for as long as it wants."""
    began = time.monotonic()
    assert tried(Busy("-", after=0.03), "there") == "there"
    assert time.monotonic() - began >= 0.03


def test_asked_to_be_left_alone_for_too_long() -> None:
    """Then there is nothing to wait for."""
    began = time.monotonic()
    with pytest.raises(Busy):
        tried(Busy("-", after=3600), "there")
    assert time.monotonic() - began < 0.02


def test_waited_for_by_somebody_else() -> None:
    """It is not waited for once more by each who calls."""
    calls = 0

    async def action() -> str:
        nonlocal calls
        calls += 1
        return await patience.patiently(away)

    async def away() -> str:
        raise Unreachable("-")

    with pytest.raises(Unreachable):
        anyio.run(patience.patiently, action)
    assert calls == 1
