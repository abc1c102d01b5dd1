"""Who says how many pods there are."""

import re
from typing import Any

import pytest

from ci.release.admission.scaling import handovers, objections, uncounted, workloads
from ci.rollout.deployments import Snapshot
from ci.rollout.status import Object
from tests.ci.objects import deployment


def wanted(kind: str = "Deployment", **spec: Any) -> Object:
    """A resource as a release says it."""
    return {"kind": kind, "metadata": {"name": "stage-web"}, "spec": spec}


def live(*owners: tuple[str, str], fields: Any = None, **spec: Any) -> Object:
    """A Deployment of three pods, whose count these field managers own."""
    found = deployment(wanted=3)
    owned = fields or {"f:spec": {"f:replicas": {}}}
    entries = [
        {"manager": manager, "operation": operation, "fieldsV1": owned}
        for manager, operation in owners
    ]
    metadata = found["metadata"] | {"managedFields": entries}
    return found | {"metadata": metadata, "spec": found["spec"] | spec}


def test_count_that_a_release_gives_up() -> None:
    """Where our field manager owned it, another one is to own what there is."""
    [fields] = handovers([None, live(("ci", "Apply"))], "ci")
    assert fields == {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "stage-web"},
        "spec": {"replicas": 3},
    }


@pytest.mark.parametrize(
    "there",
    [
        None,
        live(),
        live(("kube-controller-manager", "Update")),
        live(("ci", "Update")),
        live(("ci", "Apply"), fields={"f:spec": {"f:template": {}}}),
    ],
    ids=["nothing", "nobody's", "an autoscaler's", "not applied", "of other fields"],
)
def test_count_that_is_not_ours(there: Object | None) -> None:
    """Nothing is given up."""
    assert not list(handovers([there], "ci"))


def test_workloads() -> None:
    """Those that may have any number of pods, and those of which the release says none."""
    counted, left = wanted(replicas=3), wanted("StatefulSet", serviceName="a")
    assert workloads([counted, left, wanted("Job")]) == [counted, left]
    assert uncounted([counted, left, wanted("Job")]) == [left]


PAUSED, AT_ZERO = live(paused=True), live(replicas=0)


@pytest.mark.parametrize(
    ("release", "there", "least", "said"),
    [
        (wanted(), PAUSED, 0, "takes no release: it is paused; `kubectl .* rollout resume"),
        (wanted(), AT_ZERO, 3, "scaled to 0.*scale --replicas=3 deployment/stage-web"),
        (wanted(), AT_ZERO, 0, ""),
        (wanted(replicas=2), AT_ZERO, 3, ""),
        (wanted(paused=False), PAUSED, 0, ""),
        (wanted(), live(), 3, ""),
    ],
)
def test_workload_that_stands_still(release: Object, there: Object, least: int, said: str) -> None:
    """What to do is said, unless the release does it itself."""
    found = objections([(release, Snapshot(there, least=least))], "stage")
    assert len(found) == bool(said)
    assert re.search(said, "".join(found))
