"""How far a rollout has come, state by state."""

from dataclasses import replace
from typing import Any

import pytest

from ci.rollout.deployments import Snapshot, compute, least_replicas
from ci.rollout.pods import fallen
from ci.rollout.status import Object, Status
from tests.ci.objects import (
    SETS,
    ago,
    container,
    deployment,
    moment,
    pod,
    ready,
    replica_set,
    snapshot,
)

EXIT = {"exitCode": 1, "reason": "Error"}
OOM = {"exitCode": 137, "reason": "OOMKilled"}
CRASH_LOOP = {"reason": "CrashLoopBackOff", "message": "back-off 10s"}
DENIED = {
    "type": "ReplicaFailure",
    "status": "True",
    "reason": "FailedCreate",
    "message": 'admission webhook "policy" denied the request: no owner',
}
NO_SECRET = {"reason": "CreateContainerConfigError", "message": 'secret "late" not found'}
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
    "lastTransitionTime": ago(seconds=9),
}
NOT_READY = ready("False", seconds=9) | {"message": "containers not ready: [web]"}


def _of(revision: str, *conditions: Any, available: int = 0) -> dict[str, Any]:
    """A ReplicaSet that says something of itself."""
    status = {"conditions": list(conditions), "availableReplicas": available}
    return replica_set(revision, "new", minutes=3) | {"status": status}


def waiting(reason: str, message: str = "", restarts: int = 0) -> dict[str, Any]:
    """A container that waits."""
    return container(restarts, waiting={"reason": reason, "message": message or f"{reason}!"})


def starting(*pods: dict[str, Any], leaving: bool = False, **of: Any) -> Snapshot:
    """A rollout none of whose new pods is available yet."""
    there = deployment(**{"availableReplicas": 0, **of})
    return Snapshot(there, SETS, pods, leaving=leaving)


def unschedulable(**age: float) -> dict[str, Any]:
    """The condition of a pod that found no node so long ago."""
    return {
        "type": "PodScheduled",
        "status": "False",
        "reason": "Unschedulable",
        "message": "0/1 nodes are available: 1 Insufficient cpu",
        "lastTransitionTime": ago(**age),
    }


def stopped(wanted: int = 2, paused: bool = False, **status: Any) -> dict[str, Any]:
    """A Deployment in which nothing rolls out."""
    found = deployment(wanted, **status)
    return found | {"spec": found["spec"] | {"paused": paused}}


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
    "a new pod that was evicted": snapshot(pod(container(), phase="Failed")),
    "paused, with nothing to roll out": snapshot(of=stopped(paused=True)),
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

NODE, OTHERS = 150, 30
WAITING = {
    "the kubelet's copy of a ConfigMap": (starting(pod(container(waiting=LATE))), OTHERS),
    "a Secret": (starting(pod(container(waiting=NO_SECRET))), OTHERS),
    "a Secret that was taken away": (
        starting(pod(container(1, last=EXIT, waiting=NO_SECRET))),
        OTHERS,
    ),
    "a registry that is busy": (
        starting(pod(waiting("ErrImagePull", "429 Too Many Requests"))),
        OTHERS,
    ),
    "a node": (starting(pod(conditions=[unschedulable(days=1)])), NODE),
    "a node, past the Deployment's own deadline": (
        starting(pod(conditions=[unschedulable(minutes=2)]), conditions=[DEADLINE]),
        NODE,
    ),
    "a quota, and pods that are ending": (
        Snapshot(deployment(updatedReplicas=1), [_of("2", QUOTA)], leaving=True),
        NODE,
    ),
}

FAILED = {
    "image that cannot be pulled": (
        snapshot(pod(waiting("ImagePullBackOff", "Back-off: manifest unknown"))),
        "ImagePullBackOff",
    ),
    "image's name": (snapshot(pod(waiting("InvalidImageName"))), "InvalidImageName"),
    "image that the registry does not have": (
        snapshot(pod(waiting("ErrImagePull", "10.0.0.1:5000/no@sha256:1: not found"))),
        "ErrImagePull",
    ),
    "an image whose user is root": (
        snapshot(pod(waiting("CreateContainerConfigError", "image will run as root"))),
        "will run as root",
    ),
    "command that does not exist": (snapshot(pod(waiting("RunContainerError"))), "RunContainer"),
    "exits at once": (
        snapshot(pod(container(1, EXIT, waiting=CRASH_LOOP))),
        "CrashLoopBackOff: pod stage-web-new-x, container web: exits with 1 (restarts: 1)",
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
        snapshot(pod(container()), pod(waiting("ErrImagePull", "unauthorized"))),
        "ErrImagePull",
    ),
    "quota too small": (
        Snapshot(deployment(availableReplicas=1), [_of("2", QUOTA)]),
        "exceeded quota",
    ),
    "refused by a policy": (
        Snapshot(deployment(updatedReplicas=1), [_of("2", DENIED)], leaving=True),
        "denied the request",
    ),
    "paused": (
        snapshot(of=stopped(updatedReplicas=0, paused=True)),
        "Paused: it is paused; `kubectl --namespace stage rollout resume deployment/stage-web`",
    ),
    "scaled to 0 under an autoscaler": (
        snapshot(of=stopped(wanted=0, updatedReplicas=3, availableReplicas=3), least=3),
        "`kubectl --namespace stage scale --replicas=3 deployment/stage-web`",
    ),
    "never ready": (
        starting(pod(container(), conditions=[NOT_READY]), conditions=[DEADLINE]),
        "ProgressDeadlineExceeded: pod stage-web-new-x: containers not ready",
    ),
    "never any pods": (starting(conditions=[DEADLINE]), "has timed out"),
}


