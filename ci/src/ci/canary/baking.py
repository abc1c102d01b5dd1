"""Judges a release by all real requests, once everybody gets it, against those before it."""

from datetime import UTC, datetime, timedelta

import anyio

from ci.canary import weights
from ci.canary.asked import Bake
from ci.canary.counting import looks
from ci.canary.counting.envoys import Envoys
from ci.canary.counting.looks import Looks, Silent
from ci.canary.counting.routes import there
from ci.canary.counting.seen import Outcome, Seen
from ci.canary.verdict import LEAST
from ci.cluster.client import Cluster
from ci.cluster.evidence import said
from ci.manifests import containers
from ci.manifests.manifest import Manifest
from ci.rollout.limits import Limits
from ci.run import durations
from ci.run.errors import BakeFailed, NothingChanged
from ci.run.patience import patiently

BEFORE = timedelta(seconds=10)
"""For how long requests are counted before: Envoy sums up their times each five seconds."""

PLENTY = 1_000
"""Requests that are enough to compare with, once they were counted for as long."""


class Baking:
    """A bake that knows what the running release gets."""

    def __init__(
        self,
        cluster: Cluster,
        namespace: str,
        bake: Bake,
        manifest: Manifest,
        image: str,
        envoys: Envoys,
        before: Seen,
    ) -> None:
        self._cluster = cluster
        self._namespace = namespace
        self._bake = bake
        self._workloads = containers.workloads(manifest.objects, image)
        self._before = before
        when = f"of the release before it, in {durations.show(before.led)},"
        apart = weights.counted(manifest.http_routes)
        self._looks = Looks(envoys, apart, before.judged, when)
        self._began = datetime.now(UTC)

    async def begun(self) -> None:
        """Count from now on, as all pods are of the release."""
        try:
            await self._looks.look()
        except Silent:  # Whoever waits for a verdict is told, if that lasts.
            pass

    async def judged(self, limits: Limits) -> str:
        """What a report says of a good one, or of one that may go unjudged; else BakeFailed."""
        bake = self._bake
        if self._before.judged.requests < LEAST:
            return f"Bake: not judged, and passed over: {_few(self._before)}."
        try:
            seen = await self._looks.judged("Bake", bake.span, limits.rollout)
        except Silent as silence:
            raise await self._failed(f"could not be judged by real requests: {silence}") from None
        outcome = seen.outcome(bake.span, limits.rollout)
        if outcome is Outcome.BAD:
            raise await self._failed(f"is bad by real requests: {seen.bad()}")
        if outcome is Outcome.UNJUDGED and bake.insists:
            raise await self._failed(f"could not be judged by real requests: {seen.few()}")
        if outcome is Outcome.UNJUDGED:
            return f"Bake: not judged, and passed over: {seen.few()}."
        return f"Bake: good for {durations.show(bake.span)}: {seen.figures}."

    async def _failed(self, why: str) -> BakeFailed:
        found = await said(self._cluster, self._namespace, self._workloads, self._began)
        return BakeFailed(f"The release to {self._namespace} {why}.", found)


async def after(
    cluster: Cluster, namespace: str, bake: Bake, manifest: Manifest, image: str
) -> Baking:
    """The bake of a manifest and its image, once it is known what real requests get before.

    Raises NothingChanged where they could not judge it.
    """
    routes = await there(cluster, namespace, manifest)
    if not routes:
        raise NothingChanged(
            "Real requests cannot judge it: no HTTPRoute leads to the running release yet; deploy "
            "with --bake none. Nothing was changed."
        )
    envoys = Envoys(cluster, routes)
    await patiently(envoys.known)
    before = await _counted(Looks(envoys, weights.counted(routes)), bake.span)
    if bake.insists and before.judged.requests < LEAST:
        raise NothingChanged(
            f"Real requests cannot judge the release to {namespace}: {_few(before)}. Have the "
            "running release asked more, give it longer with --bake, or deploy with --bake none. "
            "Nothing was changed."
        )
    return Baking(cluster, namespace, bake, manifest, image, envoys, before)


async def _counted(running: Looks, span: timedelta) -> Seen:
    """What the running release gets, until that is enough to compare with."""
    while True:
        try:
            seen = await running.look()
        except Silent as silence:
            raise NothingChanged(
                f"Real requests cannot judge it: {silence}; see how they are, or deploy with "
                "--bake none. Nothing was changed."
            ) from None
        if seen.led >= span or (seen.led >= BEFORE and seen.judged.requests >= PLENTY):
            return seen
        await anyio.sleep(looks.POLL_SECONDS)


def _few(before: Seen) -> str:
    return (
        f"{before.judged.requests} requests reached the running release in "
        f"{durations.show(before.led)}, and {LEAST} are the least to compare with"
    )
