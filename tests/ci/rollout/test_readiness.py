"""How far objects are, kind by kind."""

from dataclasses import replace
from typing import Any

import pytest

from ci.rollout.deployments import Snapshot
from ci.rollout.readiness import absent, compute, is_there_at_once, kind_of
from ci.rollout.status import Status
from tests.ci.objects import ago, container, moment, pod

MISSING = {"waiting": {"reason": "ErrImagePull", "message": "r.io/a: not found"}}
EXIT = {"terminated": {"exitCode": 1}}


def of(
    api: str, kind: str, status: Any = None, pods: Any = (), spec: Any = None, **metadata: Any
) -> Snapshot:
    """An object of some kind that says this of itself."""
    known = {"name": "a", "uid": "u", "generation": 2, "creationTimestamp": ago(hours=1)}
    resource = {"apiVersion": api, "kind": kind, "metadata": known | metadata, "spec": spec or {}}
    return Snapshot(resource | {"status": status or {}}, pods=pods)


def stateful(
    wanted: int = 2,
    pods: Any = (),
    strategy: Any = None,
    policy: str = "OrderedReady",
    **status: int,
) -> Snapshot:
    """A StatefulSet, all of whose pods are there."""
    there = {"observedGeneration": 2, "updateRevision": "r2"}
    counts = dict.fromkeys(("replicas", "updatedReplicas", "availableReplicas"), wanted)
    spec = {"replicas": wanted, "updateStrategy": strategy or {}, "podManagementPolicy": policy}
    return of("apps/v1", "StatefulSet", there | counts | status, pods, spec)


def daemon(pods: Any = (), **status: int) -> Snapshot:
    """A DaemonSet, all of whose pods are there."""
    names = ("desiredNumberScheduled", "updatedNumberScheduled", "numberAvailable")
    counts = dict.fromkeys((*names, "currentNumberScheduled"), 2)
    template = {"deprecated.daemonset.template.generation": "2"}
    there = {"observedGeneration": 2, **counts, **status}
    return of("apps/v1", "DaemonSet", there, pods, annotations=template)


def replicas(pods: Any = (), **status: Any) -> Snapshot:
    """A ReplicaSet that wants two pods, and has them."""
    there = {"observedGeneration": 2, "replicas": 2, "availableReplicas": 2, **status}
    return of("apps/v1", "ReplicaSet", there, pods, {"replicas": 2})


def job(*conditions: str, pods: Any = (), **spec: Any) -> Snapshot:
    """A Job of which these conditions are true."""
    told = [
        {"type": each, "status": "True", "reason": f"{each}Reason", "message": "it is told"}
        for each in conditions
    ]
    return of("batch/v1", "Job", {"conditions": told}, pods, spec)


def custom(*conditions: tuple[str, str], **more: Any) -> Snapshot:
    """A resource whose kind is nobody's here."""
    told = [{"type": type_, "status": status} for type_, status in conditions]
    return of("example.com/v1", "Widget", {"conditions": told, **more})


def revision(name: str, state: Any, **more: Any) -> Any:
    """A pod of a StatefulSet or of a DaemonSet, whose container is in some state."""
    labels = {"controller-revision-hash": name, "pod-template-generation": name}
    return pod(container(**state), labels=labels, **more)


def of_a_job(state: Any, **more: Any) -> Any:
    """A pod that is to come to an end."""
    found = pod(container(**state), **more)
    return found | {"spec": found["spec"] | {"restartPolicy": "OnFailure"}}


def claim(phase: str) -> Snapshot:
    return of("v1", "PersistentVolumeClaim", {"phase": phase})


def balancer(**status: Any) -> Snapshot:
    return of("v1", "Service", {"loadBalancer": status}, spec={"type": "LoadBalancer"})


def autoscaler(status: str) -> Snapshot:
    told = {"type": "AbleToScale", "status": status, "reason": "FailedGetScale"}
    return of("autoscaling/v2", "HorizontalPodAutoscaler", {"conditions": [told]})


