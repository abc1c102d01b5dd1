"""What each built program has to be: its SHA-256, by the Go that makes it, in checksums.json.

The same recipe and the same Go give the same bytes on every machine of one architecture. So what
was built elsewhere is used if it has these sums, and what is built here is held against them.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from local.host import command
from local.host.errors import LocalError
from local.tools.catalogue import Tool

FILE = Path(__file__).with_name("checksums.json")

Sums = Mapping[str, str]
"""The SHA-256 of each program of a tool, in hexadecimal digits."""


def named(tool: Tool, file: Path = FILE) -> dict[str, Sums]:
    """What the repository says of a tool as its recipe is now, by the Go that makes it so."""
    found: dict[str, dict[str, Sums]] = json.loads(file.read_text()) if file.exists() else {}
    return found.get(tool.home.name, {})


def of(folder: Path) -> dict[str, str]:
    """The SHA-256 of each program in a folder, by its first name."""
    return {file.name: sha256(file) for file in sorted(folder.iterdir()) if not file.is_symlink()}


def sha256(file: Path) -> str:
    """The SHA-256 of a file's content, in hexadecimal digits."""
    with open(file, "rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def differences(wanted: Iterable[Sums], found: Sums) -> list[str]:
    """The programs that are missing, too many or of other bytes; [] where all are as any Go's."""
    return min(
        (
            sorted(name for name in {*sums, *found} if sums.get(name) != found.get(name))
            for sums in wanted
        ),
        key=len,
        default=sorted(found),
    )


def complaint(tool: Tool, go: str, wanted: Mapping[str, Sums], found: Sums) -> str:
    """What is said of a tool that a Go of some version built here; "" where all is well.

    Of a Go that made none of the checksums nobody knows what it makes: nothing can be compared.
    """
    if go not in wanted or not (differing := differences([wanted[go]], found)):
        return ""
    shown = ", ".join(f"{name} is {found.get(name, 'missing')[:12]}" for name in differing)
    return (
        f"{tool.name} {tool.version} was built, and is used, but is not what the repository's "
        f"checksums say of {go}: {shown}. "
        "Report this with `go env` and what `go version -m` says of the file."
    )


def record(tools: Iterable[Tool], go: Path, file: Path = FILE) -> None:
    """Writes what is built here to the file, beside what other Gos made of the same recipes.

    Raises LocalError where a tool is not built.
    """
    tools = sorted(tools, key=lambda tool: tool.name)
    if missing := [tool.name for tool in tools if not tool.built]:
        raise LocalError(
            f"{', '.join(missing)} is not built, so it has no checksum: "
            "call `python3 -m local up` first."
        )
    found = {
        tool.home.name: {**named(tool, file), made_by(tool, go): of(tool.home)} for tool in tools
    }
    file.write_text(json.dumps(found, indent=2) + "\n")


def made_by(tool: Tool, go: Path) -> str:
    """The version of the Go that made a tool's programs, as for example go1.26.8."""
    said = command.output(go, "version", tool.home).splitlines()
    versions = {line.rpartition(": ")[2].partition("-X:")[0].split()[0] for line in said}
    if len(versions) != 1:
        raise LocalError(
            f"{tool.home} holds programs of {', '.join(sorted(versions)) or 'no Go'}, where one Go "
            "makes all of a tool: remove it, and call `python3 -m local up`."
        )
    return versions.pop()
