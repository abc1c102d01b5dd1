"""Data and programs that come in wheels: unpacked into the cache, checked against their hashes."""

import shutil
import sys
import tempfile
from pathlib import Path

from local.host import command, lock
from local.host.keys import digest
from local.host.paths import CACHE


def unpacked(requirements: Path, log: Path) -> Path:
    """The folder with the content of the wheels that a requirements file names by hash."""
    return _made(requirements, "", ("install", "--target"), log)


def downloaded(requirements: Path, log: Path) -> list[Path]:
    """The wheels that a requirements file names by hash."""
    return sorted(_made(requirements, "-files", ("download", "--dest"), log).iterdir())


def _made(requirements: Path, suffix: str, how: tuple[str, str], log: Path) -> Path:
    """The folder that pip fills, in the cache: by which of its commands, and which option."""
    home = CACHE / "wheels" / f"{requirements.stem}-{digest(requirements)}{suffix}"
    with lock.held(home.name):
        if not home.exists():
            _fill(requirements, home, how, log)
    return home


def _fill(requirements: Path, home: Path, how: tuple[str, str], log: Path) -> None:
    home.parent.mkdir(parents=True, exist_ok=True)
    action, into = how
    with tempfile.TemporaryDirectory(dir=home.parent) as work:
        half = Path(work, "half")
        command.run(
            *pip(log), action, "--quiet", "--no-deps", "--require-hashes",
            "--requirement", requirements, into, half, log=log,
        )  # fmt: skip
        half.rename(home)


def pip(log: Path) -> tuple[str | Path, ...]:
    """What runs a pip of the stack's own, which is made where there is none yet.

    Debian's Python has none, and no other is touched.
    """
    home = CACHE / "pip" / digest(sys.executable, sys.version)
    python, whole = home / "bin" / "python", home / "whole"
    with lock.held(f"pip-{home.name}"):
        if not (whole.exists() and python.exists()):
            shutil.rmtree(home, ignore_errors=True)
            command.run(sys.executable, "-m", "venv", home, log=log)
            whole.touch()
    return python, "-m", "pip", "--disable-pip-version-check"
