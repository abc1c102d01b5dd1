"""Asks the service as its clients do: at the gateway, by the host name of its route."""

import json
from dataclasses import dataclass
from functools import partial
from typing import Any

import anyio.to_thread

from ci import routing
from ci.cluster import Cluster
from ci.errors import NotFound, Refused, Unreachable
from ci.routing import Address, Object

ANSWER_SECONDS = 5


@dataclass(frozen=True)
class Entrance:
    """Where the gateway answers, and for which host name."""

    address: Address
    host: str

    def __str__(self) -> str:
        host = self.host or "any host"
        return f"the gateway at {self.address} as {host}"

    async def ask(self, path: str) -> Any:
        """What the service answers to GET, as JSON."""
        return await anyio.to_thread.run_sync(partial(self._get, path), abandon_on_cancel=True)

    def _get(self, path: str) -> Any:
        import urllib3

        url = f"http://{self.address}/{path}"
        headers = {"Host": self.host} if self.host else {}
        try:
            with urllib3.PoolManager(timeout=ANSWER_SECONDS, retries=False) as pool:
                answer = pool.request("GET", url, headers=headers, redirect=False)
        except urllib3.exceptions.NameResolutionError:
            raise Unreachable(
                f"the name {self.address.host} is not known where the pipeline runs: say where the "
                "gateway is with --gateway"
            ) from None
        except urllib3.exceptions.HTTPError as error:
            raise Unreachable(f"{self} does not answer: {error}") from None
        if answer.status != 200:
            raise Unreachable(f"{self} answers {answer.status} to GET /{path}")
        return json.loads(answer.data)


async def entrance(cluster: Cluster, route: Object) -> Entrance:
    """The way in by a route: the address that was given, or its Gateway's, or its own host name.

    Credentials for one environment need not see the Gateway, which is elsewhere; then the host
    name is resolved, as it is for every client.
    """
    host = routing.host(route)
    if cluster.gateway:
        return Entrance(cluster.gateway, host)
    for namespace, name in routing.gateways(route):
        try:
            found = routing.address_of(await cluster.gateway_object(namespace, name))
        except (NotFound, Refused):
            continue
        if found:
            return Entrance(found, host)
    return Entrance(Address(host), host)
