"""Asks a service as its clients do: at the gateway, by the host name of its route."""

import re
import socket
import ssl
from collections.abc import Sequence
from functools import partial
from typing import Any

import anyio.to_thread

from ci.cluster.client import Cluster
from ci.gateway import authority, routing, way
from ci.gateway.leading import Backend, NoneLeads
from ci.gateway.routing import Object
from ci.gateway.way import Way
from ci.manifests.services import Endpoint, closes
from ci.run.errors import KeptOut, NotFound, NothingChanged, Refused, Unreachable

ANSWER_SECONDS = 5
_REDIRECTS = (301, 302, 307, 308)
_SUCCESS = range(200, 300)
_NOT_LET_IN = re.compile("error trying to reach service|Read timed out", re.IGNORECASE)
"""How an API server answers, or does not, whose connection is refused or dropped on the way."""


class Entrance:
    """A way in to an endpoint.

    `way` is None where no route leads there; then it is asked through the API server, and so it is
    for each path to which the route does not lead.
    """

    def __init__(
        self,
        cluster: Cluster,
        namespace: str,
        endpoint: Endpoint,
        way: Way | None,
        reason: str = "",
    ) -> None:
        self.endpoint = endpoint
        self.way = way
        self._cluster = cluster
        self._namespace = namespace
        self._reason = reason

    def __str__(self) -> str:
        if self.way is None:
            return f"the API server, as {self._reason}"
        others = [path for path in self.endpoint.paths if path not in self.way.requests]
        beside = f", and the API server for {others[0]}" if others else ""
        return f"{self.way}{beside}"

    @property
    def url(self) -> str:
        """Where a person finds the service; empty where there is no such place."""
        return self.way.url if self.way else ""

    async def ask(self, path: str) -> str:
        """What the service answers to GET, where that is a success."""
        if self.way is None or path not in self.way.requests:
            return await self._through_the_api(path)
        get = partial(_get, self.way, path, self._cluster.authority)
        return await anyio.to_thread.run_sync(get, abandon_on_cancel=True)

    async def _through_the_api(self, path: str) -> str:
        try:
            return await self._cluster.ask(self._namespace, self.endpoint, path)
        except NotFound as error:
            raise NotFound(f"GET {path} answers 404", str(error)) from None
        except Unreachable as error:
            if _NOT_LET_IN.search(f"{error}") and await self._is_closed():
                raise KeptOut(str(error)) from None
            raise

    async def _is_closed(self) -> bool:
        """Whether a NetworkPolicy is about who may come to the endpoint's pods."""
        try:
            policies = await self._cluster.policies(self._namespace)
        except Refused:
            return False
        return any(closes(each, self.endpoint.labels) for each in policies)

    async def known(self) -> None:
        """Raise NothingChanged where the gateway cannot be asked from here, whatever it answers."""
        if self.way:
            given = self._cluster.gateway is not None
            find = partial(_connect if given else _resolve, self.way)
            await anyio.to_thread.run_sync(find, abandon_on_cancel=True)


async def entrances(
    cluster: Cluster, namespace: str, endpoints: Sequence[Endpoint], routes: Sequence[Object]
) -> list[Entrance]:
    """The ways in by some routes, as they are rendered or as the cluster shows them.

    There is one for each route to an endpoint, and one for an endpoint to which none leads.
    Credentials for one environment need not see the Gateway, which is elsewhere; then its address
    is what was given, or what the host name resolves to, as it is for every client.
    """
    gateways = []
    for place, name in dict.fromkeys(each for route in routes for each in routing.gateways(route)):
        try:
            gateways.append(await cluster.gateway_object(place, name))
        except (NotFound, Refused):
            continue
    found: list[Entrance] = []
    for endpoint in endpoints:
        backend = Backend(endpoint.service, endpoint.port)
        said = (cluster.gateway, bool(cluster.authority))
        into = partial(Entrance, cluster, namespace, endpoint)
        try:
            if not routes:
                raise NoneLeads("it has no HTTPRoute")
            found += map(into, way.ways(routes, gateways, backend, endpoint.paths, *said))
        except NoneLeads as none:
            found.append(into(None, str(none)))
    return found


def _get(there: Way, path: str, trusted: str) -> str:
    import urllib3

    if not there.address:
        raise Unreachable(_unknown(there))
    asked = there.requests[path]
    headers = {**({"Host": there.host} if there.host else {}), **dict(asked.headers)}
    try:
        with _pool(there, trusted) as pool:
            answer = pool.request("GET", asked.target, headers=headers, redirect=False)
    except urllib3.exceptions.NameResolutionError:
        raise Unreachable(_unknown(there)) from None
    except urllib3.exceptions.SSLError as error:
        raise Unreachable(_untrusted(there, error)) from None
    except urllib3.exceptions.HTTPError as error:
        raise Unreachable(f"{there} does not answer: {error}") from None
    if answer.status in _REDIRECTS:
        if onwards := there.redirected(answer.headers.get("Location", "")):
            return _get(onwards, path, trusted)
    if answer.status not in _SUCCESS:
        raise Unreachable(f"{there} answers {answer.status} to GET {asked.target}")
    return str(answer.data, "utf-8", "replace")


def _pool(there: Way, trusted: str) -> Any:
    import urllib3

    where: dict[str, Any] = {"host": there.address, "port": there.port}
    where |= {"timeout": ANSWER_SECONDS, "retries": False}
    if there.scheme == "http":
        return urllib3.HTTPConnectionPool(**where)
    return urllib3.HTTPSConnectionPool(
        **where,
        ssl_context=authority.trusted(trusted, there.host),
        server_hostname=there.host or None,
        assert_hostname=None if there.host else False,
    )


def _untrusted(there: Way, error: Exception) -> str:
    cause = error.args[0] if error.args else error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"{there} shows a certificate that is not believed: {authority.next_step(cause)}"
    return f"{there} does not answer: {error}"


def _unknown(there: Way) -> str:
    if not there.address:
        return "neither the gateway nor the route says where to ask: say it with --gateway"
    return (
        f"the name {there.address} is not known where the pipeline runs: say where the gateway is "
        "with --gateway"
    )


def _resolve(there: Way) -> None:
    try:
        socket.getaddrinfo(there.address.strip("[]") or "-", there.port)
    except (OSError, UnicodeError):
        raise NothingChanged(
            f"The release could not be verified, as {_unknown(there)}. Nothing was changed."
        ) from None


def _connect(there: Way) -> None:
    _resolve(there)
    try:
        where = (there.address.strip("[]"), there.port)
        socket.create_connection(where, timeout=ANSWER_SECONDS).close()
    except OSError as error:
        raise NothingChanged(
            f"The release could not be verified, as nothing listens at {there.address}, port "
            f"{there.port} ({error.strerror or error}): say with --gateway where the gateway is. "
            "Nothing was changed."
        ) from None
