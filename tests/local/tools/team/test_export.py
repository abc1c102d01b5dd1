"""What is handed on, and what is left out."""

import os
import shutil
from pathlib import Path

import pytest

from local.host.errors import LocalError
from local.tools import checksums
from local.tools.catalogue import Tool
from local.tools.checksums import Sums
from local.tools.team import wheel
from local.tools.team.export import export


def test_tool_that_is_built(built: Tool, wanted: list[Sums], tmp_path: Path) -> None:
    """Its wheel is in the folder, which is made where there is none."""
    told: list[str] = []
    folder = tmp_path / "mnt" / "tools"

    export([built], folder, told.append)

    assert os.listdir(folder) == [wheel.file_name(built)]
    assert told[-1].startswith(f"1 tools are in {folder}: with DAGGERW_TOOLS set to it")


def test_tool_that_is_not_built(built: Tool, wanted: list[Sums], tmp_path: Path) -> None:
    """It is left out, and where all are, the sentence says what builds them."""
    shutil.rmtree(built.home)
    told: list[str] = []

    with pytest.raises(LocalError, match="none is built: call `python3 -m local up` first"):
        export([built], tmp_path, told.append)

    assert told == ["hammer v1.0.0 is left out: it is not built."]


def test_tool_that_differs(built: Tool, wanted: list[Sums], tmp_path: Path) -> None:
    """It is left out, for nobody would use it."""
    built.program("nail").write_text("rust")
    told: list[str] = []

    with pytest.raises(LocalError):
        export([built], tmp_path, told.append)

    assert "it has other checksums than the repository names for go1.26.6, go1.26.8" in told[0]


def test_tool_of_a_recipe_that_nobody_recorded(
    built: Tool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So is this."""
    monkeypatch.setattr(checksums, "named", lambda _: {})
    told: list[str] = []

    with pytest.raises(LocalError):
        export([built], tmp_path, told.append)

    assert "the repository has no checksums of it" in told[0]
