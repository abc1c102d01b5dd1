"""NetworkPolicies, enforced by kube-router on the node: the bridge between pods knows none."""

import os

from local.cluster.control_plane import KUBEADM_CONFIG, KUBECONFIGS
from local.cluster.kubectl import kubectl
from local.host import command
from local.host.http import answers
from local.host.paths import NODE_ADDRESS, SERVICE_SUBNET
from local.machines.sandbox import NODE
from local.machines.service import Service
from local.platform.part import MANIFESTS, Part
from local.terminal.steps import Progress
from local.tools.catalogue import KUBE_ROUTER, KUBERNETES

_USER = "kube-router"
_KUBECONFIG = KUBECONFIGS / "kube-router.conf"
_HEALTH_PORT = 20244

SERVICE = Service(
    name="kube-router",
    sandbox=NODE,
    arguments=(
        KUBE_ROUTER.program("kube-router"),
        f"--kubeconfig={_KUBECONFIG}",
        f"--hostname-override={NODE.name}",
        "--run-firewall=true",
        "--run-router=false",
        "--run-service-proxy=false",
        f"--health-addr={NODE_ADDRESS}",
        f"--health-port={_HEALTH_PORT}",
        # Not the range from 80: pods are let through to it, and the API server's port is within.
        "--service-node-port-range=30000-32767",
        f"--service-cluster-ip-range={SERVICE_SUBNET}",
    ),
    ready=lambda: answers(f"http://{NODE_ADDRESS}:{_HEALTH_PORT}/healthz"),
    port=_HEALTH_PORT,
)


def bring_up(_: Progress) -> None:
    """Lets it read what it needs, and starts it."""
    kubectl(
        "apply", "--server-side", "--force-conflicts", "-k", str(MANIFESTS / "policy-controller")
    )
    if not _KUBECONFIG.exists():
        config = command.output(
            KUBERNETES.program("kubeadm"), "kubeconfig", "user", f"--client-name={_USER}",
            "--config", KUBEADM_CONFIG,
        )  # fmt: skip
        with open(os.open(_KUBECONFIG, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(config)
    SERVICE.up()


PART = Part(
    name="network-policies",
    bring_up=bring_up,
    ready=lambda: SERVICE.process is not None and SERVICE.ready(),
    tools=(KUBE_ROUTER,),
)
