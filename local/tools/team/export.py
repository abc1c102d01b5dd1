"""Hands built tools on, as wheels in a folder, to whoever sets DAGGERW_TOOLS to it."""

from collections.abc import Callable, Iterable
from pathlib import Path

from local.host.errors import LocalError
from local.tools import checksums
from local.tools.catalogue import Tool
from local.tools.team import elsewhere, wheel


def export(tools: Iterable[Tool], folder: Path, tell: Callable[[str], None]) -> None:
    """Writes a wheel of every tool that others could use, and says of each other why it is not.

    Raises LocalError where there is none.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = 0
    for tool in tools:
        if reason := _useless(tool):
            tell(f"{tool.name} {tool.version} is left out: {reason}.")
            continue
        file = wheel.write(tool, folder)
        written += 1
        tell(f"{file.name} ({file.stat().st_size / 2**20:.0f} MiB)")
    if not written:
        raise LocalError(
            f"No tool was written to {folder}, for none is built: call `python3 -m local up` first."
        )
    tell(
        f"{written} tools are in {folder}: with {elsewhere.VARIABLE} set to it, or to where you "
        "have put them, ./daggerw builds none of these."
    )


def _useless(tool: Tool) -> str:
    """Why nobody could use a tool; "" where all can."""
    if not tool.built:
        return "it is not built"
    wanted = checksums.named(tool)
    if not wanted:
        return "the repository has no checksums of it, without which nobody uses it"
    if checksums.differences(wanted.programs, checksums.of(tool.home)):
        return f"it is not what the repository's checksums say of {wanted.go}"
    return ""