CURRENT = {
    "ConfigMap": of("v1", "ConfigMap"),
    "CronJob": of("batch/v1", "CronJob"),
    "HTTPRoute, which is verified": of("gateway.networking.k8s.io/v1", "HTTPRoute"),
    "StatefulSet": stateful(),
    "StatefulSet that keeps old pods": stateful(
        strategy={"rollingUpdate": {"partition": 1}}, updatedReplicas=1
    ),
    "StatefulSet whose pods somebody replaces": stateful(
        strategy={"type": "OnDelete"}, updatedReplicas=0
    ),
    "StatefulSet with an old pod that crashes": stateful(pods=[revision("r1", MISSING)]),
    "DaemonSet": daemon(),
    "DaemonSet where no node wants it": daemon(
        desiredNumberScheduled=0, currentNumberScheduled=0, updatedNumberScheduled=0
    ),
    "ReplicaSet": replicas(),
    "Job that came to its end": job("Complete"),
    "Job that succeeded after pods of it had failed": job(
        "Complete", pods=[of_a_job(EXIT, phase="Failed")]
    ),
    "Job that is suspended": job("Suspended", suspend=True),
    "Pod": of("v1", "Pod", pod(container())["status"]),
    "Pod that came to its end": of("v1", "Pod", {"phase": "Succeeded"}),
    "claim": claim("Bound"),
    "Service": of("v1", "Service", spec={"type": "ClusterIP"}),
    "load balancer": balancer(ingress=[{"ip": "10.0.0.1"}]),
    "HorizontalPodAutoscaler": autoscaler("True"),
    "HorizontalPodAutoscaler that is new": of("autoscaling/v2", "HorizontalPodAutoscaler"),
    "anything that says it is ready": custom(("Ready", "True")),
    "anything that says it is available": custom(("Available", "True"), observedGeneration=2),
    "a Job of another group": of(
        "batch.volcano.sh/v1alpha1", "Job", {"conditions": [{"type": "Ready", "status": "True"}]}
    ),
}

IN_PROGRESS = {
    "StatefulSet not observed": (stateful(observedGeneration=1), "NotObserved"),
    "StatefulSet, one of two updated": (stateful(updatedReplicas=1), "Updating"),
    "StatefulSet that replaces all pods at once": (
        stateful(updatedReplicas=1, pods=[revision("r1", MISSING)], policy="Parallel"),
        "Updating",
    ),
    "StatefulSet with a pod too many": (stateful(replicas=3), "Replacing"),
    "StatefulSet, one of two available": (stateful(availableReplicas=1), "Starting"),
    "DaemonSet, one of two updated": (daemon(updatedNumberScheduled=1), "Updating"),
    "DaemonSet, one of two available": (daemon(numberAvailable=1), "Starting"),
    "ReplicaSet, one of two there": (replicas(replicas=1), "Updating"),
    "ReplicaSet, one of two available": (replicas(availableReplicas=1), "Starting"),
    "Job": (job(), "Running"),
    "Job, a pod of which failed, which is tried again": (
        job(pods=[of_a_job(EXIT, restarts=3)]),
        "Running",
    ),
    "Pod": (of("v1", "Pod", {"phase": "Pending"}), "Starting"),
    "claim": (claim("Pending"), "Pending"),
    "load balancer": (balancer(), "NoAddress"),
    "HorizontalPodAutoscaler": (autoscaler("False"), "FailedGetScale"),
    "anything not observed": (custom(("Ready", "True"), observedGeneration=1), "NotObserved"),
    "anything that is not ready": (custom(("Ready", "False")), "Ready"),
    "anything that goes on": (custom(("Reconciling", "True"), ("Ready", "True")), "Reconciling"),
    "anything that is new and silent": (
        of("example.com/v1", "Widget", creationTimestamp=ago(seconds=9)),
        "New",
    ),
}

FAILED = {
    "StatefulSet whose image does not exist": (
        stateful(availableReplicas=1, pods=[revision("r2", MISSING)]),
        "ErrImagePull",
    ),
    "StatefulSet with an old pod that cannot run": (
        stateful(updatedReplicas=1, pods=[revision("r1", MISSING)]),
        "InTheWay",
    ),
    "DaemonSet whose image does not exist": (
        daemon(numberAvailable=1, pods=[revision("2", MISSING)]),
        "ErrImagePull",
    ),
    "ReplicaSet that may not make pods": (
        replicas(
            replicas=0,
            conditions=[
                {
                    "type": "ReplicaFailure",
                    "status": "True",
                    "reason": "FailedCreate",
                    "message": "exceeded quota",
                }
            ],
        ),
        "FailedCreate",
    ),
    "Job": (job("Failed"), "FailedReason"),
    "Job whose image does not exist": (job(pods=[of_a_job(MISSING)]), "ErrImagePull"),
    "Pod": (of("v1", "Pod", {"phase": "Failed"}), "Failed"),
    "claim whose volume is gone": (claim("Lost"), "Lost"),
    "anything that is stalled": (custom(("Stalled", "True"), ("Ready", "False")), "Stalled"),
    "anything that failed": (custom(("Failed", "True")), "Failed"),
    "anything that is on its way out": (
        of("v1", "ConfigMap", deletionTimestamp=ago(seconds=1), finalizers=["a/b"]),
        "Terminating",
    ),
}


