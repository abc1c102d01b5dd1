"""What belongs to whom."""

from typing import Any

from ci.rollout.ownership import snapshots
from ci.rollout.status import Object
from tests.ci.objects import SETS, ago, container, deployment, pod


def owned_by(uid: str, **more: Any) -> Object:
    """A pod whose owner has this UID."""
    return pod(container(), ownerReferences=[{"uid": uid}], **more)


def test_pods_of_a_deployment() -> None:
    """Those of its own ReplicaSets, whatever labels others carry."""
    elses = {"metadata": {"name": "stage-web-new", "uid": "r9", "labels": {}}}
    bare = pod(container(), ownerReferences=[])
    pods = [owned_by("r-new"), owned_by("r-old"), owned_by("r9"), bare]
    [found] = snapshots([deployment()], [*SETS, elses], pods, [])
    assert found is not None
    assert list(found.replica_sets) == list(SETS)
    assert list(found.pods) == pods[:2]


def test_pods_of_another_workload() -> None:
    """They name it as their owner themselves."""
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "j", "uid": "j1"}}
    pods = [owned_by("j1"), owned_by("j2")]
    [found, none] = snapshots([job, None], SETS, pods, [])
    assert found is not None
    assert (list(found.pods), list(found.replica_sets), none) == (pods[:1], [], None)


def test_autoscaler_and_pods_that_leave() -> None:
    """The fewest pods that it may have, and whether any pod frees what it takes."""
    scaler = {"spec": {"minReplicas": 3, "scaleTargetRef": {"name": "stage-web"}}}
    leaving = owned_by("another", deletionTimestamp=ago(seconds=1))
    [found] = snapshots([deployment()], SETS, [leaving], [scaler])
    assert found is not None
    assert (found.least, found.leaving) == (3, True)
