"""Says how far the rollout of a Deployment has come, from the objects the cluster shows.

`kubectl rollout status` waits for a deadline where a pod can never start. This looks at the pods
as well, so that what cannot become ready is said within seconds.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

from ci import durations

Object = dict[str, Any]

NEVER_STARTS = {
    "CreateContainerConfigError",
    "CreateContainerError",
    "ErrImageNeverPull",
    "ErrImagePull",
    "ImageInspectError",
    "ImagePullBackOff",
    "InvalidImageName",
    "RunContainerError",
}
# A busy kubelet's copy of a ConfigMap or a Secret that exists is late, and there at its next try.
_LATE = re.compile(r"failed to sync (configmap|secret) cache: timed out")
SCHEDULING_ALLOWANCE = timedelta(seconds=15)
RESTARTS_ALLOWED = 1
_REVISION = "deployment.kubernetes.io/revision"
_HASH = "pod-template-hash"


class Status(Enum):
    """How far an object is from what its specification asks for."""

    CURRENT = "Current"
    IN_PROGRESS = "InProgress"
    FAILED = "Failed"


@dataclass(frozen=True)
class Result:
    """A status, the reason in one word, and what a person needs to know of it."""

    status: Status
    reason: str
    message: str


@dataclass(frozen=True)
class Snapshot:
    """A Deployment and what belongs to it, read at one moment."""

    deployment: Object
    replica_sets: Sequence[Object] = ()
    pods: Sequence[Object] = ()
    least: int = 0
    """How many pods its autoscaler wants at least: a new Deployment starts with fewer."""

    @property
    def newest_replica_sets(self) -> list[Object]:
        """The ReplicaSets of the newest template: one, or none before the controller acts."""
        revision = _annotation(self.deployment, _REVISION)
        return [each for each in self.replica_sets if _annotation(each, _REVISION) == revision]

    @property
    def is_available(self) -> bool:
        """The newest template has all the pods that it needs."""
        there = sum(_status(each, "availableReplicas") for each in self.newest_replica_sets)
        return there >= int(self.deployment["spec"].get("replicas", 1))

    @property
    def new_pods(self) -> list[Object]:
        """The pods of the newest template, without those on their way out."""
        hashes = {_label(each, _HASH) for each in self.newest_replica_sets}
        return [
            pod
            for pod in self.pods
            if _label(pod, _HASH) in hashes and "deletionTimestamp" not in pod["metadata"]
        ]


def compute(snapshot: Snapshot, now: datetime) -> Result:
    """Current, InProgress or Failed."""
    deployment = snapshot.deployment
    status = deployment.get("status", {})
    if status.get("observedGeneration", 0) < deployment["metadata"].get("generation", 0):
        return _in_progress("NotObserved", "the controller has not seen this release yet")
    for failure in _failures(snapshot, now):
        return failure
    return _progress(max(deployment["spec"].get("replicas", 1), snapshot.least), status)


def least_replicas(autoscalers: Iterable[Object], deployment: str) -> int:
    """The fewest replicas that the autoscalers of a namespace leave a Deployment; 0 for none."""
    return max(
        (
            scaler["spec"].get("minReplicas", 1)
            for scaler in autoscalers
            if scaler["spec"]["scaleTargetRef"]["name"] == deployment
        ),
        default=0,
    )


def _failures(snapshot: Snapshot, now: datetime) -> Iterator[Result]:
    for pod in snapshot.new_pods:
        yield from _pod_failures(pod, now)
    # Of the ReplicaSets and not of the Deployment, which may still tell of the release before.
    for replica_set in snapshot.newest_replica_sets:
        for kind, value, reason, message in _conditions(replica_set):
            if kind == "ReplicaFailure" and value == "True":
                yield _failed(reason, message)
    for kind, _, reason, message in _conditions(snapshot.deployment):
        overdue = kind == "Progressing" and reason == "ProgressDeadlineExceeded"
        if overdue and not snapshot.is_available:
            yield _failed(reason, _why_waiting(snapshot.new_pods) or message)


def _pod_failures(pod: Object, now: datetime) -> Iterator[Result]:
    name = pod["metadata"]["name"]
    status = pod.get("status", {})
    for container, starts_the_pod in _containers(pod):
        if (waiting := container.get("state", {}).get("waiting", {})).get("reason"):
            reason = waiting["reason"]
            told = waiting.get("message", "no message")
            if reason in NEVER_STARTS and not _LATE.search(told):
                yield _failed(reason, f"pod {name}, container {container['name']}: {told}")
        if _exits_again(container, may_end=starts_the_pod):
            reason, how = _exit(container)
            yield _failed(
                reason,
                f"pod {name}, container {container['name']}: {how} "
                f"(restarts: {container['restartCount']})",
            )
    for condition in status.get("conditions", ()):
        if condition.get("reason") == "Unschedulable" and condition.get("status") == "False":
            waited = now - _time(condition["lastTransitionTime"])
            if waited > SCHEDULING_ALLOWANCE:
                yield _failed(
                    "Unschedulable",
                    f"pod {name} has waited {durations.show(waited)} for a node: "
                    f"{condition.get('message', 'no message')}",
                )


def fallen(pod: Object) -> Iterator[tuple[str, bool]]:
    """The containers that ended, each with whether it is its life before this one that did."""
    for container, starts_the_pod in _containers(pod):
        ended = container.get("state", {}).get("terminated")
        if ended is not None:
            if not (starts_the_pod and ended.get("exitCode") == 0):
                yield container["name"], False
        elif container.get("restartCount") and not container.get("ready"):
            yield container["name"], True


def _exits_again(container: Object, may_end: bool) -> bool:
    """It is down once more after it was restarted: no longer an unlucky start."""
    if container.get("restartCount", 0) < RESTARTS_ALLOWED:
        return False
    state = container.get("state", {})
    if state.get("waiting", {}).get("reason") == "CrashLoopBackOff":
        return True
    ended = state.get("terminated")
    return ended is not None and not (may_end and ended.get("exitCode") == 0)


def _exit(container: Object) -> tuple[str, str]:
    """Why it ended: a word for it, and its exit code."""
    last = container.get("state", {}).get("terminated") or container.get("lastState", {}).get(
        "terminated", {}
    )
    code = f"exits with {last.get('exitCode', 'no code')}"
    if last.get("reason") == "OOMKilled":
        return "OOMKilled", f"{code}, it needs more memory than its limit"
    return "CrashLoopBackOff", code


def _progress(wanted: int, status: Object) -> Result:
    updated = status.get("updatedReplicas", 0)
    total = status.get("replicas", 0)
    available = status.get("availableReplicas", 0)
    if updated < wanted:
        return _in_progress("Updating", f"{updated} of {wanted} pods updated")
    if total > updated:
        return _in_progress("Replacing", f"{total - updated} old pods still to end")
    if available < updated:
        return _in_progress("Starting", f"{available} of {updated} pods available")
    return Result(Status.CURRENT, "Available", f"{available} of {wanted} pods available")


def _why_waiting(pods: Iterable[Object]) -> str:
    """What the pods that are not ready say of themselves."""
    for pod in pods:
        for kind, value, _, message in _conditions(pod):
            if kind == "Ready" and value != "True":
                return f"pod {pod['metadata']['name']}: {message or 'not ready'}"
    return ""


def _conditions(owner: Object) -> Iterator[tuple[str, str, str, str]]:
    for condition in owner.get("status", {}).get("conditions", ()):
        yield (
            condition["type"],
            condition["status"],
            condition.get("reason", ""),
            condition.get("message", ""),
        )


def _containers(pod: Object) -> Iterator[tuple[Object, bool]]:
    """Each container's status, and whether it is one that runs to its end first."""
    status = pod.get("status", {})
    yield from ((each, True) for each in status.get("initContainerStatuses", ()))
    yield from ((each, False) for each in status.get("containerStatuses", ()))


def _status(owner: Object, name: str) -> int:
    return int(owner.get("status", {}).get(name, 0))


def _annotation(owner: Object, name: str) -> str | None:
    found: str | None = owner["metadata"].get("annotations", {}).get(name)
    return found


def _label(owner: Object, name: str) -> str | None:
    found: str | None = owner["metadata"].get("labels", {}).get(name)
    return found


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _in_progress(reason: str, message: str) -> Result:
    return Result(Status.IN_PROGRESS, reason, message)


def _failed(reason: str, message: str) -> Result:
    return Result(Status.FAILED, reason, message.strip().rstrip("."))
