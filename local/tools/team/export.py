"""Hands built tools on, as wheels in a folder, to whoever sets DAGGERW_TOOLS to it."""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
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
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for said, is_written in pool.map(lambda tool: _exported(tool, folder), tools):
            written += is_written
            tell(said)
    if not written:
        raise LocalError(
            f"No tool was written to {folder}, for none is built: call `python3 -m local up` first."
        )
    tell(
        f"{written} tools are in {folder}: with {elsewhere.VARIABLE} set to it, or to where you "
        "have put them, ./daggerw builds none of these."
    )


def _exported(tool: Tool, folder: Path) -> tuple[str, bool]:
    """What is said of a tool, and whether its wheel was written."""
    if reason := _useless(tool):
        return f"{tool.name} {tool.version} is left out: {reason}.", False
    file = wheel.write(tool, folder)
    return f"{file.name} ({file.stat().st_size / 2**20:.0f} MiB)", True


def _useless(tool: Tool) -> str:
    """Why nobody could use a tool; "" where all can."""
    if not tool.built:
        return "it is not built"
    wanted = checksums.named(tool)
    if not wanted:
        return "the repository has no checksums of it, without which nobody uses it"
    if checksums.differences(wanted.values(), checksums.of(tool.home)):
        return (
            f"it has other checksums than the repository names for {', '.join(wanted)}, and nobody "
            "uses it; `python3 -m local tools record` names its own"
        )
    return ""
