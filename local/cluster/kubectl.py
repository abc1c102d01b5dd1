"""kubectl, as the cluster's administrator, and what it says of the node."""

import time

from local.host import command
from local.host.errors import CommandFailed
from local.host.paths import KUBECONFIG, LOGS
from local.machines.sandbox import NODE
from local.tools.catalogue import KUBERNETES

_KUBECTL = (KUBERNETES.program("kubectl"), "--kubeconfig", KUBECONFIG)
_READY = '{.status.conditions[?(@.type=="Ready")].status}'


def kubectl(*arguments: str) -> str:
    """What kubectl prints for some arguments, as the cluster's administrator."""
    return command.output(*_KUBECTL, *arguments)


def node_is_ready() -> bool:
    """Whether the node takes pods."""
    try:
        return kubectl("get", "node", NODE.name, "-o", f"jsonpath={_READY}") == "True"
    except CommandFailed:
        return False


def wait_for_node(seconds: float = 90) -> None:
    """Waits until the node takes pods."""
    until = time.monotonic() + seconds
    while not node_is_ready():
        if time.monotonic() > until:
            raise CommandFailed(
                f"The node is not ready after {seconds:.0f} s: read the kubelet's log.",
                LOGS / "kubelet.log",
            )
        time.sleep(0.5)
