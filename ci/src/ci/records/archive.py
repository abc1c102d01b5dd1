"""Keeps what of an environment's releases counts in the long run: beside the images.

Each time all that the environment keeps is added, so that what could not be written, or was written
by two at once, is there after the next release.
"""

import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from ci.cluster.client import Cluster
from ci.project.environments import Environment
from ci.records import line
from ci.records.history import Releases
from ci.records.line import Line
from ci.records.store import Records
from ci.registry import artifact
from ci.registry.access import Registry
from ci.run.errors import CiError, RegistryError, ReleaseFailed

MEDIA_TYPE = "application/vnd.ci.history.v1+jsonl"
FILE = "history.jsonl"
KEPT = 5000
"""Releases that an archive has: a line takes 300 bytes."""


@dataclass(frozen=True)
class Archive:
    """Where the releases of an environment are kept for long."""

    registry: Registry
    environment: Environment

    @property
    def name(self) -> str:
        """By which the registry knows it."""
        return f"{self.registry.repository}:history-{self.environment.name}"

    async def read(self) -> list[Line]:
        """All that it has, oldest first."""
        text = await artifact.pulled(self.name, FILE, self.registry)
        try:
            return line.read(text or "")
        except ValueError:
            raise RegistryError(
                f"{self.name} is no history of releases: remove that tag, and the next release "
                "begins one."
            ) from None

    async def known(self, releases: Releases) -> tuple[Sequence[Line], tuple[str, ...]]:
        """All that is known of the environment's releases, and what is to be said of that."""
        kept = line.ended_lines(releases)
        try:
            return line.merged(await self.read(), kept), ()
        except CiError as error:
            told = f"Only of the {len(kept)} releases that it keeps itself: {error.sentence}"
            return kept, (told,)

    async def add(self, releases: Releases) -> None:
        """Let it have all that the environment keeps."""
        before = await self.read()
        after = line.merged(before, line.ended_lines(releases))[-KEPT:]
        if after != before:
            text = line.written(after)
            await artifact.push(self.name, FILE, text, MEDIA_TYPE, self.registry)


@asynccontextmanager
async def archived(
    cluster: Cluster, environment: Environment, registry: Registry
) -> AsyncIterator[None]:
    """Add the release that is made meanwhile, good or not; that it cannot be is no failure."""
    try:
        yield
    except ReleaseFailed:
        await _add(cluster, environment, registry)
        raise
    await _add(cluster, environment, registry)


async def _add(cluster: Cluster, environment: Environment, registry: Registry) -> None:
    archive = Archive(registry, environment)
    try:
        await archive.add(await Records(cluster, environment).read())
    except CiError as error:
        told = f"{archive.name} does not have this release, the next one adds it: {error.sentence}"
        print(told, file=sys.stderr)
