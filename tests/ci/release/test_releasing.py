"""A release from its record to its end, over a namespace that keeps what is applied to it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import anyio
import pytest
from dagger import Directory

from ci.cluster import watching
from ci.cluster.client import Cluster
from ci.manifests.manifest import Manifest
from ci.manifests.services import Endpoint
from ci.records import history
from ci.records.history import Origin, Release
from ci.records.report import Report
from ci.records.store import Records
from ci.registry.candidate import Candidate
from ci.release import releasing, verification
from ci.release.admission import trial
from ci.release.wanted import Wanted
from ci.rollout.deployments import Snapshot
from ci.rollout.limits import Limits
from ci.run.errors import (
    ClusterError,
    NotFound,
    NothingChanged,
    Refused,
    ReleaseFailed,
    Unreachable,
)
from ci.run.steps import Steps
from tests.ci.objects import IMAGE, LABELS, OLD_IMAGE, SERVING, deployment, service, snapshot
from tests.ci.sample import STAGE
from tests.ci.shown import ATTACHED, CRASHED, SILENCE, THERE, Namespace, Way


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits are short."""
    for module in (watching, verification):
        monkeypatch.setattr(module, "POLL_SECONDS", 0.001)
    monkeypatch.setattr(verification, "SETTLE_SECONDS", 0.05)
    for asking in (releasing, verification):
        monkeypatch.setattr(asking, "entrances", Way.into)
    monkeypatch.setattr(trial, "GOING_SECONDS", 0.05)
    monkeypatch.setattr(trial, "PAUSE_SECONDS", 0.01)


def resource(kind: str, name: str, **spec: Any) -> dict[str, Any]:
    """A resource of the environment."""
    metadata = {"name": name, "namespace": "stage"}
    version = "batch/v1" if kind == "Job" else "v1"
    return {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec}


def web(image: str = IMAGE, **spec: Any) -> dict[str, Any]:
    """The Deployment, as an overlay has it."""
    pods = {"metadata": {"labels": LABELS}, "spec": {"containers": [SERVING | {"image": image}]}}
    return resource("Deployment", "stage-web", template=pods, **spec)


def wanted(*more: dict[str, Any], image: str = IMAGE) -> Wanted:
    """A release of the Deployment, and of other resources."""
    return Wanted(image, "abc", Manifest.of([web(image), *more]))


def bring(cluster: Namespace, what: Wanted) -> Report:
    """What bringing a release comes to."""

    async def do() -> Report:
        limits = Limits(timedelta(seconds=5), timedelta(seconds=1))
        return await releasing.bring(cast(Cluster, cluster), STAGE, what, limits, Steps())

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


def records(cluster: Namespace) -> list[Release]:
    """The releases that are kept."""
    return anyio.run(Records(cast(Cluster, cluster), STAGE).read)


def reports(cluster: Namespace) -> list[Report]:
    """Their reports."""
    return [each.report for each in records(cluster)]


def test_release_that_comes_right() -> None:
    """It is recorded with its resources and its report."""
    cluster = Namespace(THERE)
    report = bring(cluster, wanted())
    assert (report.verdict, report.release) == ("deployed and verified", 1)
    assert cluster.states == ["deployed"]
    [kept] = records(cluster)
    assert [each["kind"] for each in kept.manifest.objects] == ["Deployment"]
    assert kept.report == report


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
    assert set(failed.seconds) == {"dry run", "apply", "rollout", "restore"}


def test_release_of_which_is_known_who_made_it() -> None:
    """It is kept with its commit's time, and the one that is back is named by its number."""
    known = replace(wanted(), origin=Origin("", "me", "2026-11-26T10:00:00Z"))
    cluster = Namespace(THERE)
    bring(cluster, known)
    cluster.moments = [CRASHED, THERE]
    with pytest.raises(ReleaseFailed):
        bring(cluster, replace(known, image=OLD_IMAGE, manifest=wanted(image=OLD_IMAGE).manifest))
    cluster.moments = [THERE]
    bring(cluster, Wanted.back(records(cluster)[0], by="you"))
    found = records(cluster)
    assert [each.origin.by for each in found] == ["me", "me", "you"]
    assert {each.origin.committed for each in found} == {known.origin.committed}
    assert [each.back_to for each in found] == [None, 1, 1]
    assert all(each.ended for each in found)


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
    cluster.kubectl.refused["s"] = NothingChanged("No.", reason="no such field")
    with pytest.raises(NothingChanged) as raised:
        bring(cluster, wanted(resource("Service", "s")))
    assert raised.value.sentence == (
        "The cluster refuses the release to stage: Service s: no such field; nothing was changed."
    )
    assert set(reports(cluster)[1].seconds) == {"dry run"}
    assert cluster.states == ["deployed", "refused"]


