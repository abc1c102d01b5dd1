"""How a tool gets into the cache."""

from pathlib import Path

import pytest

from local.tools import checksums, golang
from local.tools.catalogue import Tool
from local.tools.get import get
from local.tools.team import elsewhere
from local.tools.team.elsewhere import Place
from tests.local.tools.conftest import Go

COMPILE = 'echo steel >"$out/hammer"'


@pytest.fixture
def compiler(go: Go, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What stands in for a Go of the version that made the checksums."""
    program = go(COMPILE)
    monkeypatch.setattr(golang, "find_or_install", lambda *_: program)
    monkeypatch.setattr(golang, "named", lambda _: "go1.26.8")
    return program


def told_of(tool: Tool, place: Place | None) -> list[str]:
    told: list[str] = []
    get(tool, place, told.append, lambda _: None)
    return told


def test_tool_without_a_place(tool: Tool, compiler: Path) -> None:
    """It is built, and nothing is said where there is nothing to compare it with."""
    assert told_of(tool, None) == []
    assert tool.built


def test_tool_that_a_place_lacks(tool: Tool, compiler: Path, tmp_path: Path) -> None:
    """It is built, after a line that says so."""
    [said] = told_of(tool, Place(str(tmp_path), tmp_path))

    assert "hammer v1.0.0 is built from source, because" in said
    assert tool.built


def test_tool_that_a_place_has(
    tool: Tool, compiler: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No compiler is called."""
    monkeypatch.setattr(elsewhere, "take", lambda tool, *_: tool.home.mkdir(parents=True))
    monkeypatch.setattr(golang, "find_or_install", lambda *_: pytest.fail("a compiler is called"))

    assert told_of(tool, Place(str(tmp_path), tmp_path)) == []


def test_tool_that_is_built_otherwise(
    tool: Tool, compiler: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is used, and the line says that it is not what it has to be."""
    other = {"go1.26.8": {"hammer": "1" * 64}}
    monkeypatch.setattr(checksums, "named", lambda _: other)

    [said] = told_of(tool, None)

    assert "hammer v1.0.0 was built, and is used, but is not what" in said
    assert tool.built
