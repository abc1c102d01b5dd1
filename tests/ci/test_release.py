"""A release from its record to its end, over a namespace that keeps what is applied to it."""

from datetime import timedelta
from typing import Any, cast

import anyio
import pytest
import yaml

from ci import release, verification, watching
from ci.cluster import Cluster
from ci.environments import ENVIRONMENTS, Env
from ci.errors import NothingChanged, Refused, ReleaseFailed, Unreachable
from ci.manifest import Manifest
from ci.records import Records
from ci.release import Wanted
from ci.report import Report
from ci.rollout import Snapshot
from ci.steps import Steps
from tests.ci.objects import IMAGE, OLD_IMAGE
from tests.ci.shown import CRASHED, SILENCE, THERE, Namespace, Way

STAGE = ENVIRONMENTS[Env.stage]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits are short."""
    for module in (watching, verification):
        monkeypatch.setattr(module, "POLL_SECONDS", 0.001)
    monkeypatch.setattr(verification, "SETTLE_SECONDS", 0.05)
    monkeypatch.setattr(verification, "entrance", Way.into)


def resource(kind: str, name: str, **spec: Any) -> dict[str, Any]:
    """A resource of the environment."""
    metadata = {"name": name, "namespace": "stage"}
    return {"apiVersion": "v1", "kind": kind, "metadata": metadata, "spec": spec}


def wanted(*more: dict[str, Any], image: str = IMAGE) -> Wanted:
    """A release of the Deployment, and of other resources."""
    return Wanted(image, "abc", Manifest.of([resource("Deployment", "stage-fastapi"), *more]))


def bring(cluster: Namespace, what: Wanted) -> Report:
    """What bringing a release comes to."""

    async def do() -> Report:
        limit = timedelta(seconds=5)
        return await release.bring(cast(Cluster, cluster), STAGE, what, limit, Steps())

    return anyio.run(do)


class Killed(BaseException):
    """The end of a process that is killed: nothing catches it."""


def bring_and_be_killed(cluster: Namespace, what: Wanted) -> None:
    """Bring a release until it is applied, and not further."""
    names = {each["metadata"]["name"] for each in what.manifest.objects}

    async def snapshot(namespace: str, name: str) -> Snapshot:
        if names <= set(cluster.kubectl.objects):
            raise Killed
        return THERE

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cluster, "snapshot", snapshot)
        bring(cluster, what)


def reports(cluster: Namespace) -> list[Report]:
    """The reports that are kept."""

    async def read() -> list[Report]:
        return [each.report for each in await Records(cast(Cluster, cluster), STAGE).read()]

    return anyio.run(read)


def test_release_that_comes_right() -> None:
    """It is recorded with its resources and its report."""
    cluster = Namespace(THERE)
    report = bring(cluster, wanted())
    assert (report.verdict, report.release) == ("deployed and verified", 1)
    assert cluster.states == ["deployed"]
    [kept] = cluster.kept.values()
    assert yaml.safe_load(kept["stringData"]["manifest.yaml"])["kind"] == "Deployment"
    assert reports(cluster) == [report]


def test_release_that_fails() -> None:
    """The last good one is back, whole, and both are said and kept."""
    cluster = Namespace(THERE)
    bring(cluster, wanted(resource("Service", "s", port=1)))
    cluster.moments = [THERE, CRASHED, THERE]
    with pytest.raises(ReleaseFailed) as raised:
        bring(cluster, wanted(resource("Service", "s", port=2), resource("Service", "new")))
    assert "CrashLoopBackOff" in raised.value.sentence
    assert "The last good one is back and verified: release 1" in raised.value.sentence
    assert "boom" in raised.value.evidence
    assert cluster.states == ["deployed", "failed"]
    assert cluster.kubectl.objects["s"]["spec"] == {"port": 1}
    assert "new" not in cluster.kubectl.objects
    failed = reports(cluster)[1]
    assert (failed.verdict, failed.evidence) == ("failed", raised.value.evidence)
    assert set(failed.seconds) == {"apply", "rollout", "restore"}


def test_release_whose_predecessor_is_broken_as_well() -> None:
    """Both failures are said."""
    cluster = Namespace(THERE)
    bring(cluster, wanted())
    cluster.moments = [THERE, CRASHED]
    with pytest.raises(ReleaseFailed, match="CrashLoop.*Nor could release 1.*CrashLoop"):
        bring(cluster, wanted())


def test_first_release_that_fails() -> None:
    """There is nothing to go back to: it is left in place, and that is said."""
    cluster = Namespace(CRASHED)
    with pytest.raises(ReleaseFailed, match="stage has no good release.* left in place"):
        bring(cluster, wanted(resource("Service", "s")))
    assert "s" in cluster.kubectl.objects


def test_release_that_the_cluster_refuses() -> None:
    """Nothing is changed, and so nothing brought back."""
    cluster = Namespace(THERE)
    bring(cluster, wanted())
    cluster.kubectl.failures = [NothingChanged("No such field; nothing was changed.")]
    with pytest.raises(ReleaseFailed) as raised:
        bring(cluster, wanted(resource("Service", "s")))
    assert raised.value.sentence == "No such field; nothing was changed."
    assert "restore" not in reports(cluster)[1].seconds


def test_release_that_is_not_admitted() -> None:
    """It is recorded as failed, and the cluster is not asked."""
    cluster = Namespace(THERE)
    elsewhere = resource("Service", "s") | {"metadata": {"name": "s", "namespace": "prod"}}
    with pytest.raises(ReleaseFailed, match="in namespace prod.*Nothing was changed"):
        bring(cluster, wanted(elsewhere))
    assert (cluster.states, cluster.kubectl.objects) == (["failed"], {})


def test_release_after_one_whose_call_was_killed() -> None:
    """The killed one is closed, and what it left is pruned."""
    cluster = Namespace(THERE)
    bring(cluster, wanted())
    with pytest.raises(Killed):
        bring_and_be_killed(cluster, wanted(resource("Service", "left")))
    assert (cluster.states, "left" in cluster.kubectl.objects) == (["deployed", "pending"], True)
    bring(cluster, wanted())
    assert cluster.states == ["deployed", "failed", "deployed"]
    assert "left" not in cluster.kubectl.objects
    assert "interrupted" in reports(cluster)[1].reason


def test_api_server_away_while_it_is_applied(monkeypatch: pytest.MonkeyPatch) -> None:
    """The release goes on."""
    monkeypatch.setattr("ci.patience.PAUSE_SECONDS", 0.001)
    cluster = Namespace(THERE)
    cluster.kubectl.failures = [Unreachable("No answer."), Unreachable("No answer.")]
    assert bring(cluster, wanted()).verdict == "deployed and verified"


@pytest.mark.parametrize("place", range(3), ids=["before", "while it rolls out", "at verify"])
def test_api_server_away_when_it_is_asked(place: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The release goes on, whenever that was."""
    monkeypatch.setattr("ci.patience.PAUSE_SECONDS", 0.001)
    moments: list[Snapshot | Exception] = [THERE] * 3
    cluster = Namespace(*moments[:place], SILENCE, SILENCE, *moments[place:])
    assert bring(cluster, wanted()).verdict == "deployed and verified"


def test_report_that_cannot_be_kept() -> None:
    """That is said as well, and does not hide why the release failed."""

    class WriteOnce(Namespace):
        async def replace_secret(self, namespace: str, secret: Any) -> None:
            if secret["metadata"]["name"] in self.kept:
                raise Refused("No updates.")
            await super().replace_secret(namespace, secret)

    with pytest.raises(ReleaseFailed, match="CrashLoop.*The report could not be kept: No updates"):
        bring(WriteOnce(CRASHED), wanted())


def test_pods_of_another_image() -> None:
    """Healthy pods of another release are not this one."""
    with pytest.raises(ReleaseFailed, match="Not every pod"):
        bring(Namespace(THERE), wanted(image=OLD_IMAGE))
