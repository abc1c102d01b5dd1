"""kubectl, as the cluster's administrator, and what it says of a node."""

import time
from pathlib import Path

from local.host import command
from local.host.errors import CommandFailed
from local.host.paths import KUBECONFIG
from local.tools.catalogue import KUBERNETES

_KUBECTL = (KUBERNETES.program("kubectl"), "--kubeconfig", KUBECONFIG)
_READY = '{.status.conditions[?(@.type=="Ready")].status}'


def kubectl(*arguments: str) -> str:
    """What kubectl prints for some arguments, as the cluster's administrator."""
    return command.output(*_KUBECTL, *arguments)


def node_is_ready(name: str) -> bool:
    """Whether a node takes pods."""
    try:
        return kubectl("get", "node", name, "-o", f"jsonpath={_READY}") == "True"
    except CommandFailed:
        return False


def wait_for_node(name: str, log: Path, seconds: float = 90) -> None:
    """Waits until a node takes pods; `log` is what its kubelet printed."""
    until = time.monotonic() + seconds
    while not node_is_ready(name):
        if time.monotonic() > until:
            raise CommandFailed(
                f"The node {name} is not ready after {seconds:.0f} s: read its kubelet's log.", log
            )
        time.sleep(0.5)
