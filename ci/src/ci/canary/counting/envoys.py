"""Asks the Envoys of Gateways what they have counted, by way of the API server."""

from collections.abc import Collection, Iterable
from functools import partial

from ci.canary.counting import counted
from ci.canary.counting.counted import Counts
from ci.cluster.client import Cluster
from ci.gateway import routing
from ci.rollout import pods
from ci.rollout.status import Object
from ci.run.errors import CiError, NothingChanged, Refused
from ci.run.together import gather

OWNER = "gateway.envoyproxy.io/owning-gateway-name"
PORT = 19001
"""Where Envoy Gateway has its Envoys tell their metrics."""

WITHOUT = "--canary none and --bake none"

_NONE = {"filter": "^$"}


class Envoys:
    """The Envoys of the Gateways that some routes hang on: pods in the namespaces of those."""

    def __init__(self, cluster: Cluster, routes: Iterable[Object]) -> None:
        self._cluster = cluster
        gateways = (one for each in routes for one in routing.gateways(each))
        self._gateways = list(dict.fromkeys(gateways))

    async def known(self) -> None:
        """Raise NothingChanged where it cannot be asked what they count."""
        for namespace, name in self._gateways:
            try:
                found = await self._pods(namespace, name)
                for pod in found:
                    await self._cluster.metrics(namespace, _name(pod), PORT, _NONE)
            except Refused as refusal:
                raise NothingChanged(
                    "Real requests cannot judge it, as these credentials may not read what the "
                    f"Envoys of Gateway {name} count: grant them to list pods, and get "
                    f"pods/proxy, in namespace {namespace}, as manifests/platform/ci-access "
                    f"does, or deploy with {WITHOUT}. {refusal.sentence} Nothing was changed."
                ) from None
            if not found:
                raise NothingChanged(
                    f"Real requests cannot judge it, as no ready pod in namespace {namespace} is "
                    f"an Envoy of Gateway {name}: deploy with {WITHOUT} where it is another "
                    "controller's. Nothing was changed."
                )

    async def look(self, clusters: Collection[str]) -> dict[str, Counts]:
        """What each has counted of some backends, without those that do not answer now."""
        found: dict[str, Counts] = {}
        query = {"filter": counted.wanted(clusters)}

        async def ask(namespace: str, pod: Object) -> None:
            try:
                text = await self._cluster.metrics(namespace, _name(pod), PORT, query)
            except Refused:
                raise
            except CiError:  # It is on its way out, say; what it counts until then is lost.
                return
            found[pod["metadata"]["uid"]] = counted.read(text)

        every = [
            partial(ask, namespace, pod)
            for namespace, name in self._gateways
            for pod in await self._pods(namespace, name)
        ]
        await gather(*every)
        return found

    async def _pods(self, namespace: str, gateway: str) -> list[Object]:
        found = await self._cluster.pods(namespace, f"{OWNER}={gateway}")
        return [each for each in found if pods.is_ready(each) and not pods.is_finished(each)]


def _name(pod: Object) -> str:
    return str(pod["metadata"]["name"])
