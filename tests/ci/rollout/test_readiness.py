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


def unprovisioned(message: str) -> Snapshot:
    """A claim of which an event says why it has no volume."""
    event = {"involvedObject": {"uid": "u"}, "reason": "ProvisioningFailed", "message": message}
    return replace(claim("Pending"), warnings=[event | {"lastTimestamp": ago(seconds=1)}])


def said(*conditions: tuple[str, str, int]) -> Snapshot:
    """A resource of nobody's kind, each of whose conditions is of some generation."""
    names = ("type", "status", "observedGeneration")
    told = [dict(zip(names, each)) for each in conditions]
    return of("example.com/v1", "Widget", {"conditions": told})


def answer(*conditions: tuple[str, str], generation: int = 2) -> Any:
    """What a gateway says of a route, or of a policy."""
    told = [
        {"type": type_, "status": status, "observedGeneration": generation}
        for type_, status in conditions
    ]
    return {"parentRef": {"name": "public"}, "conditions": told}


def route(*answers: Any, wanted: int = 1, mesh: bool = False) -> Snapshot:
    """A route that hangs on some gateways, or on a Service of a mesh."""
    kind = {"kind": "Service"} if mesh else {}
    spec = {"parentRefs": [{"name": "public", **kind}] * wanted}
    api = "gateway.networking.k8s.io/v1"
    return of(api, "HTTPRoute", {"parents": list(answers)}, spec=spec)


def policy(*conditions: tuple[str, str]) -> Snapshot:
    """A policy for what hangs on a gateway."""
    found = answer(*conditions)
    ancestor = {"ancestorRef": found["parentRef"], "conditions": found["conditions"]}
    return of("gateway.envoyproxy.io/v1alpha1", "BackendTrafficPolicy", {"ancestors": [ancestor]})


def autoscaler(status: str, reason: str = "ReadyForNewScale") -> Snapshot:
    told = {"type": "AbleToScale", "status": status, "reason": reason}
    return of("autoscaling/v2", "HorizontalPodAutoscaler", {"conditions": [told]})


CURRENT = {
    "ConfigMap": of("v1", "ConfigMap"),
    "CronJob": of("batch/v1", "CronJob"),
    "HTTPRoute that its gateway takes": route(
        answer(("Accepted", "True"), ("ResolvedRefs", "True"))
    ),
    "HTTPRoute that hangs on nothing any more": route(answer(("Accepted", "True")), wanted=0),
    "HTTPRoute that another gateway refused before": route(
        answer(("Accepted", "False"), generation=1), answer(("Accepted", "True"))
    ),
    "policy that its gateway takes": policy(("Accepted", "True")),
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
    "anything that says it is accepted": custom(("Accepted", "True")),
    "anything that has come to a good end": custom(("Succeeded", "True")),
    "anything that is complete": custom(("Completed", "True")),
    "anything that works no more on what is asked": custom(
        ("Reconciling", "False"), ("Stalled", "False"), observedGeneration=2
    ),
    "anything whose generation is counted in text": custom(
        ("Ready", "True"), observedGeneration="2"
    ),
    "anything that was stalled before": said(("Stalled", "True", 1), ("Ready", "True", 2)),
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
    "HorizontalPodAutoscaler": (autoscaler("False", "BackoffBoth"), "BackoffBoth"),
    "HorizontalPodAutoscaler whose target is not there yet": (
        autoscaler("False", "FailedGetScale"),
        "FailedGetScale",
    ),
    "claim whose class cannot make a volume now": (
        unprovisioned("rpc error: deadline exceeded"),
        "ProvisioningFailed",
    ),
    "HTTPRoute at which no gateway has looked": (route(), "NotAnswered"),
    "HTTPRoute that one of two gateways takes": (
        route(answer(("Accepted", "True")), wanted=2),
        "NotAnswered",
    ),
    "HTTPRoute of which was told before it changed": (
        route(answer(("Accepted", "True"), generation=1)),
        "NotAnswered",
    ),
    "HTTPRoute that is not taken, which may pass": (
        route(answer(("Accepted", "True"), ("ResolvedRefs", "False"))),
        "NotTaken",
    ),
    "policy that is not taken, which may pass": (policy(("Accepted", "False")), "NotTaken"),
    "anything not observed": (custom(("Ready", "True"), observedGeneration=1), "NotObserved"),
    "anything stalled and not observed": (
        custom(("Stalled", "True"), observedGeneration="1"),
        "NotObserved",
    ),
    "anything that was ready before it changed": (said(("Ready", "True", 1)), "NotObserved"),
    "anything that was ready before, and is not stalled": (
        said(("Ready", "True", 1), ("Other", "False", 2)),
        "NotObserved",
    ),
    "anything that does not know whether it is ready": (custom(("Ready", "Unknown")), "Ready"),
    "anything that is not accepted": (custom(("Accepted", "False")), "Accepted"),
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
    "Job whose pods are still to end": (job("FailureTarget"), "FailureTargetReason"),
    "Job whose image does not exist": (job(pods=[of_a_job(MISSING)]), "ErrImagePull"),
    "Pod": (of("v1", "Pod", {"phase": "Failed"}), "Failed"),
    "claim whose volume is gone": (claim("Lost"), "Lost"),
    "anything that is stalled": (custom(("Stalled", "True"), ("Ready", "False")), "Stalled"),
    "anything that failed": (custom(("Failed", "True")), "Failed"),
    "anything that has come to a bad end": (custom(("Succeeded", "False")), "Succeeded"),
    "anything that is stalled and says that it goes on": (
        custom(("Reconciling", "True"), ("Stalled", "True"), observedGeneration=2),
        "Stalled",
    ),
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


def test_claim_whose_class_does_not_exist() -> None:
    """A tenth of the rollout's time is for it to come."""
    state = unprovisioned('storageclass.storage.k8s.io "fast" not found')
    assert compute(state, moment(waited=29)).status is Status.IN_PROGRESS
    result = compute(state, moment(waited=31))
    assert (result.status, result.reason) == (Status.FAILED, "ProvisioningFailed")
    assert '"fast" not found' in result.message


def test_autoscaler_whose_target_does_not_exist() -> None:
    """It is given time for one look more, and no more."""
    state = autoscaler("False", "FailedGetScale")
    assert compute(state, moment(waited=29)).status is Status.IN_PROGRESS
    assert compute(state, moment(waited=31)).status is Status.FAILED


@pytest.mark.parametrize(
    ("state", "within"),
    [
        (route(answer(("Accepted", "False"))), 9),
        (policy(("Accepted", "False")), 9),
        (route(), 30),
    ],
    ids=["refused", "policy that is refused", "nobody answers"],
)
def test_what_hangs_on_a_gateway_that_does_not_take_it(state: Snapshot, within: int) -> None:
    """Gateways lag a little behind what is applied with it."""
    assert compute(state, moment(waited=within - 1)).status is Status.IN_PROGRESS
    assert compute(state, moment(waited=within + 1)).status is Status.FAILED


@pytest.mark.parametrize(
    "state",
    [
        custom(),
        custom(("Synced", "False")),
        of("example.com/v1", "Widget", "fine"),
        of("example.com/v1", "Widget", {"conditions": {"Ready": True}, "parents": ["a"]}),
        of("example.com/v1", "Widget", {"observedGeneration": "8f6d"}, spec=["a"]),
        policy(),
        route(mesh=True),
    ],
)
def test_object_that_says_nothing(state: Snapshot) -> None:
    """Neither good nor bad is said of it, whatever the form of what it says."""
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
