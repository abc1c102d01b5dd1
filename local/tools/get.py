"""Gets a tool into the cache: from elsewhere where that is possible, else from its source."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from local.host.paths import LOGS
from local.tools import checksums, golang
from local.tools.build import Build
from local.tools.catalogue import Tool
from local.tools.team import elsewhere
from local.tools.team.elsewhere import Place

Progress = Callable[[str], None]


def get(tool: Tool, place: Place | None, tell: Callable[[str], None], progress: Progress) -> None:
    """Gets a tool that is not there; `tell` hears what a person should know of it."""
    if place:
        elsewhere.take(tool, place, tell, progress)
    source = FromSource(tool, tell)
    source.fetch(progress)
    source.build(progress)


@dataclass(frozen=True)
class FromSource:
    """A tool that is built here, where it is not there yet: in two steps, and each may wait."""

    tool: Tool
    tell: Callable[[str], None]

    def fetch(self, progress: Progress) -> None:
        """Fetches what it is compiled of, and the compiler."""
        if not self.tool.built:
            progress("fetching what it is compiled of")
            self._build.fetch(progress)

    def build(self, progress: Progress) -> None:
        """Compiles it, and holds it against the repository's checksums."""
        if self.tool.built:
            return
        self._build.compile(progress)
        found = checksums.of(self.tool.home)
        wanted = checksums.named(self.tool)
        if complaint := checksums.complaint(self.tool, golang.named(self._go), wanted, found):
            self.tell(complaint)

    @cached_property
    def _go(self) -> Path:
        return golang.find_or_install(LOGS / "go.log")

    @cached_property
    def _build(self) -> Build:
        return Build(self.tool, self._go)
