"""Keeps an environment's releases in its own namespace, a Secret each."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from ci.cluster.client import Cluster
from ci.project.environments import Environment
from ci.records import history
from ci.records.history import Release, State
from ci.run.errors import CiError, Conflict, NotFound
from ci.run.patience import patiently


class Records:
    """The releases that an environment's namespace keeps."""

    def __init__(self, cluster: Cluster, environment: Environment) -> None:
        self._cluster = cluster
        self._environment = environment

    async def read(self) -> list[Release]:
        """All that are kept, oldest first."""
        found = await self._cluster.secrets(
            self._environment.namespace, history.labels(self._environment)
        )
        return sorted(map(Release.of_secret, found), key=lambda each: each.number)

    async def put(self, release: Release) -> None:
        """Keep a release, in the place of what was kept of it before."""
        await patiently(partial(self._put, release))

    async def ended(self, release: Release, before: history.Releases) -> None:
        """Keep a release that has come to an end, and let go of those that are too old."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        await self.put(replace(release, ended=now))
        for each in history.surplus([*before, release]):
            name = history.secret_name(self._environment, each.number)
            try:
                await self._cluster.delete_secret(self._environment.namespace, name)
            except NotFound:
                continue

    async def ended_in_failure(self, release: Release, before: history.Releases) -> str:
        """The same; a sentence where that fails too, which must not hide why the release did."""
        try:
            await self.ended(release, before)
        except CiError as error:
            return f"The report could not be kept: {error.sentence}"
        return ""

    async def close(self, releases: history.Releases, successor: int) -> None:
        """Say of releases whose call was killed that they ended there."""
        for each in releases:
            if each.state is State.PENDING:
                report = each.report.interrupted(successor)
                await self.put(each.closed(State.FAILED, report))

    async def _put(self, release: Release) -> None:
        namespace, secret = self._environment.namespace, release.to_secret(self._environment)
        try:
            await self._cluster.create_secret(namespace, secret)
        except Conflict:
            await self._cluster.replace_secret(namespace, secret)
