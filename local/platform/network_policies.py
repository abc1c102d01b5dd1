"""NetworkPolicies, enforced by kube-router on each node: the bridge between pods knows none."""

from local.cluster import nodes
from local.cluster.control_plane import KUBECONFIGS, identity
from local.cluster.kubectl import kubectl
from local.cluster.nodes import Node
from local.host.http import answers
from local.host.paths import SERVICE_SUBNET
from local.machines.service import Service
from local.platform.part import MANIFESTS, Part
from local.terminal.steps import Progress
from local.tools.catalogue import KUBE_ROUTER

_USER = "kube-router"
_KUBECONFIG = KUBECONFIGS / "kube-router.conf"
_HEALTH_PORT = 20244


def service(node: Node) -> Service:
    """What enforces them for the pods of a node."""
    return Service(
        name=node.program("kube-router"),
        sandbox=node.sandbox,
        arguments=(
            KUBE_ROUTER.program("kube-router"),
            f"--kubeconfig={_KUBECONFIG}",
            f"--hostname-override={node.name}",
            "--run-firewall=true",
            "--run-router=false",
            "--run-service-proxy=false",
            f"--health-addr={node.address}",
            f"--health-port={_HEALTH_PORT}",
            # Not from 80: pods are let through to that range, and the API server's port is within.
            "--service-node-port-range=30000-32767",
            f"--service-cluster-ip-range={SERVICE_SUBNET}",
        ),
        ready=lambda: answers(f"http://{node.address}:{_HEALTH_PORT}/healthz"),
        port=_HEALTH_PORT,
    )


def bring_up(progress: Progress) -> None:
    """Lets it read what it needs, and starts it on each node."""
    kubectl(
        "apply", "--server-side", "--force-conflicts", "-k", str(MANIFESTS / "policy-controller")
    )
    identity(_KUBECONFIG, _USER)
    for node in nodes.wanted():
        progress(node.name)
        service(node).up()


def ready() -> bool:
    """Whether it enforces them on every node."""
    services = [service(node) for node in nodes.wanted()]
    return all(one.process is not None and one.ready() for one in services)


PART = Part(
    name="network-policies",
    bring_up=bring_up,
    ready=ready,
    tools=(KUBE_ROUTER,),
)
