"""What a cluster says of resources that are not applied yet."""

from typing import Any, cast

import anyio
import pytest

from ci.cluster.client import Cluster
from ci.manifests.manifest import Manifest, Object
from ci.release.admission import trial
from ci.release.admission.trial import Trial
from ci.run.errors import NothingChanged
from tests.ci.release.test_releasing import resource
from tests.ci.shown import GOING, THERE, Namespace

A, B = resource("Service", "a"), resource("Role", "b")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits are short."""
    monkeypatch.setattr(trial, "GOING_SECONDS", 0.2)
    monkeypatch.setattr(trial, "PAUSE_SECONDS", 0.01)


def attempt(cluster: Namespace, *resources: Object) -> Trial:
    """What trying resources comes to."""
    return anyio.run(trial.attempt, cast(Cluster, cluster), "stage", Manifest.of(resources))


def test_resources_that_may_be() -> None:
    """All of them are accepted, as one manifest."""
    found = attempt(Namespace(THERE), A, B)
    assert (found.would_be, found.refused) == ([A, B], [])
    assert found.accepted is found.manifest


def test_resource_that_may_not_be() -> None:
    """It is named with the reason; what is accepted is the rest."""
    cluster = Namespace(THERE)
    cluster.kubectl.refused["b"] = NothingChanged("No.", reason="roles are forbidden")
    found = attempt(cluster, A, B)
    assert [str(each) for each in found.refused] == ["Role b: roles are forbidden"]
    assert found.accepted.objects == (A,)


def test_resource_that_goes_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is waited for, and may be made again then."""
    cluster = Namespace(THERE)
    cluster.kubectl.objects["a"] = A | {"metadata": A["metadata"] | GOING}
    monkeypatch.setattr(trial, "GOING_SECONDS", 5.0)

    async def go(_: float) -> None:
        cluster.kubectl.objects.clear()

    monkeypatch.setattr(anyio, "sleep", go)
    assert attempt(cluster, A).refused == []


def test_job_of_somebody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not ours to delete."""
    cluster = Namespace(THERE)
    cluster.kubectl.objects["j"] = resource("Job", "j", image="theirs")

    async def live(*_: Any) -> Object:
        return cluster.kubectl.objects["j"]

    monkeypatch.setattr(cluster.resources, "live", live)
    found = attempt(cluster, resource("Job", "j", image="ours"))
    assert [str(each) for each in found.refused] == ["Job j: spec.template: field is immutable"]
    assert found.anew == []
