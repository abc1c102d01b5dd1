"""Decides how the service is asked from outside: where, by which host name and for what."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from ci.gateway import routing
from ci.gateway.leading import Backend, NoneLeads, Object, Request, request
from ci.gateway.routing import PORTS, Address, Listener


@dataclass(frozen=True)
class Way:
    """How a client reaches the service.

    `address` is empty where nobody says where the gateway is; `requests` has what to ask for, by
    the path of the service that is meant, and lacks those to which no route leads.
    """

    scheme: str
    address: str
    port: int
    host: str
    requests: Mapping[str, Request]
    front: Request | None = None
    """What leads to the root of the service, where a person begins."""

    def __str__(self) -> str:
        over = " over HTTPS" if self.scheme == "https" else ""
        return f"the gateway at {self.place} as {self.host or 'any host'}{over}"

    @property
    def is_secure(self) -> bool:
        """Whether a certificate proves whom it leads to, by its name."""
        return self.scheme == "https" and bool(self.host)

    @property
    def place(self) -> str:
        """The address, with a port that its scheme does not imply."""
        return self._with_port(self.address)

    @property
    def url(self) -> str:
        """Where a person finds the service; empty where a browser cannot ask for it."""
        found = self.front or next(iter(self.requests.values()))
        if found.headers:
            return ""
        return f"{self.scheme}://{self._with_port(self.host or self.address)}{found.target}"

    def redirected(self, location: str) -> "Way | None":
        """The way to where HTTP is redirected, if that is the same over HTTPS."""
        to = urlsplit(location)
        if (self.scheme, to.scheme) != ("http", "https"):
            return None
        if to.hostname != (self.host or self.address.strip("[]")):
            return None
        return replace(self, scheme="https", port=to.port or PORTS["https"])

    def _with_port(self, host: str) -> str:
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def ways(
    routes: Sequence[Object],
    gateways: Sequence[Object],
    backend: Backend,
    paths: Sequence[str],
    given: Address | None = None,
    has_authority: bool = False,
) -> list[Way]:
    """The way by each route that leads to any of the paths, over HTTPS rather than HTTP.

    The first one leads to most of them. `gateways` are those of the routes' that can be seen,
    `given` is what was said of where the gateway is, and with `has_authority` one was named for its
    certificate. Raises NoneLeads.
    """
    found: list[Way] = []
    reasons: list[str] = []
    for route in routes:
        requests, none = _requests(route, backend, paths)
        reasons += none
        if not requests:
            continue
        if way := _entered(route, gateways, given, has_authority, requests):
            front, _ = _requests(route, backend, ["/"])
            found.append(replace(way, front=front.get("/")))
        else:
            reasons.append(f"no listener takes what HTTPRoute {route['metadata']['name']} does")
    if not found:
        # Beside the route of the service there may be one that sends HTTP to HTTPS.
        raise NoneLeads(min(reasons, key=lambda each: each.endswith("redirects")))
    return sorted(found, key=lambda each: (-len(each.requests), not each.is_secure))


def _requests(
    route: Object, backend: Backend, paths: Sequence[str]
) -> tuple[dict[str, Request], list[str]]:
    requests: dict[str, Request] = {}
    reasons = []
    for path in paths:
        try:
            requests[path] = request(route, backend, path)
        except NoneLeads as none:
            reasons.append(str(none))
    return requests, reasons


def _entered(
    route: Object,
    gateways: Sequence[Object],
    given: Address | None,
    has_authority: bool,
    requests: Mapping[str, Request],
) -> Way | None:
    """The way by one route, or None where it hangs on no listener."""
    wanted = set(routing.gateways(route))
    seen = [each for each in gateways if _name(each) in wanted]
    places = {
        listener: routing.addresses(gateway)
        for gateway in seen
        for listener in routing.listeners(route, gateway)
    }
    if not seen:
        places = {each: [] for each in _supposed(route, has_authority)}
    hosts = {each: routing.host(route, each) for each in places}
    # Whose name is not known is rather asked where no certificate is for another one.
    secure_first = sorted(places, key=lambda each: each.scheme != "https" or not hosts[each])
    listener = _preferred(secure_first, given)
    host = routing.host(route, listener) if listener else None
    if listener is None or host is None:
        return None
    address, port = next(iter(places.get(listener, ())), host), listener.port
    if given:
        address, port = given.host, given.port or port
    return Way(listener.scheme, address, port, host, requests)


def _supposed(route: Object, has_authority: bool) -> Iterator[Listener]:
    """The listeners of a Gateway that is not seen, as far as the route tells of them."""
    for port in routing.ports(route):
        scheme = "https" if port == PORTS["https"] or (not port and has_authority) else "http"
        yield Listener(scheme, port or PORTS[scheme])


def _preferred(found: Sequence[Listener], given: Address | None) -> Listener | None:
    """The first listener, unless what was given says otherwise."""
    if given and given.scheme:
        fit = [each for each in found if each.scheme == given.scheme]
        # Something in front of the gateway may speak HTTPS for it.
        return fit[0] if fit else Listener(given.scheme, PORTS[given.scheme])
    if given and given.port:
        fit = [each for each in found if each.port == given.port]
        # Such as a node's port, which says nothing of its scheme.
        fit += [each for each in found if each.scheme == "http"]
        return next(iter([*fit, *found]), None)
    return next(iter(found), None)


def _name(gateway: Object) -> tuple[str, str]:
    return gateway["metadata"]["namespace"], gateway["metadata"]["name"]
