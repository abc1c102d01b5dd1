"""Watches a release until all of it is there, and its pods stay."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import anyio

from ci.cluster.client import Cluster
from ci.cluster.evidence import evidence
from ci.manifests.manifest import name_of
from ci.rollout import judgement, readiness
from ci.rollout.judgement import Found, Judgement
from ci.rollout.limits import Limits, Moment
from ci.rollout.settling import Lives
from ci.rollout.status import Object, Status
from ci.run import durations
from ci.run.errors import RolloutFailed, Unreachable

POLL_SECONDS = 0.5


class Watch:
    """What a release's resources come to, and what was seen of their pods on the way.

    What was said before it was made is not of this release.
    """

    def __init__(
        self, cluster: Cluster, namespace: str, resources: Sequence[Object], limits: Limits
    ) -> None:
        self._cluster = cluster
        self._namespace = namespace
        self._resources = resources
        self._limits = limits
        self._since = datetime.now(UTC)
        self._start = anyio.current_time()
        self._lives = Lives()
        self._first_seen: dict[str, datetime] = {}
        self._told = ""

    async def current(self) -> Found:
        """Wait until all is Current; fail as soon as one has Failed, or at the limit."""
        self._start = anyio.current_time()
        return await self._wait(self._at_once)

    async def settled(self) -> Found:
        """The same, and until the pods have stayed ready for a while."""
        return await self._wait(self._limits)

    async def still(self) -> None:
        """Fail where something that was Current is so no longer, this very moment."""
        found = await self._look()
        judged = judgement.judge(found, self._lives, self._moment(self._at_once))
        if judged is None:
            return
        told = judged.result.message
        raise RolloutFailed(
            f"{name_of(judged.resource)} in {self._namespace} is not there any longer: {told}.",
            await evidence(self._cluster, self._namespace, judged.snapshot, self._since),
        )

    def not_understood(self, found: Found) -> tuple[str, ...]:
        """A line for each resource that says nothing of itself."""
        return tuple(judgement.not_understood(found, self._moment(self._limits)))

    @property
    def _at_once(self) -> Limits:
        return replace(self._limits, settle=timedelta())

    async def _wait(self, limits: Limits) -> Found:
        span = limits.rollout + limits.settle
        judged: Judgement | None = None
        silence = "the cluster has not answered."
        with anyio.CancelScope(deadline=self._start + span.total_seconds()):
            while True:
                try:
                    found = await self._look()
                except Unreachable as error:
                    judged, silence = None, error.sentence
                else:
                    judged = judgement.judge(found, self._lives, self._moment(limits))
                    if judged is None:
                        return found
                    if judged.result.status is Status.FAILED:
                        break
                    self._tell(judged)
                await anyio.sleep(POLL_SECONDS)
        raise await self._failure(judged, durations.show(span), silence)

    async def _look(self) -> Found:
        shown = await self._cluster.snapshots(self._namespace, self._resources)
        found: Found = list(zip(self._resources, shown))
        if judgement.is_held_up(found):
            found = judgement.beside(found, await self._cluster.warnings(self._namespace))
        self._lives = self._lives.after(judgement.pods_of(found), datetime.now(UTC))
        # The others are there from now on: nothing that they say could change that.
        self._resources = [each for each in self._resources if not readiness.is_there_at_once(each)]
        return found

    async def _failure(self, judged: Judgement | None, span: str, silence: str) -> RolloutFailed:
        if judged is None:
            return RolloutFailed(
                f"The release to {self._namespace} is not there after {span}: {silence}"
            )
        result = judged.result
        what = (
            f"fails with {result.reason}: {result.message}."
            if result.status is Status.FAILED
            else f"is not there after {span}: {result.message}. {self._limits.advice}"
        )
        return RolloutFailed(
            f"{name_of(judged.resource)} in {self._namespace} {what}",
            await evidence(self._cluster, self._namespace, judged.snapshot, self._since),
        )

    def _moment(self, limits: Limits) -> Moment:
        return Moment(datetime.now(UTC), limits, self._first_seen)

    def _tell(self, judged: Judgement) -> None:
        """Say once in the call's log what is waited for."""
        told = f"{name_of(judged.resource)}: {judged.result.message}"
        if told != self._told:
            print(told, flush=True)
            self._told = told