def test_release_of_which_the_cluster_refuses_a_resource() -> None:
    """The resource is named with the reason, and nothing of the release is kept but that."""
    cluster = Namespace(THERE)
    cluster.kubectl.refused["w"] = NothingChanged("No.", reason="no matches for kind Widget")
    refused = "to stage: Widget w: no matches for kind Widget; nothing was changed."
    with pytest.raises(NothingChanged, match=refused):
        bring(cluster, wanted(resource("Widget", "w")))
    assert cluster.kubectl.objects == {}
    [kept] = records(cluster)
    assert (kept.text, kept.report.verdict) == ("", "refused")
    assert kept.report.reason.endswith(refused)


def test_release_after_one_that_was_refused() -> None:
    """What was never applied is neither asked for nor pruned."""
    cluster = Namespace(THERE)
    bring(cluster, wanted())
    cluster.kubectl.refused["w"] = NothingChanged("No.")
    with pytest.raises(NothingChanged):
        bring(cluster, wanted(resource("Widget", "w")))
    cluster.kubectl.unseen["w"] = NotFound("No such kind.")
    report = bring(cluster, wanted())
    assert (report.verdict, report.checks) == ("deployed and verified", ())


def test_release_that_is_not_admitted() -> None:
    """It is recorded as refused, and the cluster is not asked."""
    cluster = Namespace(THERE)
    elsewhere = resource("Service", "s") | {"metadata": {"name": "s", "namespace": "prod"}}
    with pytest.raises(NothingChanged, match="in namespace prod.*Nothing was changed"):
        bring(cluster, wanted(elsewhere))
    assert (cluster.states, cluster.kubectl.objects) == (["refused"], {})


def test_resource_that_running_pods_may_need() -> None:
    """It is there until the new pods are found to be well, and is then pruned."""
    cluster = Namespace(THERE)
    bring(cluster, wanted(resource("ConfigMap", "settings-1")))
    seen: list[bool] = []

    async def ask(namespace: str, endpoint: Endpoint, path: str) -> str:
        seen.append("settings-1" in cluster.kubectl.objects)
        return cluster.answer(path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cluster, "ask", ask)
        report = bring(cluster, wanted(service(), resource("ConfigMap", "settings-2")))
    assert seen and all(seen)
    assert set(cluster.kubectl.objects) == {"stage-web", "settings-2"}
    assert "prune" in report.seconds


def test_resource_that_running_pods_need_when_a_release_fails() -> None:
    """It was never gone."""
    cluster = Namespace(THERE)
    bring(cluster, wanted(resource("ConfigMap", "settings-1")))
    cluster.moments = [THERE, CRASHED, THERE]
    with pytest.raises(ReleaseFailed, match="The last good one is back and verified"):
        bring(cluster, wanted(resource("ConfigMap", "settings-2")))
    assert ("delete", ["settings-1"]) not in cluster.kubectl.done
    assert set(cluster.kubectl.objects) == {"stage-web", "settings-1"}


def test_autoscaler_that_goes() -> None:
    """It is gone before the rollout, whose replicas it would decide."""
    cluster = Namespace(THERE)
    bring(cluster, wanted(resource("HorizontalPodAutoscaler", "h")))
    cluster.moments = [THERE, CRASHED, THERE]
    with pytest.raises(ReleaseFailed):
        bring(cluster, wanted())
    assert cluster.kubectl.done.index(("delete", ["h"])) == 2
    assert "h" in cluster.kubectl.objects


def test_kind_that_cannot_be_asked_for_any_more() -> None:
    """Its resource is skipped with a line, and the others are pruned; once is enough."""
    cluster = Namespace(THERE)
    bring(cluster, wanted(resource("Widget", "w"), resource("Service", "s")))
    cluster.kubectl.unseen["w"] = NotFound("no matches for kind Widget.")
    report = bring(cluster, wanted())
    assert report.verdict == "deployed and verified"
    assert report.checks == ("Prune: Widget w was left alone. no matches for kind Widget.",)
    assert "s" not in cluster.kubectl.objects
    assert bring(cluster, wanted()).checks == ()


