"""Says how far a release is as a whole: the one of its objects that is furthest from Current."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ci.manifests.manifest import name_of
from ci.rollout import pods, readiness, workloads
from ci.rollout.deployments import Snapshot
from ci.rollout.limits import Moment
from ci.rollout.settling import Lives
from ci.rollout.status import Object, Result, Status

Found = Sequence[tuple[Object, Snapshot | None]]
"""Each resource of a release, and what the cluster shows of it."""


@dataclass(frozen=True)
class Judgement:
    """What is said of one resource."""

    resource: Object
    snapshot: Snapshot | None
    result: Result


def judge(found: Found, lives: Lives, moment: Moment) -> Judgement | None:
    """The first that failed, or else the first that is in progress; None where all is well."""
    judged = [
        Judgement(resource, snapshot, _result(resource, snapshot, lives, moment))
        for resource, snapshot in found
    ]
    for status in (Status.FAILED, Status.IN_PROGRESS):
        for each in judged:
            if each.result.status is status:
                return each
    return None


def not_understood(found: Found, moment: Moment) -> list[str]:
    """A line for each object that does not show how far it is."""
    judged = ((resource, _itself(resource, snapshot, moment)) for resource, snapshot in found)
    return [
        f"readiness of {name_of(resource)} is not known, {result.message}"
        for resource, result in judged
        if result.status is Status.UNKNOWN
    ]


def pods_of(found: Found) -> list[Object]:
    """The pods that the release runs."""
    return [pod for _, snapshot in found if snapshot for pod in workloads.new_pods(snapshot)]


def is_held_up(found: Found) -> bool:
    """Whether a pod lacks something of which only events tell, or another object does."""
    lacking = (readiness.lacks(snapshot) for _, snapshot in found if snapshot)
    return any(map(pods.is_held_up, pods_of(found))) or any(lacking)


def beside(found: Found, warnings: Sequence[Object]) -> Found:
    """The same, with the events of the namespace."""
    return [
        (resource, snapshot and replace(snapshot, warnings=warnings))
        for resource, snapshot in found
    ]


def _result(resource: Object, snapshot: Snapshot | None, lives: Lives, moment: Moment) -> Result:
    """What it says of itself, and whether its pods stay."""
    result = _itself(resource, snapshot, moment)
    if snapshot is None or result.status is Status.FAILED:
        return result
    settled = lives.result(workloads.new_pods(snapshot), moment)
    if settled.status is Status.FAILED or result.status is not Status.IN_PROGRESS:
        return result if settled.status is Status.CURRENT else settled
    return result


def _itself(resource: Object, snapshot: Snapshot | None, moment: Moment) -> Result:
    return readiness.compute(snapshot, moment) if snapshot else readiness.absent(resource)
