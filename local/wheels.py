"""Data and programs that come in wheels: unpacked into the cache, checked against their hashes."""

import sys
import tempfile
from pathlib import Path

from local import command, lock
from local.keys import digest
from local.paths import CACHE


def unpacked(requirements: Path, log: Path) -> Path:
    """The folder with the content of the wheels that a requirements file names by hash."""
    home = CACHE / "wheels" / f"{requirements.stem}-{digest(requirements)}"
    with lock.held(home.name):
        if not home.exists():
            _unpack(requirements, home, log)
    return home


def _unpack(requirements: Path, home: Path, log: Path) -> None:
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.parent) as work:
        environment, half = Path(work, "venv"), Path(work, "half")
        command.run(sys.executable, "-m", "venv", environment, log=log)
        command.run(
            environment / "bin" / "pip", "install", "--quiet", "--no-deps", "--require-hashes",
            "--requirement", requirements, "--target", half, log=log,
        )  # fmt: skip
        half.rename(home)
