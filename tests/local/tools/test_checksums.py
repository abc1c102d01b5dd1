"""What each program has to be, and what is said where it is not."""

import json
from pathlib import Path

import pytest

from local.host.errors import LocalError
from local.tools import checksums
from local.tools.catalogue import PART_TOOLS, TOOLS, Tool
from local.tools.checksums import Sums, complaint, differences
from tests.local.programs import Programs

ONE, OTHER = "1" * 64, "2" * 64
NAMED = {"go1.26.8": {"hammer": ONE}, "go1.26.6": {"hammer": OTHER}}


@pytest.mark.parametrize("tool", [*TOOLS, *PART_TOOLS], ids=lambda tool: tool.name)
def test_every_tool_has_checksums(tool: Tool) -> None:
    """Of its recipe as it is now: `python3 -m local tools record` writes them, once it is built."""
    found = checksums.named(tool)

    assert found
    assert all(len(programs) == len(tool.packages) for programs in found.values())


def test_no_checksums_of_what_is_no_tool() -> None:
    """An older recipe's are not kept: nobody could use it."""
    homes = {tool.home.name for tool in (*TOOLS, *PART_TOOLS)}

    assert json.loads(checksums.FILE.read_text()).keys() == homes


@pytest.mark.parametrize(
    ("wanted", "found", "differing"),
    [
        ([{"a": ONE}], {"a": ONE}, []),
        ([{"a": ONE}], {"a": OTHER}, ["a"]),
        ([{"a": ONE}, {"a": OTHER}], {"a": OTHER}, []),
        ([{"a": ONE, "b": ONE}, {"a": OTHER, "b": OTHER}], {"a": ONE, "b": OTHER}, ["b"]),
        ([{"a": ONE, "b": ONE}], {"a": ONE}, ["b"]),
        ([{"a": ONE}], {"a": ONE, "b": ONE}, ["b"]),
        ([], {"a": ONE}, ["a"]),
    ],
    ids=["same", "other bytes", "another Go", "of two Gos", "missing", "too many", "unknown"],
)
def test_differences(wanted: list[Sums], found: Sums, differing: list[str]) -> None:
    """All have to be of one Go, and a program that is not named is one too."""
    assert differences(wanted, found) == differing


@pytest.mark.parametrize(
    ("go", "wanted", "found"),
    [
        ("go1.26.8", NAMED, ONE),
        ("go1.26.6", NAMED, OTHER),
        ("go1.26.9", NAMED, OTHER),
        ("go1.26.8", {}, OTHER),
    ],
    ids=["as it has to be", "by the other Go", "by an unknown Go", "a recipe that nobody recorded"],
)
def test_build_that_nothing_is_said_of(
    tool: Tool, go: str, wanted: dict[str, Sums], found: str
) -> None:
    """It is what it has to be, or nobody knows what that is."""
    assert complaint(tool, go, wanted, {"hammer": found}) == ""


def test_build_of_other_bytes(tool: Tool) -> None:
    """It is said of which program, by what it is, and what to report."""
    said = complaint(tool, "go1.26.8", NAMED, {"hammer": OTHER})

    assert said.startswith("hammer v1.0.0 was built, and is used, but is not what")
    assert "of go1.26.8: hammer is 222222222222. Report this with" in said


def test_record(tool: Tool, programs: Programs, tmp_path: Path) -> None:
    """What is built is named with its Go, by its recipe, and is read as that."""
    go = programs.write("go", f'echo "{tool.home}/hammer: go1.26.8-X:jsonv2"')
    tool.home.mkdir(parents=True)
    tool.program("hammer").write_text("steel")
    file = tmp_path / "checksums.json"

    checksums.record([tool], go, file)

    assert checksums.named(tool, file) == {"go1.26.8": checksums.of(tool.home)}


def test_record_of_another_go(tool: Tool, programs: Programs, tmp_path: Path) -> None:
    """It stands beside what the first made of the same recipe; other recipes go."""
    tool.home.mkdir(parents=True)
    file = tmp_path / "checksums.json"
    file.write_text(json.dumps({tool.home.name: {"go1.26.8": {"hammer": ONE}}, "old": {}}))

    checksums.record([tool], programs.write("go", "echo hammer: go1.26.6"), file)

    assert json.loads(file.read_text()) == {
        tool.home.name: {"go1.26.8": {"hammer": ONE}, "go1.26.6": {}}
    }


def test_record_without_a_tool(tool: Tool, tmp_path: Path) -> None:
    """Nothing is written, and the sentence says which tool is not built."""
    file = tmp_path / "checksums.json"

    with pytest.raises(LocalError, match="hammer is not built, .* `python3 -m local up` first"):
        checksums.record([tool], Path("go"), file)

    assert not file.exists()


def test_record_of_two_compilers(tool: Tool, programs: Programs, tmp_path: Path) -> None:
    """It is refused: a build ends with one."""
    go = programs.write("go", "echo a: go1.26.8; echo b: go1.26.6")
    tool.home.mkdir(parents=True)

    with pytest.raises(LocalError, match="holds programs of go1.26.6, go1.26.8"):
        checksums.record([tool], go, tmp_path / "checksums.json")
