"""What the API server is told of the nodes: their roles, who may run there, and who is gone."""

import json
from collections.abc import Sequence
from typing import Any

from local.cluster import nodes
from local.cluster.kubectl import kubectl
from local.cluster.nodes import Node
from local.host.errors import CommandFailed
from local.machines.sandbox import CONTROL_PLANE

Object = dict[str, Any]

ROLE = "node-role.kubernetes.io/control-plane"
TAINT = {"key": ROLE, "effect": "NoSchedule"}
_OF_THE_GATEWAY = "gateway.envoyproxy.io/owning-gateway-name"


def settle() -> None:
    """Makes the API server's nodes those that there are; what ran on others moves."""
    for arguments in changes(_known(), nodes.wanted()):
        kubectl(*arguments)


def is_settled() -> bool:
    """Whether there is nothing to change."""
    return not changes(_known(), nodes.wanted())


def standing() -> list[tuple[str, str, str]]:
    """Each node: its name, whether it takes pods, and where it is; none without an API server."""
    try:
        return [_standing(each) for each in _known()]
    except CommandFailed:
        return []


def _known() -> list[Object]:
    found: list[Object] = json.loads(kubectl("get", "nodes", "-o", "json"))["items"]
    return found


def _standing(node: Object) -> tuple[str, str, str]:
    status = node["status"]
    ready = {each["type"]: each["status"] for each in status["conditions"]}.get("Ready")
    addresses = {each["type"]: each["address"] for each in status["addresses"]}
    where = f"at {addresses['InternalIP']}, {status['nodeInfo']['kubeletVersion']}"
    return f"node {node['metadata']['name']}", "ready" if ready == "True" else "not ready", where


def changes(found: Sequence[Object], wanted: Sequence[Node]) -> list[tuple[str, ...]]:
    """What kubectl has to do where these nodes are known and those are wanted, in this order."""
    there = {each["metadata"]["name"]: each for each in found}
    return [
        *(each for node in wanted if node.name in there for each in _of(there[node.name], node)),
        *(each for name in there.keys() - {node.name for node in wanted} for each in _gone(name)),
    ]


def _of(found: Object, node: Node) -> list[tuple[str, ...]]:
    labelled = ROLE in found["metadata"].get("labels", {})
    reserved = any(each["key"] == ROLE for each in found["spec"].get("taints", ()))
    taint, label = f"{ROLE}:{TAINT['effect']}", ("label", "node", node.name, f"{ROLE}=")
    return [
        *([label] if node.sandbox is CONTROL_PLANE and not labelled else []),
        *([("taint", "node", node.name, f"{taint}-")] if reserved and not node.reserved else []),
        *(_reserve(node.name, taint) if node.reserved and not reserved else []),
    ]


def _reserve(name: str, taint: str) -> list[tuple[str, ...]]:
    """A taint leaves alone what runs there already: that moves to the others, a pod at a time.

    But for the gateway's proxies, which may stay. The taint comes last: without it, the next call
    does all of this again.
    """
    away = ("--ignore-daemonsets", "--delete-emptydir-data", "--force", "--timeout=180s")
    others = f"--pod-selector=!{_OF_THE_GATEWAY}"
    return [("drain", name, others, *away), ("uncordon", name), ("taint", "node", name, taint)]


def _gone(name: str) -> list[tuple[str, ...]]:
    """The node first, or what is made anew would go there again."""
    pods = ("delete", "pods", "--all-namespaces", f"--field-selector=spec.nodeName={name}")
    return [("delete", "node", name), (*pods, "--force", "--grace-period=0")]
