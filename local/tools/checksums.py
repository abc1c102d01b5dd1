"""What each built program has to be: its SHA-256 and the Go that made it, in checksums.json.

The same recipe and the same Go give the same bytes on every machine of one architecture. So what
was built elsewhere is used if it has these sums, and what is built here is held against them.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from local.host import command
from local.host.errors import LocalError
from local.tools.catalogue import Tool

FILE = Path(__file__).with_name("checksums.json")


@dataclass(frozen=True)
class Checksums:
    """The programs of one tool, as a Go of that version made them."""

    go: str
    programs: Mapping[str, str] = field(default_factory=dict)


def named(tool: Tool, file: Path = FILE) -> Checksums | None:
    """What the repository says of a tool as its recipe is now; None where it says nothing."""
    found = json.loads(file.read_text()).get(tool.home.name)
    return Checksums(**found) if found else None


def of(folder: Path) -> dict[str, str]:
    """The SHA-256 of each program in a folder."""
    return {file.name: sha256(file) for file in sorted(folder.iterdir())}


def sha256(file: Path) -> str:
    """The SHA-256 of a file's content, in hexadecimal digits."""
    with open(file, "rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def differences(wanted: Mapping[str, str], found: Mapping[str, str]) -> list[str]:
    """The programs that are missing, too many or of other bytes."""
    return sorted(name for name in {*wanted, *found} if wanted.get(name) != found.get(name))


def complaint(tool: Tool, go: str, wanted: Checksums | None, found: Mapping[str, str]) -> str:
    """What is said of a tool that was built here by a Go of some version; "" where all is well.

    Another Go makes other programs, and nobody knows which: then there is nothing to compare.
    """
    if not wanted or wanted.go != go:
        return ""
    differing = differences(wanted.programs, found)
    if not differing:
        return ""
    shown = ", ".join(f"{name} is {_short(found, name)}" for name in differing)
    return (
        f"{tool.name} {tool.version} was built, and is used, but is not what the repository's "
        f"checksums say of {go}: {shown}. "
        "Report this with `go env` and what `go version -m` says of the file."
    )


def record(tools: Iterable[Tool], go: Path, file: Path = FILE) -> None:
    """Writes the file anew, out of what is built; raises LocalError where something is not."""
    tools = sorted(tools, key=lambda tool: tool.name)
    if missing := [tool.name for tool in tools if not tool.built]:
        raise LocalError(
            f"{', '.join(missing)} is not built, so it has no checksum: "
            "call `python3 -m local up` first."
        )
    found = {tool.home.name: asdict(Checksums(made_by(tool, go), of(tool.home))) for tool in tools}
    file.write_text(json.dumps(found, indent=2) + "\n")


def made_by(tool: Tool, go: Path) -> str:
    """The version of the Go that made a tool's programs, as for example go1.26.8."""
    said = command.output(go, "version", tool.home)
    versions = {
        line.rpartition(": ")[2].partition("-X:")[0].split()[0] for line in said.splitlines()
    }
    if len(versions) != 1:
        raise LocalError(
            f"{tool.home} holds programs of {', '.join(sorted(versions)) or 'no Go'}, where one Go "
            "makes all of a tool: remove it, and call `python3 -m local up`."
        )
    return versions.pop()


def _short(found: Mapping[str, str], name: str) -> str:
    return found[name][:12] if name in found else "missing"
