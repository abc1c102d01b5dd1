"""How long a canary is watched, and what is said of it."""

from datetime import timedelta

import pytest

from ci.canary.counting.counted import Count
from ci.canary.counting.seen import Outcome, Seen

WATCH = timedelta(seconds=60)
LIMIT = timedelta(minutes=5)
GOOD, FEW, BAD = Count(100), Count(10), Count(100, 40)


def seen(canary: Count, led: int, first: int | None) -> Seen:
    """What was seen so many seconds after requests were led, and after the first of them."""
    since = None if first is None else timedelta(seconds=first)
    return Seen(Count(900), canary, 1, timedelta(seconds=led), since)


@pytest.mark.parametrize(
    ("canary", "led", "first", "outcome"),
    [
        (Count(), 10, None, Outcome.WAIT),
        (GOOD, 59, 50, Outcome.WAIT),
        (GOOD, 65, 60, Outcome.GOOD),
        (GOOD, 400, 60, Outcome.GOOD),
        (BAD, 3, 2, Outcome.BAD),
        (BAD, 400, 399, Outcome.BAD),
        (FEW, 70, 60, Outcome.WAIT),
        (FEW, 300, 290, Outcome.UNJUDGED),
        (Count(), 300, None, Outcome.UNJUDGED),
    ],
)
def test_outcome(canary: Count, led: int, first: int | None, outcome: Outcome) -> None:
    """A bad one is told of at once, a good one in its time; too few are waited for till the end."""
    assert seen(canary, led, first).outcome(WATCH, LIMIT) is outcome


def test_watch_that_is_longer_than_the_limit() -> None:
    """It is watched as long as was asked for."""
    assert seen(GOOD, 301, 300).outcome(timedelta(minutes=10), LIMIT) is Outcome.WAIT


def test_bad_one() -> None:
    """Figures of either, the certainty and the time are said."""
    told = seen(BAD, 3, 2).bad()
    assert told == (
        "it fails more requests: 40 of 100 requests failed (40.0%), p99 0.0 ms; of the running "
        "release, at the same time, 0 of 900 requests failed, p99 0.0 ms; that is more than "
        "99.9999% sure, 2.0 s after its first request"
    )


def test_certainty_of_less() -> None:
    """It is said as it is."""
    found = Seen(Count(900), Count(100, 6), 3, timedelta(seconds=9), timedelta(seconds=9))
    assert "that is 99.99" in found.bad()


def test_progress() -> None:
    """It says how far it has come, or that nobody asks."""
    assert seen(Count(), 61, None).progress(WATCH) == "no request has reached it in 1m 1s"
    assert seen(GOOD, 21, 20).progress(WATCH).startswith("20s of 1m: 0 of 100 requests failed")


def test_few() -> None:
    """It says how many there were, and are needed."""
    assert seen(FEW, 300, 290).few() == (
        "10 requests reached it in 5m, and 50 are the least to judge by"
    )
