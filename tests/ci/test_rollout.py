"""How far a rollout has come, state by state."""

from typing import Any

import pytest

from ci.rollout import Snapshot, Status, compute, fallen, least_replicas
from tests.ci.objects import NOW, SETS, ago, container, deployment, pod, replica_set, snapshot

EXIT = {"exitCode": 1, "reason": "Error"}
OOM = {"exitCode": 137, "reason": "OOMKilled"}
CRASH_LOOP = {"reason": "CrashLoopBackOff", "message": "back-off 10s"}
LATE = {
    "reason": "CreateContainerConfigError",
    "message": "failed to sync configmap cache: timed out waiting for the condition",
}
DEADLINE = {
    "type": "Progressing",
    "status": "False",
    "reason": "ProgressDeadlineExceeded",
    "message": "has timed out progressing",
}
QUOTA = {
    "type": "ReplicaFailure",
    "status": "True",
    "reason": "FailedCreate",
    "message": "exceeded quota: pods",
}
NOT_READY = {"type": "Ready", "status": "False", "message": "containers not ready: [fastapi]"}


def _of(revision: str, *conditions: Any, available: int = 0) -> dict[str, Any]:
    """A ReplicaSet that says something of itself."""
    status = {"conditions": list(conditions), "availableReplicas": available}
    return replica_set(revision, "new", minutes=3) | {"status": status}


def waiting(reason: str, restarts: int = 0, **more: Any) -> dict[str, Any]:
    """A container that waits."""
    return container(restarts, waiting={"reason": reason, "message": f"{reason}!"}, **more)


def unschedulable(**age: float) -> dict[str, Any]:
    """The condition of a pod that found no node so long ago."""
    return {
        "type": "PodScheduled",
        "status": "False",
        "reason": "Unschedulable",
        "message": "0/1 nodes are available: 1 Insufficient cpu",
        "lastTransitionTime": ago(**age),
    }


CURRENT = {
    "all pods there": snapshot(pod(container())),
    "scaled to none": snapshot(of=deployment(wanted=0)),
    "restarted once, long ago": snapshot(pod(container(restarts=1, last=EXIT))),
    "restarted often, running": snapshot(pod(container(restarts=9, last=EXIT))),
    "a quota that stopped the release before": Snapshot(
        deployment(conditions=[QUOTA]), [_of("1", QUOTA), _of("2")]
    ),
    "a deadline that the release before missed": Snapshot(
        deployment(conditions=[DEADLINE]), [_of("2", available=2)]
    ),
    "an old pod that crashes on its way out": snapshot(
        pod(container(5, waiting=CRASH_LOOP), template="old")
    ),
    "a new pod that crashed on its way out": snapshot(
        pod(container(5, waiting=CRASH_LOOP), deletionTimestamp=ago(seconds=1))
    ),
}

IN_PROGRESS = {
    "not observed": (snapshot(of=deployment(generation=4)), "NotObserved"),
    "no status yet": (Snapshot(deployment() | {"status": {}}), "NotObserved"),
    "no pods yet": (snapshot(of=deployment(updatedReplicas=0)), "Updating"),
    "no ReplicaSet yet": (Snapshot(deployment(updatedReplicas=0)), "Updating"),
    "fewer than its autoscaler wants": (snapshot(least=3), "Updating"),
    "one of two updated": (snapshot(of=deployment(updatedReplicas=1)), "Updating"),
    "old pods remain": (snapshot(of=deployment(replicas=3)), "Replacing"),
    "not all available": (snapshot(of=deployment(availableReplicas=1)), "Starting"),
    "container being created": (
        snapshot(pod(waiting("ContainerCreating")), of=deployment(availableReplicas=0)),
        "Starting",
    ),
    "the kubelet's copy of a ConfigMap is late": (
        snapshot(pod(container(waiting=LATE)), of=deployment(availableReplicas=0)),
        "Starting",
    ),
    "waits for a node, two seconds": (
        snapshot(pod(conditions=[unschedulable(seconds=2)]), of=deployment(availableReplicas=0)),
        "Starting",
    ),
    "first exit": (
        snapshot(pod(container(0, terminated=EXIT)), of=deployment(availableReplicas=0)),
        "Starting",
    ),
    "first restart": (
        snapshot(pod(container(1, last=EXIT)), of=deployment(availableReplicas=0)),
        "Starting",
    ),
    "init container done after one restart": (
        snapshot(
            pod(waiting("PodInitializing"), init=[container(1, terminated={"exitCode": 0})]),
            of=deployment(availableReplicas=0),
        ),
        "Starting",
    ),
    "not ready": (
        snapshot(pod(container(), conditions=[NOT_READY]), of=deployment(availableReplicas=0)),
        "Starting",
    ),
}

