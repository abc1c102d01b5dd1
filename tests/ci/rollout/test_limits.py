"""How long a release may take."""

from datetime import datetime, timedelta

import pytest

from ci.rollout.limits import SETTLE, Limits, Moment
from ci.run.errors import InvalidInput
from tests.ci.objects import NOW


def test_limits_that_are_asked_for() -> None:
    """They are as the command line says, and what to do about the first is known."""
    found = Limits.parse("5m", "2s")
    assert (found.rollout, found.settle) == (timedelta(minutes=5), timedelta(seconds=2))
    assert "--timeout" in found.advice
    assert SETTLE == Limits.parse("5m", "15s").settle


def test_limit_that_cannot_be_read() -> None:
    """The argument is named."""
    with pytest.raises(InvalidInput, match="--settle 'soon'"):
        Limits.parse("5m", "soon")


def test_waiting() -> None:
    """It begins when it is seen first, and goes on at the next look."""
    seen: dict[str, datetime] = {}
    limits = Limits(timedelta(minutes=5))
    for seconds in range(3):
        look = Moment(NOW + timedelta(seconds=seconds), limits, seen)
        assert look.waited("pod a") == timedelta(seconds=seconds)
    assert look.waited("pod b") == timedelta()
