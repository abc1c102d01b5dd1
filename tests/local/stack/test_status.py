"""The table of what runs."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from local.host.process import Process
from local.stack import status


@pytest.fixture(autouse=True)
def no_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody answers for nodes."""
    monkeypatch.setattr("local.cluster.membership.standing", lambda: [])


def part(name: str, process: Process | None, ready: bool) -> Any:
    """A program of the stack in some state."""
    log = Path("/logs", f"{name}.log")
    return SimpleNamespace(name=name, process=process, ready=lambda: ready, log=log)


def test_parts_in_every_state(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line each: name, state, log, and the process where there is one."""
    parts = [
        part("etcd", Process(7, 1), True),
        part("kube-apiserver", Process(8, 1), False),
        part("engine", None, False),
    ]
    monkeypatch.setattr("local.stack.stack.services", lambda: parts)
    monkeypatch.setattr(status, "PARTS", ())

    assert status.table().splitlines() == [
        "etcd            serving      /logs/etcd.log (process 7)",
        "kube-apiserver  starting     /logs/kube-apiserver.log (process 8)",
        "engine          down         /logs/engine.log",
    ]


def test_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    """They stand between the programs and what runs on them."""
    monkeypatch.setattr("local.stack.stack.services", lambda: [part("etcd", None, False)])
    told = [("node worker-1", "not ready", "at 10.0.0.4, v1.36.3")]
    monkeypatch.setattr("local.cluster.membership.standing", lambda: told)
    monkeypatch.setattr(status, "PARTS", ())

    assert status.table().splitlines() == [
        "etcd           down         /logs/etcd.log",
        "node worker-1  not ready    at 10.0.0.4, v1.36.3",
    ]


@pytest.mark.parametrize(
    ("there", "running", "row"),
    [
        (True, None, "gateway  serving      in the cluster"),
        (True, Process(7, 1), "gateway  serving      in the cluster"),
        (False, Process(7, 1), "gateway  coming up    /logs/up.log"),
        (False, None, "gateway  down         `python3 -m local up` brings it up"),
    ],
)
def test_part_of_the_platform(
    monkeypatch: pytest.MonkeyPatch, there: bool, running: Process | None, row: str
) -> None:
    """It serves, or a run in the background brings it up, or nobody does."""
    monkeypatch.setattr("local.stack.stack.services", lambda: [])
    monkeypatch.setattr("local.stack.background.process", lambda: running)
    monkeypatch.setattr("local.stack.background.LOG", Path("/logs/up.log"))
    monkeypatch.setattr(status, "PARTS", (SimpleNamespace(name="gateway", is_there=lambda: there),))

    assert status.table() == row
