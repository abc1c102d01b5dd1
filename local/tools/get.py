"""Gets a tool into the cache: from elsewhere where that is possible, else from its source."""

from collections.abc import Callable

from local.host.paths import LOGS
from local.tools import checksums, golang
from local.tools.build import build
from local.tools.catalogue import Tool
from local.tools.team import elsewhere
from local.tools.team.elsewhere import Place


def get(
    tool: Tool,
    place: Place | None,
    tell: Callable[[str], None],
    progress: Callable[[str], None],
) -> None:
    """Gets a tool that is not there; `tell` hears what a person should know of it."""
    if place:
        elsewhere.take(tool, place, tell, progress)
    if tool.built:
        return
    go = golang.find_or_install(LOGS / "go.log", tool.go)
    build(tool, go, progress)
    found = checksums.of(tool.home)
    if complaint := checksums.complaint(tool, golang.named(go), checksums.named(tool), found):
        tell(complaint)