def test_resource_that_these_credentials_may_not_see() -> None:
    """It is told of each time, for it is still ours and may be there."""
    cluster = Namespace(THERE)
    bring(cluster, wanted(resource("Role", "r")))
    cluster.kubectl.unseen["r"] = Refused("You may not get Roles.")
    for _ in range(3):
        assert bring(cluster, wanted()).checks == (
            "Prune: Role r was left alone. You may not get Roles.",
        )
    del cluster.kubectl.unseen["r"]
    assert bring(cluster, wanted()).checks == ()
    assert "r" not in cluster.kubectl.objects


def test_resource_that_waits_for_a_finalizer() -> None:
    """That is told, and again until it is gone."""
    cluster = Namespace(THERE)
    cluster.kubectl.held.add("s")
    bring(cluster, wanted(resource("Service", "s")))
    for _ in range(3):
        [told] = bring(cluster, wanted()).checks
        assert "Service s is being deleted, and waits for its finalizer example.com/hold" in told
    del cluster.kubectl.objects["s"]
    assert bring(cluster, wanted()).checks == ()
    assert bring(cluster, wanted()).checks == ()


def test_release_that_brings_back_what_is_being_deleted() -> None:
    """It is refused, as it would lose it again, until that is gone."""
    cluster = Namespace(THERE)
    cluster.kubectl.held.add("s")
    bring(cluster, wanted(resource("Service", "s")))
    bring(cluster, wanted())
    with pytest.raises(NothingChanged, match="Service s: it is being deleted.*example.com/hold"):
        bring(cluster, wanted(resource("Service", "s")))
    del cluster.kubectl.objects["s"]
    assert bring(cluster, wanted(resource("Service", "s"))).verdict == "deployed and verified"