@pytest.mark.parametrize("state", CURRENT.values(), ids=CURRENT)
def test_current(state: Snapshot) -> None:
    """It is as it is asked for."""
    assert compute(state, moment()).status is Status.CURRENT


@pytest.mark.parametrize(("state", "reason"), IN_PROGRESS.values(), ids=IN_PROGRESS)
def test_in_progress(state: Snapshot, reason: str) -> None:
    """It may still come right by itself."""
    result = compute(state, moment())
    assert (result.status, result.reason) == (Status.IN_PROGRESS, reason)


@pytest.mark.parametrize(("state", "reason"), FAILED.values(), ids=FAILED)
def test_failed(state: Snapshot, reason: str) -> None:
    """It cannot come right by itself."""
    result = compute(state, moment())
    assert (result.status, result.reason) == (Status.FAILED, reason)


def test_claim_that_waits_too_long() -> None:
    """Half of the rollout's time is for its volume."""
    assert compute(claim("Pending"), moment(waited=149)).status is Status.IN_PROGRESS
    assert compute(claim("Pending"), moment(waited=151)).status is Status.FAILED


@pytest.mark.parametrize("state", [custom(), custom(("Synced", "False"))])
def test_object_that_says_nothing(state: Snapshot) -> None:
    """Neither good nor bad is said of it."""
    assert compute(state, moment()).status is Status.UNKNOWN


def test_object_that_is_gone() -> None:
    """Only a Job may go by itself."""
    assert absent(of("v1", "ConfigMap").resource).status is Status.FAILED
    assert absent(job().resource).status is Status.FAILED
    assert absent(job(ttlSecondsAfterFinished=60).resource).status is Status.UNKNOWN


def test_kinds() -> None:
    """Two groups may have a kind of the same name."""
    service, knative = of("v1", "Service"), of("serving.knative.dev/v1", "Service")
    assert kind_of(service.resource) == "Service"
    assert kind_of(knative.resource) == "Service.serving.knative.dev"
    assert is_there_at_once(of("v1", "Secret").resource)
    assert not is_there_at_once(of("example.com/v1", "Secret").resource)


FORBIDDEN = 'Error creating: pods "a-x" is forbidden: violates PodSecurity "restricted:latest"'
AWAY = "Error creating: Internal error: failed calling webhook: connection refused"


def refused(snapshot: Snapshot, told: str, minutes: float = 0, uid: str = "u") -> Snapshot:
    """The same, of which an event says that its pods could not be made."""
    event = {"involvedObject": {"uid": uid}, "reason": "FailedCreate", "message": told}
    return replace(snapshot, warnings=[event | {"lastTimestamp": ago(minutes=minutes)}])


@pytest.mark.parametrize(
    ("snapshot", "status"),
    [
        (refused(job(), FORBIDDEN), Status.FAILED),
        (refused(job(), AWAY), Status.IN_PROGRESS),
        (refused(job(), FORBIDDEN, minutes=5), Status.IN_PROGRESS),
        (refused(job(), FORBIDDEN, uid="another"), Status.IN_PROGRESS),
        (refused(job("Complete"), FORBIDDEN), Status.CURRENT),
        (refused(stateful(replicas=0, availableReplicas=0), FORBIDDEN), Status.FAILED),
        (refused(daemon(desiredNumberScheduled=2, numberAvailable=0), FORBIDDEN), Status.FAILED),
    ],
    ids=["forbidden", "may pass", "long ago", "another's", "ended", "StatefulSet", "DaemonSet"],
)
def test_workload_whose_pods_the_cluster_refuses(snapshot: Snapshot, status: Status) -> None:
    """What cannot pass fails at once, though only an event tells of it."""
    result = compute(snapshot, moment())
    assert result.status is status
    assert (result.reason == "FailedCreate") == (
        status is Status.FAILED or "webhook" in str(result)
    )
