"""Tries a release on a share of the real requests, before everybody gets it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

from ci.canary import copies, weights
from ci.canary.asked import Canary
from ci.canary.copies import Copies
from ci.canary.counting.envoys import Envoys
from ci.canary.counting.looks import Looks, Silent
from ci.canary.counting.routes import there
from ci.canary.counting.seen import Outcome, Seen
from ci.canary.standing import Standing
from ci.canary.weights import Apart
from ci.cluster.client import Cluster
from ci.cluster.evidence import said
from ci.cluster.watching import Watch
from ci.manifests import prune
from ci.manifests.manifest import Manifest, Object
from ci.records.history import Release
from ci.rollout.limits import Limits
from ci.run import durations
from ci.run.errors import CanaryFailed, CiError
from ci.run.patience import patiently
from ci.run.together import gather


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
        self._envoys = Envoys(cluster, routes)
        self.names = names

    async def known(self) -> None:
        """Raise NothingChanged where it would be refused, or could not be judged."""
        await patiently(self._envoys.known)
        would_be = self._cluster.resources.would_be
        await gather(*(partial(would_be, self._namespace, each) for each in self._applied.objects))

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
            where = (self._cluster, self._namespace, self._made.workloads)
            found = failure.evidence or await said(*where, began)
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
        outcome = seen.outcome(canary.watch, limits.rollout)
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
        """What was seen when there was no more to wait for.

        Where no pod is ready, Envoy counts what it answers for no backend at all.
        """
        try:
            looks = Looks(self._envoys, apart)
            return await looks.judged("Canary", self._canary.watch, limits.rollout, watch.still)
        except Silent as silence:
            raise CanaryFailed(
                f"The canary of the release to {self._namespace} could not be judged: {silence}; "
                "see how they are, and deploy again."
            ) from None


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
        each
        for each in await there(cluster, namespace, manifest)
        if weights.led(each["spec"].get("rules", ()), made.services)
    ]
    copies.admit(made, routes)
    settings = copies.settings(manifest.objects)
    live = await gather(*(partial(cluster.find, namespace, each) for each in settings))
    kept = list(filter(None, live))
    brought = copies.beside(kept, copies.settings(would_be), settings, number)
    found = Trying(cluster, namespace, canary, made, brought, routes)
    await found.known()
    return found
