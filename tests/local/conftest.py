"""The laptop stack's decisions, apart from the machine: folders and programs are a test's own."""

import os
import pkgutil
import threading
from importlib import import_module
from pathlib import Path

import pytest

import local
from tests.local.programs import Programs

MODULES = [import_module(each.name) for each in pkgutil.walk_packages(local.__path__, "local.")]


@pytest.fixture(autouse=True)
def nothing_is_stopping(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets programs start, although an earlier test stopped a set-up."""
    monkeypatch.setattr("local.host.command._stopping", threading.Event())


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """Programs that are found before those of the machine."""
    written = Programs(tmp_path / "programs")
    monkeypatch.setenv("PATH", f"{written.folder}:{os.environ['PATH']}")
    return written


def redirect(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Gives every module of the stack another folder for the one it knows by this name."""
    for module in MODULES:
        if hasattr(module, name):
            monkeypatch.setattr(module, name, folder)
    return folder


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache."""
    return redirect("CACHE", tmp_path / "cache", monkeypatch)


@pytest.fixture
def logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for logs."""
    return redirect("LOGS", tmp_path / "logs", monkeypatch)


@pytest.fixture
def run_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for the ids of processes."""
    return redirect("RUN", tmp_path / "run", monkeypatch)