@pytest.mark.parametrize("state", CURRENT.values(), ids=CURRENT)
def test_current(state: Snapshot) -> None:
    """Everything asked for is there; what happened before does not count."""
    assert compute(state, moment()).status is Status.CURRENT


@pytest.mark.parametrize(("state", "reason"), IN_PROGRESS.values(), ids=IN_PROGRESS)
def test_in_progress(state: Snapshot, reason: str) -> None:
    """It may still come right by itself."""
    result = compute(state, moment())
    assert (result.status, result.reason) == (Status.IN_PROGRESS, reason)


@pytest.mark.parametrize(("state", "said"), FAILED.values(), ids=FAILED)
def test_failed(state: Snapshot, said: str) -> None:
    """It cannot come right by itself, and what is wrong is named."""
    result = compute(state, moment())
    assert result.status is Status.FAILED
    assert said in f"{result.reason}: {result.message}"


@pytest.mark.parametrize(
    ("new", "told"),
    [
        (pod(container()), "1 old pod still to end"),
        (
            pod(container(), conditions=[NOT_READY]),
            "pod stage-web-new-x: containers not ready: [web]",
        ),
    ],
    ids=["ready", "not ready"],
)
def test_old_pod_that_stays(new: Object, told: str) -> None:
    """It serves until its successor is ready: that one is waited for."""
    result = compute(snapshot(new, of=deployment(replicas=3)), moment())
    assert (result.reason, result.message) == ("Replacing", told)


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
        (container(0, terminated=EXIT), [("web", False)]),
        (container(1, EXIT, waiting=CRASH_LOOP), [("web", True)]),
        (waiting("ContainerCreating"), []),
    ],
)
def test_containers_that_ended(state: dict[str, Any], found: list[tuple[str, bool]]) -> None:
    """The log that tells why is of this life or of the one before."""
    assert list(fallen(pod(state))) == found


@pytest.mark.parametrize(
    ("begun", "uid", "status"),
    [
        ("False", "p-new", Status.FAILED),
        ("True", "p-new", Status.IN_PROGRESS),
        ("False", "another", Status.IN_PROGRESS),
    ],
    ids=["held up", "pulls its image by now", "of another pod"],
)
def test_volume_that_does_not_come(begun: str, uid: str, status: Status) -> None:
    """Only events tell of it, while the pod has not begun to start its containers."""
    message, now = 'secret "late" not found', ago()
    told = {"reason": "FailedMount", "message": message, "lastTimestamp": now}
    conditions = [
        {"type": "PodScheduled", "status": "True"},
        {"type": "PodReadyToStartContainers", "status": begun},
    ]
    waits = pod(waiting("ContainerCreating"), conditions=conditions)
    state = replace(starting(waits), warnings=[told | {"involvedObject": {"uid": uid}}])
    assert compute(state, moment(waited=31)).status is status
    if status is Status.FAILED:
        assert compute(state, moment(waited=9)).reason == "FailedMount"
        assert compute(state, moment(waited=9)).status is Status.IN_PROGRESS


@pytest.mark.parametrize(("state", "seconds"), WAITING.values(), ids=WAITING)
def test_waiting(state: Snapshot, seconds: int) -> None:
    """It may end by itself, within a share of the time that the rollout may take."""
    result = compute(state, moment(waited=seconds - 1))
    assert result.status is Status.IN_PROGRESS
    assert " waits, at most " in result.message
    over = compute(state, moment(waited=seconds + 1))
    assert over.status is Status.FAILED
    assert " has waited " in over.message
    assert compute(state, moment(waited=seconds + 1, timeout=600)).status is Status.IN_PROGRESS


@pytest.mark.parametrize(
    ("target", "settings", "least"),
    [
        ({"name": "stage-web"}, {"minReplicas": 3}, 3),
        ({"name": "stage-web"}, {}, 1),
        ({"name": "another"}, {"minReplicas": 3}, 0),
        ({"name": "stage-web", "kind": "StatefulSet"}, {"minReplicas": 3}, 0),
    ],
)
def test_least_replicas(target: dict[str, str], settings: dict[str, int], least: int) -> None:
    """An autoscaler counts for the Deployment it scales, and wants one pod unless it says more."""
    scaler = {"spec": {"scaleTargetRef": target, **settings}}

    assert least_replicas([scaler], "Deployment", "stage-web") == least
