"""Which nodes the cluster has, and where the pods of each have their addresses."""

import ipaddress
import os
from dataclasses import dataclass
from pathlib import Path

from local.host.errors import LocalError
from local.host.paths import POD_SUBNET, STATE
from local.machines.sandbox import CONTROL_PLANE, WORKERS, Sandbox

VARIABLE = "LOCAL_NODES"
_SIZES = (1, 1 + len(WORKERS))
_SIZE_FILE = STATE / "size"


@dataclass(frozen=True)
class Node:
    """A machine of the cluster; `pods` is where its pods have their addresses.

    On one that is `reserved`, only those run that say that they may.
    """

    sandbox: Sandbox
    pods: str
    reserved: bool = False

    @property
    def name(self) -> str:
        """As Kubernetes calls it."""
        return self.sandbox.name

    @property
    def address(self) -> str:
        """Its own, on the stack's bridge."""
        return self.sandbox.address

    @property
    def home(self) -> Path:
        """What its programs keep."""
        return STATE / "nodes" / self.name

    def program(self, name: str) -> str:
        """What a program on it is called: as it is on the control plane, and elsewhere by both."""
        return name if self.sandbox is CONTROL_PLANE else f"{name}-{self.name}"


def of(size: int) -> tuple[Node, ...]:
    """The nodes of a cluster of that many, the control plane first."""
    ranges = ipaddress.ip_network(POD_SUBNET).subnets(new_prefix=24)
    sandboxes = (CONTROL_PLANE, *WORKERS)[:size]
    return tuple(
        Node(sandbox, str(pods), reserved=size > 1 and sandbox is CONTROL_PLANE)
        for sandbox, pods in zip(sandboxes, ranges)
    )


def wanted() -> tuple[Node, ...]:
    """The nodes that there are to be; raises LocalError where their number makes no sense."""
    kept = _SIZE_FILE.read_text() if _SIZE_FILE.exists() else ""
    return of(chosen(os.environ.get(VARIABLE, ""), kept))


def chosen(asked: str, kept: str) -> int:
    """How many there are to be: as is asked for, or else as before, or else all.

    >>> chosen("", ""), chosen("", "1"), chosen("3", "1")
    (3, 1, 3)
    """
    sizes = {str(size): size for size in _SIZES}
    if asked and asked not in sizes:
        raise LocalError(
            f"{VARIABLE}={asked} is not known: set it to {' or '.join(sizes)}, or unset it to keep "
            "what there is."
        )
    return sizes.get(asked or kept, _SIZES[-1])


def remember() -> None:
    """Keeps their number for those who do not ask for one."""
    STATE.mkdir(parents=True, exist_ok=True)
    _SIZE_FILE.write_text(str(len(wanted())))