def test_resource_that_may_not_be_deleted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The release is as good without that, and says so."""
    cluster = Namespace(THERE)
    bring(cluster, wanted(resource("Service", "s")))

    async def delete(manifest: Manifest, namespace: str) -> None:
        raise ClusterError("You may not.")

    monkeypatch.setattr(cluster.kubectl, "delete", delete)
    report = bring(cluster, wanted())
    assert report.verdict == "deployed and verified"
    assert report.checks == ("Prune: Service s is still there. You may not.",)


def test_job_that_changed() -> None:
    """It is made anew, and that is said."""
    cluster = Namespace(THERE)
    bring(cluster, wanted(resource("Job", "j", image="1")))
    report = bring(cluster, wanted(resource("Job", "j", image="2")))
    assert cluster.kubectl.objects["j"]["spec"] == {"image": "2"}
    assert report.checks == ("Job j was made anew: no Job can be changed.",)
    assert bring(cluster, wanted(resource("Job", "j", image="2"))).checks == ()


def test_job_that_is_at_work() -> None:
    """Nobody ends it half-way."""
    cluster = Namespace(THERE)
    bring(cluster, wanted(resource("Job", "j", image="1")))
    cluster.kubectl.objects["j"]["status"] = {"active": 1, "ready": 1}
    with pytest.raises(NothingChanged, match="Job j: it is at work.*wait for its end"):
        bring(cluster, wanted(resource("Job", "j", image="2")))


def test_job_that_is_wrong_in_itself() -> None:
    """The one that is there stays."""
    cluster = Namespace(THERE)
    bring(cluster, wanted(resource("Job", "j", image="1")))
    cluster.kubectl.refused = {
        name: NothingChanged("No.", reason="spec.template: no image") for name in ("j", "j-anew")
    }
    with pytest.raises(NothingChanged, match="Job j: spec.template: no image; nothing"):
        bring(cluster, wanted(resource("Job", "j", image="2")))
    assert cluster.kubectl.objects["j"]["spec"] == {"image": "1"}


def test_restore_of_a_job_that_changed() -> None:
    """All of the last good release is back, the Job made anew."""
    cluster = Namespace(THERE)
    bring(cluster, wanted(resource("Job", "j", image="1")))
    cluster.moments = [THERE, CRASHED, THERE]
    with pytest.raises(ReleaseFailed, match="The last good one is back and verified: release 1"):
        bring(cluster, wanted(resource("Job", "j", image="2")))
    assert cluster.kubectl.objects["j"]["spec"] == {"image": "1"}


def migration(image: str) -> dict[str, Any]:
    """A Job that goes before the rollout."""
    found = resource("Job", "m", image=image)
    return found | {"metadata": found["metadata"] | {"annotations": {"ci/before": "rollout"}}}


def applied(cluster: Namespace) -> list[list[str]]:
    """What was applied, one time after the other."""
    return [names for what, names in cluster.kubectl.done if what == "apply"]


def test_release_with_a_migration() -> None:
    """It comes to its end before anything else is applied."""
    cluster = Namespace(THERE)
    report = bring(cluster, wanted(migration("1"), resource("ConfigMap", "settings")))
    assert applied(cluster) == [["m", "settings"], ["stage-web"]]
    assert list(report.seconds) == ["dry run", "apply", "before rollout", "rollout", "verify"]


def test_claim_that_pods_of_the_rollout_bind() -> None:
    """It goes before the rollout, and is waited for with the pods that use it."""
    cluster = Namespace(THERE)
    claim = resource("PersistentVolumeClaim", "c") | {"status": {"phase": "Bound"}}
    bring(cluster, wanted(migration("1"), claim))
    first, second, *_ = [each for each in cluster.looks if "m" in each]
    assert (first, set(second)) == (["m"], {"stage-web", "m", "c"})
    assert applied(cluster) == [["m", "c"], ["stage-web"]]


def test_release_whose_migration_fails() -> None:
    """No pod is touched, and the migration of the last good release does not run again."""
    cluster = Namespace(THERE)
    bring(cluster, wanted(migration("1")))
    cluster.kubectl.done.clear()
    cluster.failed_jobs = {"m"}
    with pytest.raises(ReleaseFailed, match="Job m in stage fails with .*back and verified"):
        bring(cluster, wanted(migration("2"), image=OLD_IMAGE))
    assert applied(cluster) == [["m"], ["stage-web"]]
    assert cluster.kubectl.objects["m"]["spec"] == {"image": "2"}
    assert cluster.kubectl.objects["stage-web"] == wanted().manifest.objects[0]
    told = "Job m of release 2 (commit abc) is not undone: what it did stays."
    assert told in records(cluster)[-1].report.checks


def test_rollback_tells_which_migrations_stay() -> None:
    """It is said of those since, and not of one that was there before."""
    cluster = Namespace(THERE)
    for image in "112":
        bring(cluster, wanted(migration(image)))
    to = records(cluster)[0]
    told = "Job m of release 3 (commit abc) is not undone: what it did stays."
    assert history.kept_after(records(cluster), to) == [told]


def test_migrations_in_an_order() -> None:
    """The second begins when the first has come to its end."""
    cluster = Namespace(THERE)
    second = migration("1")
    second["metadata"] |= {"name": "n"}
    second["metadata"]["annotations"]["ci/order"] = "2"
    bring(cluster, wanted(second, migration("1")))
    assert applied(cluster) == [["m"], ["n"], ["stage-web"]]


def test_rollback_over_a_migration() -> None:
    """The one of then is not run again, and the release is kept whole."""
    cluster = Namespace(THERE)
    bring(cluster, wanted(migration("1")))
    bring(cluster, wanted(migration("2")))
    to = records(cluster)[0]
    bring(cluster, Wanted.back(to, "rolled back"))
    assert applied(cluster)[-1] == ["stage-web"]
    assert cluster.kubectl.objects["m"]["spec"] == {"image": "2"}
    assert records(cluster)[-1].text == to.text


def test_restore_of_what_cannot_be_put_back() -> None:
    """Everything else is back, and what is not is named; it is not pruned either."""
    cluster = Namespace(THERE)
    bring(cluster, wanted(resource("Claim", "c", size=1), resource("Service", "s", port=1)))
    cluster.moments = [THERE, CRASHED, THERE]
    grown = wanted(resource("Claim", "c", size=2), resource("Service", "s", port=2))

    async def grow(manifest: Manifest, namespace: str) -> None:
        await type(cluster.kubectl).apply(cluster.kubectl, manifest, namespace)
        cluster.kubectl.refused["c"] = NothingChanged("No.", reason="size: may not shrink")

    with pytest.MonkeyPatch.context() as patch, pytest.raises(ReleaseFailed) as raised:
        patch.setattr(cluster.kubectl, "apply", grow)
        bring(cluster, grown)
    assert (
        "The last good one is back and verified: release 1 (commit abc), but for what could not "
        "be put back: Claim c: size: may not shrink." in raised.value.sentence
    )
    specs = [cluster.kubectl.objects[name]["spec"] for name in "cs"]
    assert specs == [{"size": 2}, {"port": 1}]


def test_release_after_one_whose_call_was_killed() -> None:
    """The killed one is closed, and what it left is pruned."""
    cluster = Namespace(THERE)
    bring(cluster, wanted())
    with pytest.raises(Killed):
        bring_and_be_killed(cluster, wanted(resource("Service", "left")))
    assert (cluster.states, "left" in cluster.kubectl.objects) == (["deployed", "pending"], True)
    report = bring(cluster, wanted())
    assert cluster.states == ["deployed", "failed", "deployed"]
    assert "left" not in cluster.kubectl.objects
    assert "interrupted" in reports(cluster)[1].reason
    [told] = report.checks
    assert told.startswith("Interrupted: release 2 (commit abc), begun")


def test_api_server_away_while_it_is_applied(monkeypatch: pytest.MonkeyPatch) -> None:
    """The release goes on."""
    monkeypatch.setattr("ci.run.patience.PAUSE_SECONDS", 0.001)
    cluster = Namespace(THERE)
    cluster.kubectl.failures = [Unreachable("No answer."), Unreachable("No answer.")]
    assert bring(cluster, wanted()).verdict == "deployed and verified"


@pytest.mark.parametrize("place", range(3), ids=["before", "while it rolls out", "at verify"])
def test_api_server_away_when_it_is_asked(place: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The release goes on, whenever that was."""
    monkeypatch.setattr("ci.run.patience.PAUSE_SECONDS", 0.001)
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


