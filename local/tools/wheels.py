"""Data and programs that come in wheels: unpacked into the cache, checked against their hashes."""

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
    with tempfile.TemporaryDirectory(dir=home.parent) as work:
        environment, half = Path(work, "venv"), Path(work, "half")
        command.run(sys.executable, "-m", "venv", environment, log=log)
        action, into = how
        command.run(
            environment / "bin" / "pip", action, "--quiet", "--no-deps", "--require-hashes",
            "--requirement", requirements, into, half, log=log,
        )  # fmt: skip
        half.rename(home)
