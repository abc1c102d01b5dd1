"""Programs that stand in for those of the machine that runs OpenTofu."""

import os
from pathlib import Path

import pytest

from tests.local.programs import Programs


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """Programs that are found before those of the machine."""
    written = Programs(tmp_path / "programs")
    monkeypatch.setenv("PATH", f"{written.folder}:{os.environ['PATH']}")
    return written
