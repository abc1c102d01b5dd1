"""A part of the platform: what it takes, how it comes up, and when it is there."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from local.host.errors import CommandFailed
from local.host.paths import REPOSITORY
from local.images.stand_in import StandIn
from local.terminal.steps import Progress
from local.tools.catalogue import Tool
from local.tools.source import Source

MANIFESTS = REPOSITORY / "manifests" / "platform"


@dataclass(frozen=True)
class Part:
    """One part, on top of a cluster that is ready.

    `bring_up` may be called again at any time; `ready` asks the cluster. `./daggerw` waits for the
    parts that are `needed` by a deploy, and for those of which its arguments have one of `words`;
    the others go on coming up behind its back.
    """

    name: str
    bring_up: Callable[[Progress], None]
    ready: Callable[[], bool]
    tools: tuple[Tool, ...] = ()
    sources: tuple[Source, ...] = ()
    images: Callable[[], list[StandIn]] | None = None
    needed: bool = False
    words: tuple[str, ...] = ()

    @property
    def fetched(self) -> bool:
        """Whether its tools are built and its sources are there."""
        return all(tool.built for tool in self.tools) and all(
            source.home.exists() for source in self.sources
        )

    def is_there(self) -> bool:
        """Whether all of it serves; where the cluster cannot be asked, it does not."""
        images = self.images() if self.images else []
        try:
            return self.fetched and all(image.pushed for image in images) and self.ready()
        except CommandFailed:
            return False


def wait_until(ready: Callable[[], bool], what: str, seconds: float = 120) -> None:
    """Waits until something is ready; where it is not in time, says what."""
    until = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > until:
            raise CommandFailed(
                f"{what} is not ready after {seconds:.0f} s: see what its pods say with kubectl, "
                "then call `python -m local up` again."
            )
        time.sleep(0.5)
