"""What an Envoy's metrics say of backends."""

from math import inf

import pytest

from ci.canary.counting.counted import Count, Tally, read, wanted
from tests.ci.canary.made import metrics

RUNNING, CANARY = (f"httproute/stage/stage-web-route/rule/0/backend/{each}" for each in (0, 1))


def test_metrics() -> None:
    """Each backend has its own counts."""
    found = read(metrics(RUNNING, 90) + metrics(CANARY, 10, errors=3, reset=1, gone=1))
    assert found[RUNNING] == Count(90, times={0.5: 45, inf: 90})
    assert found[CANARY] == Count(10, errors=3, cut=2, times={0.5: 5, inf: 10})


def test_no_metrics() -> None:
    """Nothing was counted yet."""
    assert not read("")


@pytest.mark.parametrize(
    ("count", "failures"),
    [
        (Count(10), 0),
        (Count(10, errors=3), 3),
        (Count(10, cut=3), 3),
        (Count(10, errors=3, cut=3), 3),
        (Count(10, errors=2, cut=3), 3),
        (Count(10, errors=9, cut=30), 10),
    ],
    ids=["none", "errors", "broken off", "reset, and told as errors", "both", "more than all"],
)
def test_failures(count: Count, failures: int) -> None:
    """None is counted twice, and no more than there are."""
    assert count.failures == failures


def test_question() -> None:
    """An Envoy shows no more than what is read of those backends."""
    assert wanted({"b/1", "a.b/0"}) == (
        r"^cluster\.(a\.b/0|b/1)\.(upstream_rq_completed|upstream_rq_5xx|upstream_rq_rx_reset|"
        r"upstream_cx_destroy_remote_with_active_rq|upstream_rq_time)$"
    )


def counts(requests: int, errors: int = 0) -> dict[str, Count]:
    """What an Envoy has counted of one backend."""
    return {CANARY: Count(requests, errors, times={inf: requests})}


def test_tally() -> None:
    """It is of all Envoys, and without what they had counted before."""
    tally = Tally()
    tally.take("a", counts(100, 50))
    assert tally.of({CANARY}) == Count(times={inf: 0})
    tally.take("a", counts(110, 51))
    tally.take("b", counts(5000, 900))
    tally.take("b", counts(5005, 901))
    tally.take("a", counts(112, 52))
    assert tally.of({CANARY, RUNNING}) == Count(17, 3, times={inf: 17})
    assert tally.of({RUNNING}) == Count()


def test_envoy_that_began_anew() -> None:
    """All that it has counted since is on top."""
    tally = Tally()
    for each in (100, 110, 4):
        tally.take("a", counts(each))
    assert tally.of({CANARY}).requests == 14


def test_envoy_that_did_not_answer() -> None:
    """What it counted meanwhile is not lost."""
    tally = Tally()
    tally.take("a", counts(10))
    tally.take("a", {})
    tally.take("a", counts(30))
    assert tally.of({CANARY}).requests == 20


def test_backend_that_comes() -> None:
    """All of its requests are new."""
    tally = Tally()
    tally.take("a", {})
    tally.take("a", counts(7))
    assert tally.of({CANARY}).requests == 7
