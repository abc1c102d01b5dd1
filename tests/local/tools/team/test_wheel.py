"""A tool as a wheel: what is in it, and what is not used."""

import base64
import hashlib
import os
import zipfile
from pathlib import Path

import pytest

from local.tools.catalogue import Tool
from local.tools.checksums import Sums
from local.tools.team import wheel
from local.tools.team.wheel import Unfit


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder."""
    made = tmp_path / "wheels"
    made.mkdir()
    return made


@pytest.fixture
def into(tmp_path: Path) -> Path:
    """An empty folder for programs."""
    made = tmp_path / "programs"
    made.mkdir()
    return made


def test_name_has_the_recipe(tool: Tool) -> None:
    """Of another recipe is another wheel, and an index takes its version for what it is."""
    recipe = tool.home.name.rpartition("-")[2]

    assert wheel.project(tool) == "fastapi-dagger-hammer"
    assert wheel.version(tool) == f"1.0.0+r{recipe}"
    assert wheel.file_name(tool).startswith(f"fastapi_dagger_hammer-1.0.0+r{recipe}-py3-none-")


def test_wheel_is_always_the_same(built: Tool, folder: Path) -> None:
    """Written twice it has the same bytes, and nothing half written stays."""
    first = wheel.write(built, folder).read_bytes()
    os.utime(built.program("hammer"), (0, 0))

    assert wheel.write(built, folder).read_bytes() == first
    assert os.listdir(folder) == [wheel.file_name(built)]


def test_wheel_lists_what_it_holds(built: Tool, folder: Path) -> None:
    """Each file with its digest, as pip and an index read it."""
    with zipfile.ZipFile(wheel.write(built, folder)) as opened:
        [record] = [name for name in opened.namelist() if name.endswith("/RECORD")]
        for line in opened.read(record).decode().splitlines():
            name, digest, _ = line.split(",")
            if name != record:
                own = hashlib.sha256(opened.read(name)).digest()
                assert digest == f"sha256={base64.urlsafe_b64encode(own).decode().rstrip('=')}"


def test_wheel_that_is_whole(built: Tool, wanted: list[Sums], folder: Path, into: Path) -> None:
    """Its programs are laid out, and can be run."""
    wheel.unpack(wheel.write(built, folder), built, wanted, into)

    assert sorted(os.listdir(into)) == ["hammer", "nail"]
    assert (into / "nail").read_bytes() == built.program("nail").read_bytes()
    assert os.access(into / "nail", os.X_OK)


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.9])
def test_half_a_wheel(
    built: Tool, wanted: list[Sums], folder: Path, into: Path, kept: float
) -> None:
    """It is said to be that, wherever it ends."""
    file = wheel.write(built, folder)
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * kept)])

    with pytest.raises(Unfit, match="is not a whole wheel"):
        wheel.unpack(file, built, wanted, into)


@pytest.mark.parametrize("place", range(100, 6000, 700))
def test_wheel_with_a_wrong_byte(
    built: Tool, wanted: list[Sums], folder: Path, into: Path, place: int
) -> None:
    """It is not used, wherever that is among its programs."""
    file = wheel.write(built, folder)
    content = bytearray(file.read_bytes())
    content[place] ^= 0xFF
    file.write_bytes(content)

    with pytest.raises(Unfit):
        wheel.unpack(file, built, wanted, into)


def test_wheel_of_other_programs(built: Tool, wanted: list[Sums], folder: Path, into: Path) -> None:
    """A whole one, whose own digests are right, does not have the repository's."""
    built.program("nail").write_text("rust")

    with pytest.raises(Unfit, match="has another nail than the repository's checksums name"):
        wheel.unpack(wheel.write(built, folder), built, wanted, into)


def test_wheel_without_a_program(built: Tool, wanted: list[Sums], folder: Path, into: Path) -> None:
    """The sentence names it."""
    built.program("nail").unlink()

    with pytest.raises(Unfit, match="lacks a program: .*nail"):
        wheel.unpack(wheel.write(built, folder), built, wanted, into)


def test_wheel_with_a_program_more(
    built: Tool, wanted: list[Sums], folder: Path, into: Path
) -> None:
    """That is left where it is."""
    built.program("saw").write_text("rust")

    wheel.unpack(wheel.write(built, folder), built, wanted, into)

    assert sorted(os.listdir(into)) == ["hammer", "nail"]


def test_wheel_whose_program_is_elsewhere(built: Tool, folder: Path, into: Path) -> None:
    """What the repository does not name is not laid out, whatever its path."""
    file = folder / wheel.file_name(built)
    with zipfile.ZipFile(file, "w") as opened:
        opened.writestr("fastapi_dagger_hammer/../../hammer", "rust")

    with pytest.raises(Unfit, match="lacks a program"):
        wheel.unpack(file, built, [{"hammer": "1" * 64}], into)

    assert not (into.parent / "hammer").exists()
