"""The numbers of the architecture, as manifests and programs have them."""

import re
from collections.abc import Mapping
from typing import Any

import yaml

from app import protocol
from app.config import Settings
from ci.canary import baking, verdict
from ci.records import history, lease
from ci.rollout import limits, pods
from tests.manifests.rendering import MANIFESTS, Object, objects_of, render
from tests.project import ENVIRONMENTS
from tests.test_repository import REPOSITORY

Numbers = Mapping[str, list[str]]

NAMES = list(ENVIRONMENTS)
PROD = render("prod")
DEPLOYMENT = PROD.only("Deployment")["spec"]
SETTINGS = Settings.from_environment(
    {each["name"]: each["value"] for each in PROD.container.get("env", [])}
)
GATEWAY = objects_of(MANIFESTS / "platform" / "gateway" / "base")
MONITORING = MANIFESTS / "platform" / "monitoring" / "base"


def environments() -> Numbers:
    """What differs between the environments."""
    overlays = [render(name) for name in NAMES]
    resources = [each.container["resources"] for each in overlays]

    def names(kind: str) -> list[str]:
        return [each.only(kind)["metadata"]["name"] for each in overlays]

    def amounts(what: str) -> list[str]:
        return [f"{each[what]['memory']}, {each[what]['cpu']}" for each in resources]

    assert names("Deployment") == names("Service")
    return {
        "branch": [each.branch for each in ENVIRONMENTS.values()],
        "namespace": [each.only("Deployment")["metadata"]["namespace"] for each in overlays],
        "Deployment, Service": names("Deployment"),
        "HTTPRoute": names("HTTPRoute"),
        "host name": [", ".join(each.only("HTTPRoute")["spec"]["hostnames"]) for each in overlays],
        "replicas": [_replicas(each.objects) for each in overlays],
        "requests: memory, CPU": amounts("requests"),
        "limits: memory, CPU": amounts("limits"),
    }


def autoscaling() -> Numbers:
    """When pods are added in prod, and taken away."""
    spec = PROD.only("HorizontalPodAutoscaler")["spec"]
    targets = [
        f"{_spelled(each['resource']['name'])} {each['resource']['target']['averageUtilization']} %"
        for each in spec["metrics"]
    ]
    more = ", whichever is more" if spec["behavior"]["scaleUp"]["selectPolicy"] == "Max" else ""
    return {
        "target use of what is requested": [", ".join(targets)],
        "up": [_policies(spec["behavior"]["scaleUp"]) + more],
        "down": [_policies(spec["behavior"]["scaleDown"])],
    }


def coming() -> Numbers:
    """How a pod comes in the place of another."""
    rolling = DEPLOYMENT["strategy"]["rollingUpdate"]
    startup = PROD.container["startupProbe"]
    asked, fails = startup["httpGet"]["path"], startup["failureThreshold"]
    surge = rolling["maxSurge"].replace("%", " %")
    return {
        "startup probe": [f"`{asked}` every {startup['periodSeconds']} s, gives up after {fails}"],
        "liveness probe": [_probe(PROD.container["livenessProbe"])],
        "readiness probe": [_probe(PROD.container["readinessProbe"])],
        "ready for, before an old pod goes": [f"{DEPLOYMENT['minReadySeconds']} s"],
        "more pods than wanted, and fewer": [f"{surge}, {rolling['maxUnavailable']}"],
        "a rollout without progress is given up after": [
            f"{DEPLOYMENT['progressDeadlineSeconds']} s"
        ],
        "old ReplicaSets that are kept": [str(DEPLOYMENT["revisionHistoryLimit"])],
    }


def going() -> Numbers:
    """How a pod goes."""
    killed = PROD.pod["spec"]["terminationGracePeriodSeconds"]
    return {
        "preStop": [f"{PROD.container['lifecycle']['preStop']['sleep']['seconds']} s"],
        "drain": [f"{SETTINGS.drain_seconds} s"],
        "requests in flight": [f"{SETTINGS.graceful_seconds} s"],
        "grace period, after which it is killed": [f"{killed} s"],
        "at once, where a node is drained": [
            str(PROD.only("PodDisruptionBudget")["spec"]["maxUnavailable"])
        ],
    }


