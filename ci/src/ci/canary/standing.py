"""A canary as it stands in a namespace: its objects, and the requests that lead to it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial

import anyio

from ci.canary import weights
from ci.canary.copies import is_canary
from ci.cluster.client import Cluster
from ci.gateway import routing
from ci.manifests import prune
from ci.manifests.manifest import Manifest, Object, name_of
from ci.records.history import Releases
from ci.run.errors import ClusterError, NotFound, NotVerified, Refused, Unreachable
from ci.run.patience import patiently
from ci.run.together import gather

MANAGER = "ci-canary"
"""Our field manager for weights, beside the one that applies releases."""

TRIES = 5
POLL_SECONDS, ATTACHED_SECONDS = 0.5, 15.0
LAG_SECONDS = 2.0
"""How long after a route's change the gateway may still go by what was there before."""

Turn = Callable[[Sequence[Object]], list[Object]]


class Standing:
    """What stands there of a canary, in a namespace, by name.

    `canaries` are its Services, and `routes` those that may lead to them.
    """

    def __init__(
        self,
        cluster: Cluster,
        namespace: str,
        names: Sequence[Object],
        routes: Sequence[str],
        canaries: Collection[str],
    ) -> None:
        self._cluster = cluster
        self._namespace = namespace
        self._routes = routes
        self._canaries = canaries
        self.names = names

    async def lead(self, services: Mapping[str, str], share: int) -> None:
        """Lead a share of the requests to it, once the gateways know of it."""
        await self._all(partial(weights.shared, services=services, part=weights.LEAST))
        turn = partial(weights.shared, services=services, part=weights.parts(share))
        for each in self._routes:
            await self._turn(each, turn)

    async def back(self) -> bool:
        """Lead all requests back; whether any were led to it."""
        await self._all(partial(weights.least, canaries=self._canaries))
        return await self._all(partial(weights.back, canaries=self._canaries))

    async def remove(self) -> list[Object]:
        """Lead all requests back, then delete what is there; gives what that was."""
        await self.back()
        namespace, find = self._namespace, self._cluster.find
        there = await gather(*(partial(find, namespace, each) for each in self.names))
        ours = [prune.named(each) for each in there if each and is_canary(each)]
        if ours:
            gone = Manifest.of(ours)
            await patiently(partial(self._cluster.kubectl.delete, gone, namespace))
        return ours

    async def _all(self, turn: Turn) -> bool:
        """Change all routes and wait until the gateways go by that; whether any was changed."""
        turned = [each for each in self._routes if await self._turn(each, turn)]
        for each in turned:
            await self._attached(each)
        if turned:
            await anyio.sleep(LAG_SECONDS)
        return bool(turned)

    async def _turn(self, name: str, turn: Turn) -> bool:
        """Change the rules of a route as they are now; whether there was anything to change."""
        for left in reversed(range(TRIES)):
            try:
                route = await self._cluster.route(self._namespace, name)
            except NotFound:
                return False
            rules = route["spec"].get("rules", [])
            if (wanted := turn(rules)) == rules:
                return False
            try:
                patch = weights.patch(rules, wanted)
                await self._cluster.change_route(self._namespace, name, patch, MANAGER)
                return True
            except (Refused, Unreachable):
                raise
            except ClusterError:  # Somebody else was faster: look again.
                if not left:
                    raise
        return False

    async def _attached(self, name: str) -> None:
        objection = ""
        with anyio.move_on_after(ATTACHED_SECONDS):
            while True:
                route = await self._cluster.route(self._namespace, name)
                if not (objection := routing.objection(route)):
                    return
                await anyio.sleep(POLL_SECONDS)
        raise NotVerified(f"HTTPRoute {name} in {self._namespace} is not right: {objection}.")


async def clear(cluster: Cluster, namespace: str, releases: Releases) -> tuple[str, ...]:
    """Remove what releases before have left of their canaries; a line for each of them."""
    told: list[str] = []
    for each in releases:
        if not (each.report.canary and each.left):
            continue
        names = Manifest.parse(each.left).objects
        canaries = {one["metadata"]["name"] for one in names if one["kind"] == "Service"}
        standing = Standing(cluster, namespace, names, each.manifest.routes, canaries)
        led = await standing.back()
        if gone := await standing.remove():
            first = "all requests were led back first, " if led else ""
            told.append(
                f"Canary: {each.name} had left one: {first}{', '.join(map(name_of, gone))} deleted."
            )
    return tuple(told)
