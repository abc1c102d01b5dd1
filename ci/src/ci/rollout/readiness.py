"""Says how far an object of any kind is from what is asked of it, in the manner of kstatus.

A kind with a row of its own is judged by what it is; any other by the conditions that controllers
agree on. One that has neither exists, and more is not known of it.
"""

from collections.abc import Callable, Mapping

from ci.manifests.manifest import name_of
from ci.rollout import deployments, pods, workloads
from ci.rollout.custom import answers, conditions
from ci.rollout.deployments import Snapshot
from ci.rollout.limits import Moment
from ci.rollout.status import (
    Object,
    Result,
    condition,
    current,
    failed,
    in_progress,
    seen_last,
    time,
    unknown,
)

THERE_AT_ONCE = {
    "ConfigMap",
    "CronJob.batch",
    "EndpointSlice.discovery.k8s.io",
    "Endpoints",
    "Ingress.networking.k8s.io",
    "Lease.coordination.k8s.io",
    "LimitRange",
    "NetworkPolicy.networking.k8s.io",
    "PodDisruptionBudget.policy",
    "PodTemplate",
    "ReferenceGrant.gateway.networking.k8s.io",
    "ResourceQuota",
    "Role.rbac.authorization.k8s.io",
    "RoleBinding.rbac.authorization.k8s.io",
    "Secret",
    "ServiceAccount",
}
"""Kinds of which nothing but their existence is waited for."""

_CLAIM = "PersistentVolumeClaim"


def compute(snapshot: Snapshot, moment: Moment) -> Result:
    """Current, InProgress or Failed; Unknown where the object says nothing of itself."""
    resource = snapshot.resource
    if "deletionTimestamp" in resource["metadata"]:
        holds = ", ".join(resource["metadata"].get("finalizers", ())) or "its grace period"
        return failed("Terminating", f"it is being deleted, and waits for {holds}")
    if is_there_at_once(resource):
        return current("Exists", "it exists")
    return _JUDGES.get(kind_of(resource), _any)(snapshot, moment)


def absent(wanted: Object) -> Result:
    """What is said of a resource that is not there, though it was applied."""
    if kind_of(wanted) == "Job.batch" and "ttlSecondsAfterFinished" in wanted["spec"]:
        return unknown("it has come to its end and expired")
    return failed("Missing", "it is not there")


def is_there_at_once(resource: Object) -> bool:
    """Whether there is nothing to wait for once it exists."""
    return kind_of(resource) in THERE_AT_ONCE


def kind_of(resource: Object) -> str:
    """Its kind and its group, such as Deployment.apps: two groups may have one of the same name."""
    group = resource["apiVersion"].rpartition("/")[0]
    return f"{resource['kind']}.{group}" if group else str(resource["kind"])


def lacks(snapshot: Snapshot) -> bool:
    """Whether it waits for what only events could tell."""
    return workloads.lacks_pods(snapshot) or (
        kind_of(snapshot.resource) == _CLAIM and _phase(snapshot.resource) == "Pending"
    )


def _any(snapshot: Snapshot, moment: Moment) -> Result:
    """By the conditions that controllers agree on, or by what those say on which it hangs."""
    resource = snapshot.resource
    if result := conditions.compute(resource) or answers.compute(resource, moment):
        return result
    age = moment.now - time(resource["metadata"]["creationTimestamp"])
    if age < moment.limits.settle:
        return in_progress("New", "nothing is said of it yet")
    return unknown("it exists")


def _claim(snapshot: Snapshot, moment: Moment) -> Result:
    resource = snapshot.resource
    if _phase(resource) == "Bound":
        return current("Bound", "it has its volume")
    if _phase(resource) == "Lost":
        return failed("Lost", "its volume is gone")
    uid = resource["metadata"].get("uid")
    failures = [
        each
        for each in snapshot.warnings
        if each["involvedObject"].get("uid") == uid and each.get("reason") == "ProvisioningFailed"
    ]
    reason, told = "Pending", "no volume yet"
    if failures:
        reason = "ProvisioningFailed"
        told = max(failures, key=seen_last).get("message", "no message")
    return pods.waits_for(name_of(resource), reason, told, moment)


def _phase(claim: Object) -> str:
    return str(claim.get("status", {}).get("phase", "Pending"))


def _service(snapshot: Snapshot, _: Moment) -> Result:
    resource = snapshot.resource
    if resource["spec"].get("type") == "LoadBalancer":
        if not resource.get("status", {}).get("loadBalancer", {}).get("ingress"):
            return in_progress("NoAddress", "its load balancer has no address yet")
    return current("Exists", "it exists")


def _autoscaler(snapshot: Snapshot, moment: Moment) -> Result:
    """It can scale its target; that metrics of new pods come late is no failure."""
    found = condition(snapshot.resource, "AbleToScale")
    if found is None or found.status != "False":
        return current("Exists", "it exists")
    return pods.waits_for(name_of(snapshot.resource), found.reason, found.why, moment)


_JUDGES: Mapping[str, Callable[[Snapshot, Moment], Result]] = {
    "DaemonSet.apps": workloads.daemon_set,
    "Deployment.apps": deployments.compute,
    "HorizontalPodAutoscaler.autoscaling": _autoscaler,
    "Job.batch": workloads.job,
    _CLAIM: _claim,
    "Pod": workloads.pod,
    "ReplicaSet.apps": workloads.replica_set,
    "Service": _service,
    "StatefulSet.apps": workloads.stateful_set,
}
