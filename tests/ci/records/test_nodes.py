"""The cluster's nodes, as `status` shows them."""

from typing import Any

import pytest

from ci.records.nodes import SHOWN, table
from ci.rollout.status import Object

ROLE = "node-role.kubernetes.io/control-plane"


def node(name: str, ready: str = "True", labels: Any = None, **spec: Any) -> Object:
    """A node in some state."""
    return {
        "metadata": {"name": name, "labels": labels},
        "spec": spec,
        "status": {
            "conditions": [{"type": "Ready", "status": ready}],
            "nodeInfo": {"kubeletVersion": "v1.36.3"},
        },
    }


def test_nodes_in_every_state() -> None:
    """A line each: what it is for, and whether it takes pods."""
    found = [
        node("control-plane", labels={ROLE: "", "kubernetes.io/os": "linux"}),
        node("worker-1", unschedulable=True),
        node("worker-2", ready="Unknown"),
    ]
    assert table(found) == (
        "NODE           ROLES          STATE            VERSION\n"
        "control-plane  control-plane  Ready            v1.36.3\n"
        "worker-1       worker         Ready, cordoned  v1.36.3\n"
        "worker-2       worker         NotReady         v1.36.3"
    )


def test_node_that_has_said_nothing_yet() -> None:
    """It is not ready, and of no version."""
    silent = {"metadata": {"name": "new"}, "spec": {}}
    assert table([silent]).splitlines()[1].split() == ["new", "worker", "NotReady", "-"]


@pytest.mark.parametrize("ill", [0, 2])
def test_many_nodes(ill: int) -> None:
    """Those that are well are counted."""
    found = [node(f"n{number}", "False" if number < ill else "True") for number in range(SHOWN + 1)]
    lines = table(found).splitlines()
    assert lines[-1] == f"{SHOWN + 1 - ill} more are Ready."
    assert [line.split()[0] for line in lines[1:-1]] == [f"n{number}" for number in range(ill)]


def test_no_node_that_can_be_seen() -> None:
    """Nothing is said of them."""
    assert table([]) == ""
