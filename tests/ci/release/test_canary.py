"""A release that real requests judge, from its record to its end."""

from datetime import timedelta
from typing import Any, cast

import anyio
import pytest

from ci.canary import standing, trying
from ci.canary.asked import Asked, Canary
from ci.canary.counting import looks
from ci.cluster import watching
from ci.cluster.client import Cluster
from ci.manifests.manifest import Manifest
from ci.records import history
from ci.records.history import Release
from ci.records.report import Report
from ci.records.store import Records
from ci.release import establishing, releasing, verification
from ci.release.wanted import Wanted
from ci.rollout.limits import Limits
from ci.run.errors import ClusterError, NothingChanged, Refused, ReleaseFailed, Unreachable
from ci.run.steps import Steps
from tests.ci.canary.made import backend, deployment, route, rule, service
from tests.ci.canary.stage import Stage
from tests.ci.objects import IMAGE
from tests.ci.sample import STAGE
from tests.ci.shown import CRASHED, THERE, Way

Object = dict[str, Any]
SHORT = Canary(10, timedelta(seconds=0.05))
LEAST = ["9999", "1"]
TENTH = ["9000", "1000"]
COPIES = ["stage-app-canary", "stage-web-canary"]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits are short."""
    for module in (watching, verification, standing, looks):
        monkeypatch.setattr(module, "POLL_SECONDS", 0.001)
    monkeypatch.setattr(standing, "LAG_SECONDS", 0.001)
    monkeypatch.setattr(looks, "SILENT_SECONDS", 0.05)
    monkeypatch.setattr(verification, "SETTLE_SECONDS", 0.05)
    for asking in (releasing, verification):
        monkeypatch.setattr(asking, "entrances", Way.into)


def wanted(*more: Object, canary: Canary | None = SHORT) -> Wanted:
    """A release of the Deployment, its Service and its route."""
    resources = [deployment("stage-app"), service(), route(rule(backend(filters=[]))), *more]
    return Wanted(IMAGE, "abc", Manifest.of(resources), asked=Asked(canary))


def bring(stage: Stage, what: Wanted, seconds: float = 1) -> Report:
    """What bringing a release comes to."""

    async def do() -> Report:
        limits = Limits(timedelta(seconds=seconds), timedelta())
        return await releasing.bring(cast(Cluster, stage), STAGE, what, limits, Steps())

    return anyio.run(do)


def running(**counts: int) -> Stage:
    """An environment that runs a release."""
    stage = Stage(**counts)
    bring(stage, wanted(canary=None))
    stage.done.clear()
    return stage


def records(stage: Stage) -> list[Release]:
    """The releases that are kept."""
    return anyio.run(Records(cast(Cluster, stage), STAGE).read)


def copies_in(stage: Stage) -> list[str]:
    """What is there of a canary."""
    return [name for name in stage.kubectl.objects if "canary" in name]


def test_good_one() -> None:
    """It stands beside the running one for its time, and is gone when the whole is there."""
    stage = running()
    report = bring(stage, wanted())
    [told] = report.checks
    assert told.startswith("Canary: good with 10% for 0s: 0 of ")
    assert (report.verdict, report.canary) == ("deployed and verified", "10%")
    assert stage.done == [
        ("apply", COPIES),
        ("weights", LEAST),
        ("weights", TENTH),
        ("weights", LEAST),
        ("weights", ["1"]),
        ("apply", ["stage-app", "stage-web", "stage-web-route"]),
        ("delete", COPIES),
    ]
    assert (stage.rules, copies_in(stage)) == ([rule(backend(filters=[]))], [])
    assert stage.managers == {"ci-canary"}
    assert not records(stage)[-1].left


def test_bad_one() -> None:
    """All requests are led back before anything else, and the running release is left alone."""
    stage = running(failing=5)
    with pytest.raises(ReleaseFailed) as raised:
        bring(stage, wanted())
    assert "The canary of the release to stage is bad: it fails more requests" in str(raised.value)
    assert "stage goes on with release 1 (commit abc), which was not touched." in str(raised.value)
    assert "boom" in raised.value.evidence
    assert [what for what, _ in stage.done] == ["apply", *["weights"] * 4, "delete"]
    assert (stage.weights, copies_in(stage)) == ([1], [])
    kept = records(stage)[-1]
    assert (stage.states, kept.report.verdict) == (["deployed", "failed"], "failed")
    assert "not touched" in kept.report.restored
    assert not kept.left


def test_one_that_does_not_start() -> None:
    """No request is led to it, and the running release is left alone."""
    stage = running()
    stage.moments = [CRASHED]
    with pytest.raises(ReleaseFailed, match="CrashLoopBackOff.* which was not touched"):
        bring(stage, wanted())
    assert stage.done == [("apply", COPIES), ("delete", COPIES)]


def test_one_that_falls_while_it_is_watched() -> None:
    """It is bad, though the gateway counts none of its requests then."""
    stage = running()
    stage.moments = [THERE, THERE, CRASHED]
    with pytest.raises(ReleaseFailed, match="not there any longer: .* which was not touched"):
        bring(stage, wanted())
    assert stage.weights == [1]


@pytest.mark.parametrize("insists", [False, True])
def test_too_few_requests(insists: bool) -> None:
    """It is waited for them; then a strict environment keeps what it has."""
    stage = running(canary=0)
    what = wanted(canary=Canary(10, timedelta(), insists))
    if not insists:
        assert "Canary: not judged, and passed over" in bring(stage, what, 0.1).checks[0]
    else:
        with pytest.raises(ReleaseFailed, match="could not be judged: 0 requests .* not touched"):
            bring(stage, what, 0.1)
    assert (stage.weights, copies_in(stage)) == ([1], [])


def test_gateway_that_is_silent() -> None:
    """Nothing is known of the canary, so it is not taken for a good one."""
    stage = running()
    stage.silent = True
    with pytest.raises(ReleaseFailed, match="no Envoy tells what it counts"):
        bring(stage, wanted())
    assert (stage.weights, copies_in(stage)) == ([1], [])


def test_first_release() -> None:
    """There is nothing to stand beside: it is passed over, and that is said."""
    stage = Stage()
    report = bring(stage, wanted())
    assert report.checks == ("Canary: passed over, as nothing runs in stage yet.",)
    assert (report.canary, len(stage.done)) == ("", 1)


def test_rollout_that_fails_after_a_good_one() -> None:
    """The last good release is back, and nothing of the canary is left."""
    stage = running()
    with pytest.MonkeyPatch.context() as patch:

        async def fails(*_: object) -> None:
            raise ClusterError("No.")

        patch.setattr(establishing, "verified", fails)
        with pytest.raises(ReleaseFailed, match="Nor could release 1"):
            bring(stage, wanted())
    assert (stage.weights, copies_in(stage)) == ([1], [])


@pytest.mark.parametrize(
    ("hides", "why"),
    [
        (Refused("Forbidden."), "may not read what the Envoys of Gateway public count: grant them"),
        (None, "no ready pod in namespace envoy-gateway-system is an Envoy of Gateway public"),
    ],
    ids=["not allowed", "another gateway"],
)
def test_counts_that_cannot_be_read(hides: Exception | None, why: str) -> None:
    """The release is refused before anything is changed."""
    stage = running()
    stage.hides = hides
    stage.envoys = stage.envoys if hides else []
    with pytest.raises(NothingChanged, match=f"{why}.*Nothing was changed"):
        bring(stage, wanted())
    assert (stage.done, stage.states) == ([], ["deployed", "refused"])


def test_canary_that_the_cluster_refuses() -> None:
    """So is the release."""
    stage = running()
    stage.kubectl.refused["stage-web-canary"] = NothingChanged("No; nothing was changed.")
    with pytest.raises(NothingChanged):
        bring(stage, wanted())
    assert stage.done == []


def test_route_that_others_change_meanwhile() -> None:
    """What they changed stays."""
    stage = running()
    stage.faster = 1
    bring(stage, wanted())
    assert stage.done[1][1] == LEAST


class Killed(BaseException):
    """The end of a process that is killed: nothing catches it."""


def killed(stage: Stage, at: str) -> None:
    """Bring a release with a canary until something is done the second time."""

    async def killed(*_: object, **__: object) -> None:
        raise Killed

    with pytest.MonkeyPatch.context() as patch, pytest.raises(Killed):
        patch.setattr(trying.Trying, at, killed)
        bring(stage, wanted())


@pytest.mark.parametrize("at", ["_judged", "_watched", "removed"])
@pytest.mark.parametrize("canary", [SHORT, None], ids=["with another", "without one"])
def test_call_that_is_killed(at: str, canary: Canary | None) -> None:
    """The next one leads all requests back, deletes what is there, and says so."""
    stage = running()
    killed(stage, at)
    left = copies_in(stage)
    assert (at == "_judged") is not bool(left)
    stage.done.clear()
    report = bring(stage, wanted(canary=canary))
    assert any("Interrupted: release 2" in each for each in report.checks)
    told = [each for each in report.checks if each.startswith("Canary: release 2")]
    assert bool(told) is bool(left)
    if at == "_watched":
        assert stage.done[:3] == [("weights", LEAST), ("weights", ["1"]), ("delete", COPIES)]
        assert "all requests were led back first" in told[0]
    assert (stage.weights, copies_in(stage)) == ([1], [])


def test_cluster_that_is_away_at_the_end() -> None:
    """What could not be removed is on record, and the next release removes it."""
    stage = running(failing=5)

    async def away(*_: object) -> None:
        silence = Unreachable("The cluster does not answer.")
        silence.waited_for = True
        raise silence

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stage.kubectl, "delete", away)
        with pytest.raises(ReleaseFailed):
            bring(stage, wanted())
    kept = records(stage)[-1]
    assert "Canary: it may still be there." in kept.report.checks[-1]
    assert len(kept.left.split("---")) == 2
    stage.more = (90, 10, 0)
    report = bring(stage, wanted())
    assert any("Canary: release 2" in each and "deleted" in each for each in report.checks)
    assert copies_in(stage) == []


def test_rollback() -> None:
    """It never waits for a canary."""
    good = Release(1, history.State.DEPLOYED, Report("stage", IMAGE, "abc"), "")
    assert Wanted.back(good).asked == Asked()
