"""A release that all real requests judge, once everybody gets it."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from ci.canary import baking
from ci.canary.asked import Asked, Bake
from ci.release.wanted import Wanted
from ci.run.errors import ClusterError, NothingChanged, Refused, ReleaseFailed
from tests.ci.canary.made import metrics
from tests.ci.canary.stage import BACKEND, Stage
from tests.ci.release import test_canary
from tests.ci.release.test_canary import bring, records
from tests.ci.shown import CRASHED

SPAN = timedelta(seconds=0.3)
quick = test_canary.quick


class Busy(Stage):
    """Each look at its Envoy shows so many more requests; after an apply, some fail."""

    def __init__(self, before: int = 1_000, after: int = 1_000, failing: int = 0) -> None:
        super().__init__()
        self.before, self.after, self.bad = before, after, failing
        self._all = (0, 0)
        self.mute = False
        self.falls_at = -1
        self._looks = 0

    @property
    def applied(self) -> int:
        """How often a whole release was applied."""
        return sum(("apply", "stage-app") == (what, names[0]) for what, names in self.done)

    async def metrics(self, namespace: str, pod: str, port: int, query: Mapping[str, str]) -> str:
        """What its Envoy has counted."""
        if self.hides:
            raise self.hides
        if query["filter"] != "^$":
            if self.mute and self.applied:
                raise ClusterError("It is gone.")
            self._looks += self.applied
            if self._looks == self.falls_at:
                self.moments = [CRASHED]
            more, bad = (self.after, self.bad) if self.applied == 1 else (self.before, 0)
            self._all = (self._all[0] + more, self._all[1] + bad)
        return metrics(f"{BACKEND}/0", *self._all)


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests are counted for a moment."""
    monkeypatch.setattr(baking, "BEFORE", timedelta(seconds=0.01))


def wanted(insists: bool = False, span: timedelta = SPAN) -> Wanted:
    """A release of the Deployment, its Service and its route, that is to bake."""
    return replace(test_canary.wanted(), asked=Asked(bake=Bake(span, insists)))


def running(stage: Busy) -> Busy:
    """The stage, once it runs a release."""
    bring(stage, test_canary.wanted(canary=None))
    stage.done.clear()
    return stage


def test_good_one() -> None:
    """It is counted before and after, and nothing else is done."""
    stage = running(Busy())
    report = bring(stage, wanted())
    [told] = report.checks
    assert re.fullmatch(
        r"Bake: good for 0s: 0 of [\d,]+ requests failed, .*; of the release before it, in \d+s, "
        r"0 of [\d,]+ requests failed, .*\.",
        told,
    )
    assert report.verdict == "deployed and verified"
    assert {"before bake", "bake"} <= set(report.seconds)
    assert stage.applied == 1


def test_bad_one() -> None:
    """The last good release is back."""
    stage = running(Busy(failing=200))
    with pytest.raises(ReleaseFailed) as raised:
        bring(stage, wanted())
    assert "The release to stage is bad by real requests: it fails more requests: " in str(
        raised.value
    )
    assert "The last good one is back and verified: release 1" in str(raised.value)
    assert "boom" in raised.value.evidence
    assert (stage.applied, stage.states) == (2, ["deployed", "failed"])


def test_one_that_falls_meanwhile() -> None:
    """It fails, though no request of those that were counted did."""
    stage = running(Busy())
    stage.falls_at = 3
    with pytest.raises(ReleaseFailed, match="CrashLoopBackOff"):
        bring(stage, wanted())


@pytest.mark.parametrize("insists", [False, True])
def test_too_few_requests(insists: bool) -> None:
    """It is waited for them; then a strict environment goes back to what it had."""
    stage = running(Busy(after=0))
    if not insists:
        [told] = bring(stage, wanted(), 0.1).checks
        assert "Bake: not judged, and passed over: 0 requests reached it" in told
    else:
        with pytest.raises(ReleaseFailed, match="could not be judged .*: 0 requests .* is back"):
            bring(stage, wanted(insists=True), 0.1)


@pytest.mark.parametrize("insists", [False, True])
def test_too_few_requests_before(insists: bool) -> None:
    """There is nothing to compare with: a strict environment changes nothing."""
    stage = running(Busy(before=0))
    if not insists:
        [told] = bring(stage, wanted()).checks
        assert "Bake: not judged, and passed over: 0 requests reached the running" in told
    else:
        with pytest.raises(NothingChanged, match="0 requests reached the running .* was changed"):
            bring(stage, wanted(insists=True))
        assert not stage.done


def test_gateway_that_is_silent() -> None:
    """Nothing is known of the release, so it is not taken for a good one."""
    stage = running(Busy())
    stage.mute = True
    with pytest.raises(ReleaseFailed, match="no Envoy tells what it counts.* is back"):
        bring(stage, wanted(span=timedelta(seconds=1)))


def test_counts_that_cannot_be_read() -> None:
    """The release is refused before anything is changed."""
    stage = running(Busy())
    stage.hides = Refused("Forbidden.")
    with pytest.raises(NothingChanged, match="may not read what .* --bake none.*was changed"):
        bring(stage, wanted())
    assert (stage.done, stage.states) == ([], ["deployed", "refused"])


def test_route_that_is_not_there() -> None:
    """So it is where no request leads to what runs."""
    stage = running(Busy())
    stage.rules = []
    with pytest.raises(NothingChanged, match="no HTTPRoute leads to the running release yet"):
        bring(stage, wanted())


def test_first_release() -> None:
    """There is nothing to compare with: it is passed over, and that is said."""
    report = bring(Busy(), wanted())
    assert report.checks == ("Bake: passed over, as nothing runs in stage yet.",)


def test_restore_does_not_bake() -> None:
    """What is brought back was judged when it came."""
    stage = running(Busy(failing=200))
    with pytest.raises(ReleaseFailed):
        bring(stage, wanted())
    [_, failed] = records(stage)
    assert not [each for each in failed.report.checks if each.startswith("Bake")]