FAILED = {
    "image that does not exist": (snapshot(pod(waiting("ErrImagePull"))), "ErrImagePull"),
    "image, later": (snapshot(pod(waiting("ImagePullBackOff"))), "ImagePullBackOff"),
    "image's name": (snapshot(pod(waiting("InvalidImageName"))), "InvalidImageName"),
    "configuration that does not exist": (
        snapshot(pod(waiting("CreateContainerConfigError"))),
        "CreateContainerConfigError",
    ),
    "command that does not exist": (snapshot(pod(waiting("RunContainerError"))), "RunContainer"),
    "exits at once": (
        snapshot(pod(container(1, EXIT, waiting=CRASH_LOOP))),
        "CrashLoopBackOff: pod stage-fastapi-new-x, container fastapi: exits with 1 (restarts: 1)",
    ),
    "exits a second time": (snapshot(pod(container(1, terminated=EXIT))), "exits with 1"),
    "exits with success": (
        snapshot(pod(container(2, terminated={"exitCode": 0, "reason": "Completed"}))),
        "CrashLoopBackOff",
    ),
    "needs more memory": (snapshot(pod(container(1, OOM, waiting=CRASH_LOOP))), "OOMKilled"),
    "init container fails": (
        snapshot(pod(waiting("PodInitializing"), init=[container(1, terminated=EXIT)])),
        "CrashLoopBackOff",
    ),
    "second of two pods": (
        snapshot(pod(container()), pod(waiting("ErrImagePull"))),
        "ErrImagePull",
    ),
    "waits for a node, sixteen seconds": (
        snapshot(pod(conditions=[unschedulable(seconds=16)])),
        "Unschedulable: pod stage-fastapi-new-x has waited 16s for a node: 0/1 nodes",
    ),
    "quota too small": (
        Snapshot(deployment(availableReplicas=1), [_of("2", QUOTA)]),
        "exceeded quota",
    ),
    "never ready": (
        snapshot(pod(container(), conditions=[NOT_READY]), of=deployment(conditions=[DEADLINE])),
        "ProgressDeadlineExceeded: pod stage-fastapi-new-x: containers not ready",
    ),
    "never any pods": (snapshot(of=deployment(conditions=[DEADLINE])), "has timed out"),
}


@pytest.mark.parametrize("state", CURRENT.values(), ids=CURRENT)
def test_current(state: Snapshot) -> None:
    """Everything asked for is there; what happened before does not count."""
    assert compute(state, NOW).status is Status.CURRENT


@pytest.mark.parametrize(("state", "reason"), IN_PROGRESS.values(), ids=IN_PROGRESS)
def test_in_progress(state: Snapshot, reason: str) -> None:
    """It may still come right by itself."""
    result = compute(state, NOW)
    assert (result.status, result.reason) == (Status.IN_PROGRESS, reason)


@pytest.mark.parametrize(("state", "said"), FAILED.values(), ids=FAILED)
def test_failed(state: Snapshot, said: str) -> None:
    """It cannot come right by itself, and what is wrong is named."""
    result = compute(state, NOW)
    assert result.status is Status.FAILED
    assert said in f"{result.reason}: {result.message}"


def test_pods_of_the_newest_template() -> None:
    """Neither old pods nor those on their way out belong to the release."""
    new = pod(container())
    state = snapshot(new, pod(template="old"), pod(deletionTimestamp=ago(seconds=1)))
    assert state.new_pods == [new]
    assert state.newest_replica_sets == [SETS[1]]


@pytest.mark.parametrize(
    ("state", "found"),
    [
        (container(), []),
        (container(restarts=1, last=EXIT), []),
        (container(0, terminated=EXIT), [("fastapi", False)]),
        (container(1, EXIT, waiting=CRASH_LOOP), [("fastapi", True)]),
        (waiting("ContainerCreating"), []),
    ],
)
def test_containers_that_ended(state: dict[str, Any], found: list[tuple[str, bool]]) -> None:
    """The log that tells why is of this life or of the one before."""
    assert list(fallen(pod(state))) == found


@pytest.mark.parametrize(
    ("target", "settings", "least"),
    [
        ("stage-fastapi", {"minReplicas": 3}, 3),
        ("stage-fastapi", {}, 1),
        ("another", {"minReplicas": 3}, 0),
    ],
)
def test_least_replicas(target: str, settings: dict[str, int], least: int) -> None:
    """An autoscaler counts for the Deployment it scales, and wants one pod unless it says more."""
    scaler = {"spec": {"scaleTargetRef": {"name": target}, **settings}}

    assert least_replicas([scaler], "stage-fastapi") == least