def test_release_whose_gateway_is_not_known_here() -> None:
    """It is refused before it is applied: nobody could say afterwards whether it serves."""
    cluster = Namespace(THERE)
    cluster.hidden = NothingChanged("The gateway is not known.")

    with pytest.raises(NothingChanged, match="not known"):
        bring(cluster, wanted(service(), ATTACHED))
    assert (cluster.states, cluster.kubectl.objects) == (["refused"], {})


def test_release_that_a_person_can_look_at() -> None:
    """Its report says where."""
    report = bring(Namespace(THERE), wanted(service(), ATTACHED))
    assert report.url == "https://stage.example.com/"


def test_deployment_that_is_paused() -> None:
    """Nothing is changed, and what to do is said."""
    there = deployment()
    paused = snapshot(of=there | {"spec": there["spec"] | {"paused": True}})
    cluster = Namespace(paused)
    with pytest.raises(NothingChanged, match="it is paused; .*rollout resume.*Nothing was changed"):
        bring(cluster, wanted())
    assert not cluster.kubectl.objects


def test_release_that_no_longer_says_how_many_pods() -> None:
    """What we owned of it is handed over as it is."""
    cluster = Namespace(THERE)
    there = deployment(wanted=3)
    owned = {"manager": "ci", "operation": "Apply", "fieldsV1": {"f:spec": {"f:replicas": {}}}}
    metadata = there["metadata"] | {"managedFields": [owned]}
    cluster.kubectl.objects["stage-web"] = there | {"metadata": metadata}
    bring(cluster, wanted())
    [fields] = cluster.handed_over
    assert fields["spec"] == {"replicas": 3}


class Closed(Namespace):
    """A cluster that lets nobody release to it."""

    async def admits(self, namespace: str) -> None:
        raise Refused(f"The context may not write to namespace {namespace}.")


def test_release_by_whom_the_cluster_does_not_admit() -> None:
    """That is said, and nothing else is asked: whatever that were refused with would hide it."""
    asked: list[str] = []

    async def ask() -> None:
        asked.append("the Lease")
        raise Refused("The Lease is forbidden.")

    with pytest.raises(Refused, match="may not write to namespace stage"):
        anyio.run(
            releasing.foresee,
            cast(Cluster, Closed()),
            STAGE,
            cast(Directory, None),
            Candidate(IMAGE, "abc"),
            ask,
        )
    assert asked == []
