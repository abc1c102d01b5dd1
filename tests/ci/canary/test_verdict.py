"""Whether a canary is bad, from counts alone."""

from math import comb, inf
from random import Random

import pytest

from ci.canary.counting.counted import Count
from ci.canary.verdict import LEAST, LEVEL, by_chance, judge, p99

EDGES = (0.5, 1.0, 5.0, 10.0, 25.0, 50.0, 100.0, inf)


def timed(*milliseconds: float) -> Count:
    """Requests that took so long."""
    times = {edge: sum(each <= edge for each in milliseconds) for edge in EDGES}
    return Count(len(milliseconds), times=times)


def quick(requests: int, slow: int = 0, took: float = 40.0) -> Count:
    """Requests of 3 ms, some of which took longer."""
    return timed(*[3.0] * (requests - slow), *[took] * slow)


CASES: dict[str, tuple[Count, Count, str]] = {
    "nothing yet": (Count(), Count(), ""),
    "no request to the running release": (Count(), Count(40, 40), ""),
    "none fails": (Count(1800), Count(200), ""),
    "a fifth fails": (Count(450), Count(50, 10), "fails more"),
    "a fifth fails, of few": (Count(90), Count(10, 2), ""),
    "all fail, of few": (Count(90), Count(10, 10), "fails more"),
    "one fails": (Count(10800), Count(1200, 1), ""),
    "both fail alike": (Count(900, 180), Count(100, 20), ""),
    "the running one fails more": (Count(900, 180), Count(100, 0), ""),
    "both fail, the canary twice as often": (Count(9000, 900), Count(1000, 200), "fails more"),
    "answers break off": (Count(450), Count(50, cut=10), "fails more"),
    "both are quick": (quick(1800, 9), quick(200, 1), ""),
    "every answer is slow": (quick(450), quick(50, 50), "slower"),
    "one in twenty is slow": (quick(9000, 9), quick(1000, 50), "slower"),
    "one in a hundred is slow, in either": (quick(9000, 90), quick(1000, 11), ""),
    "both are slow": (quick(900, 200), quick(100, 22), ""),
    "the running one is slower": (quick(900, 200), quick(100), ""),
    "slower by what nobody notices": (timed(*[0.3] * 900), timed(*[0.9] * 100), ""),
    "slower by less than half": (timed(*[30] * 900), timed(*[31] * 100), ""),
}


@pytest.mark.parametrize(("running", "canary", "bad"), CASES.values(), ids=CASES.keys())
def test_case(running: Count, canary: Count, bad: str) -> None:
    """It is bad where chance would not do that, and for what is worse."""
    found = judge(running, canary, 5)
    assert bad in found.bad and bool(bad) == bool(found.bad), found
    assert (found.certainty > 0.999) is bool(bad)


@pytest.mark.parametrize(("requests", "enough"), [(LEAST - 1, False), (LEAST, True)])
def test_least_number_of_requests(requests: int, enough: bool) -> None:
    """A good one has had so many."""
    assert judge(Count(900), Count(requests), 1).enough is enough


def test_twice_as_slow() -> None:
    """It is told within a minute of 200 requests a second, of which a tenth goes to the canary."""
    chance = Random(7)
    usual = [chance.gammavariate(2, 4) for _ in range(12000)]
    running, canary = timed(*usual[:10800]), timed(*(each * 2 for each in usual[10800:]))
    assert p99(canary) > p99(running) * 1.5
    assert "slower" in judge(running, canary, 60).bad


def test_good_releases() -> None:
    """None of a hundred is thought bad at any look, with failures and slow answers in both."""
    chance = Random(11)
    for _ in range(100):
        running, canary = Count(), Count()
        for look in range(1, 61, 3):
            more = [(chance.random() < 0.01, chance.gammavariate(2, 4)) for _ in range(600)]
            running += _counted(more[:540])
            canary += _counted(more[540:])
            assert not judge(running, canary, look).bad


def _counted(requests: list[tuple[bool, float]]) -> Count:
    times = timed(*(each for _, each in requests)).times
    return Count(len(requests), sum(fails for fails, _ in requests), times=times)


@pytest.mark.parametrize(
    ("count", "found"),
    [
        (Count(), 0.0),
        (timed(*[3] * 100), 1 + 4 * 0.99),
        (timed(*[3] * 99, 40), 5.0),
        (timed(*[3] * 98, 40, 40), 37.5),
        (timed(*[200] * 100), 100.0),
    ],
    ids=["nothing", "in one bucket", "at its edge", "between edges", "past the last"],
)
def test_p99(count: Count, found: float) -> None:
    """It lies between two edges as if times were spread evenly there."""
    assert p99(count) == pytest.approx(found)


@pytest.mark.parametrize("theirs", range(0, 6))
def test_chance(theirs: int) -> None:
    """It is that of Fisher's exact test."""
    ours, of, among = 3, 30, 10
    hit, total = ours + theirs, of + among
    ways = (comb(hit, k) * comb(total - hit, among - k) for k in range(theirs, among + 1))
    exact = sum(ways) / comb(total, among)
    expected = 1.0 if theirs * of <= ours * among else exact
    assert by_chance(ours, of, theirs, among) == pytest.approx(expected)


def test_certainty_after_many_looks() -> None:
    """It is less, as there were more chances to be wrong."""
    counts = Count(450), Count(50, 6)
    first, last = judge(*counts, 1), judge(*counts, 300)
    assert first.bad and last.bad
    assert LEVEL < 1 - last.certainty or last.certainty < first.certainty
