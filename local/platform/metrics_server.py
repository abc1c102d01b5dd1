"""Metrics Server, which the autoscaler and `kubectl top` ask."""

import json

from local.cluster import nodes
from local.cluster.kubectl import kubectl
from local.host.errors import CommandFailed
from local.images.program import program_image
from local.images.stand_in import StandIn
from local.platform.part import MANIFESTS, Part, wait_until
from local.terminal.steps import Progress
from local.tools.catalogue import METRICS_SERVER

_MANIFESTS = MANIFESTS / "metrics-server" / "self-signed-kubelets"


def images() -> list[StandIn]:
    """Its only image."""
    program = METRICS_SERVER.program("metrics-server")
    repository = "metrics-server/metrics-server"
    return [program_image(repository, METRICS_SERVER.version, program, "/metrics-server")]


def bring_up(progress: Progress) -> None:
    """Applies it, and waits until it has measured."""
    kubectl("apply", "--server-side", "--force-conflicts", "-k", str(_MANIFESTS))
    progress("waiting for its first measurement")
    wait_until(ready, "Metrics Server")


def ready() -> bool:
    """Whether every node's use is known."""
    try:
        told = json.loads(kubectl("get", "--raw", "/apis/metrics.k8s.io/v1beta1/nodes"))
    except CommandFailed:
        return False
    return {node.name for node in nodes.wanted()} <= {
        each["metadata"]["name"] for each in told["items"]
    }


PART = Part(
    name="metrics-server",
    bring_up=bring_up,
    ready=ready,
    tools=(METRICS_SERVER,),
    images=images,
)