def requests() -> Numbers:
    """What is listened at, and what a client may send."""
    [port] = PROD.only("Service")["spec"]["ports"]
    [listened] = PROD.container["ports"]
    assert port["port"] == listened["containerPort"] == SETTINGS.port
    listeners = _only(GATEWAY, "Gateway")["spec"]["listeners"]
    kubernetes = _only(GATEWAY, "EnvoyProxy")["spec"]["provider"]["kubernetes"]
    retry = _only(GATEWAY, "BackendTrafficPolicy")["spec"]["retry"]
    head = f"{protocol.HEAD_BYTES // 1024} KiB, {protocol.HEADERS} headers"
    return {
        "the service listens at": [str(port["port"])],
        "the gateway listens at": [
            ", ".join(f"{each['protocol']} {each['port']}" for each in listeners)
        ],
        "proxies of the gateway": [str(kubernetes["envoyDeployment"]["replicas"])],
        "times that it tries once more": [str(retry["numRetries"])],
        "an idle connection is kept for": [
            f"{SETTINGS.keep_alive_seconds} s, above the hour of the gateway"
        ],
        "the head of a request": [head],
        "parsed at once": [f"{protocol.PIECE_BYTES // 1024} KiB"],
        "whoever was refused may go on sending for": [f"{protocol.LINGER_SECONDS:g} s"],
    }


def releases() -> Numbers:
    """What a release must hold out, and how many are kept."""
    return {
        "pods stay ready for": [f"{limits.SETTLE.total_seconds():g} s"],
        "restarts that are no failure": [str(pods.RESTARTS_ALLOWED)],
        "a canary is good after, at least": [f"{verdict.LEAST} requests"],
        "a canary is bad that would be so by chance, at a look": [
            f"once in {1 / verdict.LEVEL:.0f}"
        ],
        "it is slower at p99, by a factor and by": [
            f"{verdict.SLOWER:g}, {verdict.SLOWER_MS:g} ms"
        ],
        "a bake is compared with so many requests before it, in at least": [
            f"{baking.PLENTY}, {baking.BEFORE.total_seconds():g} s"
        ],
        "a Lease that is not renewed is taken after": [f"{lease.DURATION.total_seconds():g} s"],
        "releases that are kept, and refused ones": [f"{history.KEPT}, {history.REFUSED_KEPT}"],
    }


def platform() -> Numbers:
    """Where Prometheus is, when it tells of memory, and what the machines are."""
    [node_port] = [
        port["nodePort"]
        for each in objects_of(MONITORING)
        if each["kind"] == "Service"
        for port in each["spec"]["ports"]
        if "nodePort" in port
    ]
    groups = yaml.safe_load((MONITORING / "rules" / "alerts.yml").read_text())["groups"]
    [alert] = [
        rule for group in groups for rule in group["rules"] if rule["alert"] == "PodMemoryNearLimit"
    ]
    share = float(alert["expr"].rpartition(">")[2])
    return {
        "Prometheus, at every node": [str(node_port)],
        "alert on memory": [
            f"above {share:.0%} of the limit for {alert['for']}".replace("%", " %")
        ],
        "workers, beside one control plane": [_variable("worker_count")],
        "a machine": [f"{_variable('vm_cpu_cores')} cores, {_variable('vm_memory_gb')} GiB"],
    }


SECTIONS = {
    "Environments": environments,
    "Autoscaling in prod": autoscaling,
    "Pods that come": coming,
    "Pods that go": going,
    "Connections and requests": requests,
    "Releases": releases,
    "Platform and machines": platform,
}
"""By the headings under which they stand."""


def _only(objects: list[Object], kind: str) -> Object:
    [found] = [each for each in objects if each["kind"] == kind]
    return found


def _replicas(objects: list[Object]) -> str:
    scalers = [each["spec"] for each in objects if each["kind"] == "HorizontalPodAutoscaler"]
    if scalers:
        assert "replicas" not in _only(objects, "Deployment")["spec"]
        return f"{scalers[0]['minReplicas']} to {scalers[0]['maxReplicas']}"
    return str(_only(objects, "Deployment")["spec"]["replicas"])


def _probe(probe: Mapping[str, Any]) -> str:
    every, within = probe["periodSeconds"], probe["timeoutSeconds"]
    return f"`{probe['httpGet']['path']}` every {every} s, an answer within {within} s"


def _policies(behavior: Mapping[str, Any]) -> str:
    units = {"Percent": " %", "Pods": " pods"}
    spans = {each["periodSeconds"] for each in behavior["policies"]}
    [span] = spans
    by = " or ".join(f"{each['value']}{units[each['type']]}" for each in behavior["policies"])
    return f"after {behavior['stabilizationWindowSeconds']} s, by {by} in {span} s"


def _spelled(resource: str) -> str:
    return resource.upper() if resource == "cpu" else resource


def _variable(name: str) -> str:
    """The default of a number among OpenTofu's variables."""
    text = (REPOSITORY / "infra" / "variables.tf").read_text()
    block = re.search(rf'^variable "{name}" {{\n(.*?)^}}', text, re.M | re.S)
    assert block, name
    default = re.search(r"^ +default += (\d+)$", block[1], re.M)
    assert default, name
    return default[1]
