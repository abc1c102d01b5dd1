"""Which nodes there are, and what the API server is told of them."""

import json
from typing import Any

import pytest

from local.cluster import membership, nodes
from local.cluster.membership import ROLE, TAINT, changes
from local.host.errors import CommandFailed, LocalError
from tests.local.cluster.conftest import Answers


@pytest.mark.parametrize(
    ("asked", "kept", "size"),
    [("", "", 3), ("1", "", 1), ("", "1", 1), ("", "3", 3), ("3", "1", 3), ("1", "3", 1)],
)
def test_number(asked: str, kept: str, size: int) -> None:
    """It is what is asked for, or what there is, or all."""
    assert nodes.chosen(asked, kept) == size
    assert len(nodes.of(size)) == size


@pytest.mark.parametrize("asked", ["0", "2", "4", "three", " 1"])
def test_number_that_makes_no_sense(asked: str) -> None:
    """The sentence names those that do."""
    with pytest.raises(LocalError, match=f"LOCAL_NODES={asked} is not known: set it to 1 or 3"):
        nodes.chosen(asked, "")


def test_number_is_kept(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever does not ask for one leaves it as it is."""
    monkeypatch.setattr(nodes, "STATE", tmp_path)
    monkeypatch.setattr(nodes, "_SIZE_FILE", tmp_path / "size")
    monkeypatch.setenv(nodes.VARIABLE, "1")
    nodes.remember()
    monkeypatch.delenv(nodes.VARIABLE)

    assert [each.name for each in nodes.wanted()] == ["control-plane"]


def test_three() -> None:
    """Each has a range of addresses for its pods, and the first is not for everybody."""
    control_plane, *workers = nodes.of(3)

    assert control_plane.reserved and not any(each.reserved for each in workers)
    ranges = [each.pods for each in nodes.of(3)]
    assert ranges == ["10.244.0.0/24", "10.244.1.0/24", "10.244.2.0/24"]


def node(name: str, label: bool = False, taint: bool = False) -> dict[str, Any]:
    """A node as the API server knows it."""
    return {
        "metadata": {"name": name, "labels": {ROLE: ""} if label else {}},
        "spec": {"taints": [TAINT]} if taint else {},
    }


PLANE, WORKERS = node("control-plane", label=True, taint=True), [node("worker-1"), node("worker-2")]
OPEN = node("control-plane", label=True)
AWAY = "--ignore-daemonsets --delete-emptydir-data --force --timeout=180s"
LABEL = f"label node control-plane {ROLE}="
RESERVE = [
    f"drain control-plane --pod-selector=!gateway.envoyproxy.io/owning-gateway-name {AWAY}",
    "uncordon control-plane",
    f"taint node control-plane {ROLE}:NoSchedule",
]


def gone(name: str) -> list[str]:
    """How a node is forgotten, and its pods with it."""
    pods = f"delete pods --all-namespaces --field-selector=spec.nodeName={name}"
    return [f"delete node {name}", f"{pods} --force --grace-period=0"]


@pytest.mark.parametrize(
    ("found", "size", "done"),
    [
        ([PLANE, *WORKERS], 3, []),
        ([node("control-plane", taint=True), *WORKERS], 3, [LABEL]),
        ([node("control-plane")], 1, [LABEL]),
        ([OPEN], 1, []),
        ([OPEN, *WORKERS], 3, RESERVE),
        (
            [PLANE, WORKERS[0]],
            1,
            [f"taint node control-plane {ROLE}:NoSchedule-", *gone("worker-1")],
        ),
        ([node("node"), PLANE, *WORKERS], 3, gone("node")),
        ([PLANE, WORKERS[0]], 3, []),
    ],
    ids=[
        "as they are to be",
        "three, new",
        "one, new",
        "one",
        "one becomes three",
        "more become one",
        "that of a version before",
        "one that has yet to come",
    ],
)
def test_changes(found: list[dict[str, Any]], size: int, done: list[str]) -> None:
    """What is gone is forgotten after there is somewhere to go to."""
    assert [" ".join(each) for each in changes(found, nodes.of(size))] == done


def test_settled(answers: Answers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then kubectl is asked for the nodes, and for nothing else."""
    calls = answers(membership, json.dumps({"items": [OPEN]}))
    monkeypatch.setattr(nodes, "wanted", lambda: nodes.of(1))

    membership.settle()

    assert membership.is_settled()
    assert calls == ["get nodes -o json"] * 2


@pytest.mark.parametrize(("ready", "said"), [("True", "ready"), ("Unknown", "not ready")])
def test_standing(answers: Answers, ready: str, said: str) -> None:
    """Name, state, address and version."""
    status = {
        "conditions": [{"type": "Ready", "status": ready}],
        "addresses": [{"type": "InternalIP", "address": "10.0.0.4"}],
        "nodeInfo": {"kubeletVersion": "v1.36.3"},
    }
    answers(membership, json.dumps({"items": [node("worker-1") | {"status": status}]}))

    assert membership.standing() == [("node worker-1", said, "at 10.0.0.4, v1.36.3")]


def test_standing_without_an_api_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is nothing to be said of nodes."""

    def refuse(*_: str) -> str:
        raise CommandFailed("connection refused")

    monkeypatch.setattr(membership, "kubectl", refuse)

    assert membership.standing() == []
