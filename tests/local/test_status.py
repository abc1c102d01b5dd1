"""The table of what runs."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from local import status
from local.process import Process


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
    monkeypatch.setattr("local.stack.services", lambda: parts)

    assert status.table().splitlines() == [
        "etcd            serving    /logs/etcd.log (process 7)",
        "kube-apiserver  starting   /logs/kube-apiserver.log (process 8)",
        "engine          down       /logs/engine.log",
    ]
