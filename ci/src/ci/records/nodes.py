"""The cluster's nodes, as a table for a person."""

from collections.abc import Sequence

from ci.records.columns import aligned
from ci.rollout.status import Object, condition

SHOWN = 10
"""More are told of only where something is the matter with them."""

_ROLE = "node-role.kubernetes.io/"


def table(nodes: Sequence[Object]) -> str:
    """A line each: its name, roles, state and version; nothing where there are none to be seen."""
    told = nodes if len(nodes) <= SHOWN else [each for each in nodes if _state(each) != "Ready"]
    rows = [("NODE", "ROLES", "STATE", "VERSION"), *map(_row, told)]
    well = [f"{len(nodes) - len(told)} more are Ready."] if len(told) < len(nodes) else []
    return "\n".join([*([aligned(rows)] if told else []), *well])


def _row(node: Object) -> tuple[str, str, str, str]:
    roles = [each.removeprefix(_ROLE) for each in _labels(node) if each.startswith(_ROLE)]
    version = node.get("status", {}).get("nodeInfo", {}).get("kubeletVersion", "-")
    return node["metadata"]["name"], ", ".join(sorted(roles)) or "worker", _state(node), version


def _state(node: Object) -> str:
    ready = condition(node, "Ready")
    said = "Ready" if ready and ready.status == "True" else "NotReady"
    return f"{said}, cordoned" if node["spec"].get("unschedulable") else said


def _labels(node: Object) -> Sequence[str]:
    return list(node["metadata"].get("labels") or ())
