"""Says how far workloads other than Deployments are: what they count, and what their pods say."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from ci.rollout import deployments, pods
from ci.rollout.deployments import Snapshot, wanted_replicas, weighed
from ci.rollout.limits import Moment
from ci.rollout.status import (
    Object,
    Result,
    Status,
    annotation,
    condition,
    count,
    current,
    failed,
    in_progress,
    label,
    seen_last,
    unobserved,
)

_WITHOUT_A_CONDITION = {"DaemonSet", "Job", "StatefulSet"}
"""Kinds that say by events only why they can make no pod."""
_LATELY = timedelta(minutes=1)
_GENERATION = "pod-template-generation"
_TEMPLATE = "deprecated.daemonset.template.generation"


def new_pods(snapshot: Snapshot) -> list[Object]:
    """The living pods of the newest template."""
    resource = snapshot.resource
    if resource["kind"] == "Deployment":
        return snapshot.new_pods
    if resource["kind"] == "StatefulSet":
        newest = resource.get("status", {}).get("updateRevision")
        return _labelled(snapshot.living_pods, "controller-revision-hash", newest)
    if resource["kind"] == "DaemonSet":
        return _labelled(snapshot.living_pods, _GENERATION, annotation(resource, _TEMPLATE))
    return snapshot.living_pods


def lacks_pods(snapshot: Snapshot) -> bool:
    """Whether it has none, and only events could tell why."""
    resource = snapshot.resource
    if resource["kind"] not in _WITHOUT_A_CONDITION or new_pods(snapshot):
        return False
    return not any(condition(resource, ended) for ended in ("Complete", "Failed", "Suspended"))


def _refusals(snapshot: Snapshot, moment: Moment) -> Iterator[Result]:
    """Why the cluster lets it make no pod, where that was lately and is so still."""
    uid, name = snapshot.resource["metadata"].get("uid"), snapshot.resource["metadata"]["name"]
    ours = [
        each
        for each in snapshot.warnings
        if each["involvedObject"].get("uid") == uid
        and each.get("reason") == "FailedCreate"
        and moment.now - seen_last(each) < _LATELY
    ]
    if ours and lacks_pods(snapshot):
        told = max(ours, key=seen_last).get("message", "no message")
        yield from pods.waited(f"{snapshot.resource['kind']} {name}", "FailedCreate", told, moment)


def stateful_set(snapshot: Snapshot, moment: Moment) -> Result:
    """All of its pods are there and of its newest revision, but for those it is to keep."""
    resource, strategy = snapshot.resource, snapshot.resource["spec"].get("updateStrategy", {})
    wanted = max(wanted_replicas(resource), snapshot.least)
    kept = strategy.get("rollingUpdate", {}).get("partition", 0)
    replaced = 0 if strategy.get("type") == "OnDelete" else max(wanted - kept, 0)
    progress = _counted(
        resource,
        replaced,
        count(resource, "updatedReplicas"),
        wanted,
        count(resource, "replicas"),
        count(resource, "availableReplicas"),
    )
    in_the_way = [] if progress.status is Status.CURRENT else _in_the_way(snapshot, moment)
    return _judged(snapshot, moment, progress, in_the_way)


def _in_the_way(snapshot: Snapshot, moment: Moment) -> Iterator[Result]:
    """A pod of before that cannot run: it is waited for, unless all may be taken at once."""
    if snapshot.resource["spec"].get("podManagementPolicy") == "Parallel":
        return
    new = [pod["metadata"]["name"] for pod in new_pods(snapshot)]
    for found in snapshot.living_pods:
        name, namespace = found["metadata"]["name"], found["metadata"].get("namespace", "default")
        for trouble in pods.troubles(found, moment) if name not in new else ():
            if trouble.status is Status.FAILED:
                remedy = f"`kubectl --namespace {namespace} delete pod {name}`, and deploy again"
                yield failed("InTheWay", f"pod {name} of before cannot run and stays; {remedy}")


def daemon_set(snapshot: Snapshot, moment: Moment) -> Result:
    """Every node that is to have one of its pods has a new one."""
    resource = snapshot.resource
    wanted = count(resource, "desiredNumberScheduled")
    on_delete = resource["spec"].get("updateStrategy", {}).get("type") == "OnDelete"
    progress = _counted(
        resource,
        0 if on_delete else wanted,
        count(resource, "updatedNumberScheduled"),
        wanted,
        count(resource, "currentNumberScheduled"),
        count(resource, "numberAvailable"),
    )
    return _judged(snapshot, moment, progress)


def replica_set(snapshot: Snapshot, moment: Moment) -> Result:
    """It has its pods."""
    resource, wanted = snapshot.resource, wanted_replicas(snapshot.resource)
    there = count(resource, "replicas")
    ready = count(resource, "availableReplicas")
    progress = _counted(resource, wanted, there, wanted, there, ready)
    refused = list(deployments.refusals(resource, snapshot.leaving, moment))
    return _judged(snapshot, moment, progress, refused)


def job(snapshot: Snapshot, moment: Moment) -> Result:
    """It has come to its end, and that was no failure; its own counting allows for failed pods."""
    resource = snapshot.resource
    for type_ in ("Failed", "FailureTarget"):  # The latter while its pods are still to end.
        if (ended := condition(resource, type_)) and ended.status == "True":
            return failed(ended.reason or type_, ended.why)
    if (ended := condition(resource, "Complete")) and ended.status == "True":
        return current("Complete", "it has come to its end")
    if resource["spec"].get("suspend"):
        return current("Suspended", "it is suspended, as its specification says")
    done, wanted = count(resource, "succeeded"), resource["spec"].get("completions", 1)
    return _judged(snapshot, moment, in_progress("Running", f"{done} of {wanted} pods succeeded"))


def pod(snapshot: Snapshot, moment: Moment) -> Result:
    """It is ready, or has come to a good end."""
    resource = snapshot.resource
    phase = resource.get("status", {}).get("phase")
    if phase == "Succeeded":
        return current("Succeeded", "it has come to its end")
    if phase == "Failed":
        return failed("Failed", resource["status"].get("message") or "it failed")
    ready = pods.is_ready(resource)
    progress = (
        current("Ready", "it is ready")
        if ready
        else in_progress("Starting", pods.why_waiting([resource]) or "it is not ready")
    )
    return _judged(snapshot, moment, progress)


def _counted(
    resource: Object, replaced: int, updated: int, wanted: int, there: int, available: int
) -> Result:
    if result := unobserved(resource):
        return result
    if updated < replaced:
        return in_progress("Updating", f"{updated} of {replaced} pods updated")
    if there > wanted:
        return in_progress("Replacing", f"{there - wanted} pods still to end")
    if available < wanted:
        return in_progress("Starting", f"{available} of {wanted} pods available")
    return current("Available", f"{available} of {wanted} pods available")


def _judged(
    snapshot: Snapshot, moment: Moment, progress: Result, refused: Iterable[Result] = ()
) -> Result:
    """What it counts, beside what its new pods say."""
    told = [
        trouble
        for found in new_pods(snapshot)
        for trouble in pods.troubles(found, moment, snapshot.warnings)
    ]
    return weighed(progress, [*told, *refused, *_refusals(snapshot, moment)])


def _labelled(found: Iterable[Object], name: str, value: str | None) -> list[Object]:
    return [pod for pod in found if label(pod, name) == value]
