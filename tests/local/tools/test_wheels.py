"""What comes in wheels: unpacked once, whole."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from local.host.errors import CommandFailed
from local.tools import wheels
from tests.local.programs import Programs

# What stands in for Python makes an environment whose pip does what a script says.
PYTHON = """
mkdir -p "$3/bin"
cat >"$3/bin/python" <<'END'
#!/bin/sh
echo "$*" >>{calls}
for target; do :; done
{installing}
END
chmod +x "$3/bin/python"
"""
INSTALL = 'mkdir "$target"; echo data >"$target/data.json"'


@pytest.fixture
def requirements(tmp_path: Path, cache: Path) -> Path:
    file = tmp_path / "data-requirements.txt"
    file.write_text("data==1.0 --hash=sha256:abc\n")
    return file


def pip_that(programs: Programs, monkeypatch: pytest.MonkeyPatch, installing: str) -> Path:
    """Lets `pip install` do what a script says, and gives the file that counts its calls."""
    calls = programs.folder / "calls"
    python = programs.write("python", PYTHON.format(calls=calls, installing=installing))
    monkeypatch.setattr("sys.executable", str(python))
    return calls


def test_wheel_that_is_not_there(
    programs: Programs, monkeypatch: pytest.MonkeyPatch, requirements: Path, tmp_path: Path
) -> None:
    """Its content is unpacked with its hashes checked, and nothing else stays in the cache."""
    calls = pip_that(programs, monkeypatch, INSTALL)

    folder = wheels.unpacked(requirements, tmp_path / "log")

    assert (folder / "data.json").read_text() == "data\n"
    assert "--require-hashes" in calls.read_text()
    assert list(folder.parent.iterdir()) == [folder]


def test_wheel_that_is_there(
    programs: Programs, monkeypatch: pytest.MonkeyPatch, requirements: Path, tmp_path: Path
) -> None:
    """It is not installed again, until another one is named."""
    calls = pip_that(programs, monkeypatch, INSTALL)
    first = wheels.unpacked(requirements, tmp_path / "log")
    assert wheels.unpacked(requirements, tmp_path / "log") == first
    assert len(calls.read_text().splitlines()) == 1

    requirements.write_text("data==2.0 --hash=sha256:def\n")

    assert wheels.unpacked(requirements, tmp_path / "log") != first


def test_wheel_that_cannot_be_had(
    programs: Programs, monkeypatch: pytest.MonkeyPatch, requirements: Path, tmp_path: Path
) -> None:
    """What pip said is told, and nothing half done is left."""
    pip_that(programs, monkeypatch, 'mkdir "$target"; echo "ERROR: hashes do not match"; exit 1')

    with pytest.raises(CommandFailed, match="ERROR: hashes do not match"):
        wheels.unpacked(requirements, tmp_path / "log")

    assert list((tmp_path / "cache" / "wheels").iterdir()) == []


def test_two_who_ask_at_once(
    programs: Programs, monkeypatch: pytest.MonkeyPatch, requirements: Path, tmp_path: Path
) -> None:
    """Both get the same folder: builds that run side by side need one Go."""
    pip_that(programs, monkeypatch, f"sleep 0.2; {INSTALL}")

    with ThreadPoolExecutor() as pool:
        asked = [
            pool.submit(wheels.unpacked, requirements, tmp_path / f"log-{n}") for n in range(2)
        ]
        one, other = (each.result(timeout=30) for each in asked)

    assert one == other
    assert (one / "data.json").exists()
