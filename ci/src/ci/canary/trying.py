"""Tries a release on a share of the real requests, before everybody gets it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from time import monotonic

import anyio

from ci.canary import copies, weights
from ci.canary.asked import Canary
from ci.canary.copies import Copies
from ci.canary.counted import Tally
from ci.canary.envoys import Envoys
from ci.canary.standing import Standing
from ci.canary.watching import Outcome, Seen
from ci.canary.weights import Apart
from ci.cluster.client import Cluster
from ci.cluster.evidence import evidence, spoken
from ci.cluster.watching import Watch
from ci.gateway import routing
from ci.manifests import prune
from ci.manifests.manifest import Manifest, Object
from ci.records.history import Release
from ci.rollout.limits import Limits
from ci.run import durations
from ci.run.errors import CanaryFailed, CiError, NotFound
from ci.run.patience import patiently

POLL_SECONDS = 1.0
TOLD = 10
"""At how many looks a line tells how far it has come."""

SILENT_SECONDS = 15.0
"""How long no Envoy may answer, before there is nothing to judge by."""


class Trying:
    """A canary whose objects are known, and were accepted by a dry run."""

    def __init__(
        self,
        cluster: Cluster,
        namespace: str,
        canary: Canary,
        made: Copies,
        beside: Sequence[Object],
        routes: Sequence[Object],
    ) -> None:
        names = [prune.named(each) for each in (*made.objects, *beside)]
        within = [each["metadata"]["name"] for each in routes]
        self._cluster = cluster
        self._namespace = namespace
        self._canary = canary
        self._made = made
        self._applied = Manifest.of([*beside, *made.objects])
        self._routes = routes
        self._standing = Standing(cluster, namespace, names, within, set(made.services.values()))
        self._envoys = Envoys(cluster, [one for each in routes for one in routing.gateways(each)])
        self.names = names

    async def known(self) -> None:
        """Raise NothingChanged where it would be refused, or could not be judged."""
        await patiently(self._envoys.known)
        await patiently(partial(self._cluster.kubectl.would_be, self._applied, self._namespace))

    async def judged(self, limits: Limits) -> str:
        """What a report says of a good one, once all requests are led back.

        Raises CanaryFailed for any other.
        """
        began = datetime.now(UTC)
        try:
            return await self._judged(limits)
        except CiError as failure:
            told = failure.sentence
            try:
                await patiently(self._standing.back)
            except CiError as second:
                told += f" Its requests could not be led back: {second.sentence}"
            found = failure.evidence or await self._evidence(began)
            raise CanaryFailed(told, found) from None

    async def removed(self) -> tuple[Sequence[Object], Sequence[str]]:
        """What is still to go once it has been removed, and what is to be said of that."""
        try:
            await self._standing.remove()
        except CiError as error:
            return self.names, [f"Canary: it may still be there. {error.sentence}"]
        return (), ()

    async def _judged(self, limits: Limits) -> str:
        cluster, namespace, canary = self._cluster, self._namespace, self._canary
        watch = Watch(cluster, namespace, self._made.objects, limits)
        await patiently(partial(cluster.kubectl.apply, self._applied, namespace))
        await watch.current()
        services = self._made.services
        await patiently(partial(self._standing.lead, services, canary.share))
        seen = await self._watched(watch, weights.apart(self._routes, services), limits)
        outcome = seen.outcome(canary, limits.rollout)
        if outcome is Outcome.BAD:
            raise CanaryFailed(f"The canary of the release to {namespace} is bad: {seen.bad()}.")
        if outcome is Outcome.UNJUDGED and canary.insists:
            raise CanaryFailed(
                f"The canary of the release to {namespace} could not be judged: {seen.few()}. Have "
                "it asked more, give it longer with --timeout, or deploy with --canary none."
            )
        await patiently(self._standing.back)
        if outcome is Outcome.UNJUDGED:
            return f"Canary: not judged, and passed over: {seen.few()}."
        return f"Canary: good with {canary} for {durations.show(canary.watch)}: {seen.figures}."

    async def _watched(self, watch: Watch, apart: Apart, limits: Limits) -> Seen:
        """What was seen when there was no more to wait for."""
        tally = Tally()
        led = heard = before = monotonic()
        first: float | None = None
        looks = 0
        while True:
            found = await self._envoys.look(apart.all)
            now = monotonic()
            heard = now if found else heard
            if now - heard > SILENT_SECONDS:
                raise CanaryFailed(
                    f"The canary of the release to {self._namespace} could not be judged: no Envoy "
                    f"tells what it counts for {SILENT_SECONDS:g} s; see how they are, and deploy "
                    "again."
                )
            for envoy, counts in found.items():
                tally.take(envoy, counts)
            looks += 1
            canary = tally.of(apart.canary)
            first = before if first is None and canary.requests else first
            before = now
            since = None if first is None else timedelta(seconds=now - first)
            seen = Seen(tally.of(apart.running), canary, looks, timedelta(seconds=now - led), since)
            if seen.outcome(self._canary, limits.rollout) is not Outcome.WAIT:
                return seen
            if looks % TOLD == 0:
                print(f"Canary: {seen.progress(self._canary)}", flush=True)
            await anyio.sleep(POLL_SECONDS)
            # Where no pod is ready, Envoy counts what it answers for no backend at all.
            await watch.still()

    async def _evidence(self, began: datetime) -> str:
        """What its pods have to say."""
        cluster, namespace = self._cluster, self._namespace
        found: list[str] = []
        try:
            for each in await cluster.snapshots(namespace, self._made.workloads):
                found.append(await evidence(cluster, namespace, each, began))
                found.append(await spoken(cluster, namespace, each))
        except CiError as error:
            found.append(f"There may be more: {error.sentence}")
        return "\n".join(filter(None, found))


async def beside(
    cluster: Cluster,
    namespace: str,
    canary: Canary | None,
    release: tuple[Manifest, str, int],
    good: Release | None,
    would_be: Sequence[Object],
) -> Trying | None:
    """The canary of a release, by its manifest, image and number; None where there is to be none.

    `good` is what runs, and `would_be` what a dry run made of the manifest. Raises NothingChanged
    where there can be no canary, or none that could be judged.
    """
    if canary is None or good is None:
        return None
    manifest, image, number = release
    made = copies.copies(manifest.objects, image, good.manifest.objects, number)
    routes = [
        route
        for each in manifest.routes
        if (route := await _route(cluster, namespace, each))
        and weights.led(route["spec"].get("rules", ()), made.services)
    ]
    copies.admit(made, routes)
    there: Sequence[Object] = ()
    if settings := copies.settings(manifest.objects):
        live = partial(cluster.kubectl.live, Manifest.of(settings), namespace)
        there = await patiently(live)
    brought = copies.beside(there, copies.settings(would_be), settings, number)
    found = Trying(cluster, namespace, canary, made, brought, routes)
    await found.known()
    return found


async def _route(cluster: Cluster, namespace: str, name: str) -> Object | None:
    """A route of the release, where it is there already."""
    try:
        return await patiently(partial(cluster.route, namespace, name))
    except NotFound:
        return None
