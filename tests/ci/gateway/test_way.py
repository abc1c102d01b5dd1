"""Which way the service is asked: route, listener, address and host name."""

from collections.abc import Sequence
from typing import Any

import pytest

from ci.gateway.leading import Backend, NoneLeads, Request
from ci.gateway.routing import Address
from ci.gateway.way import Way, ways
from ci.rollout.status import Object
from tests.ci.shown import gateway, listener, route

HOST = "stage.example.com"
BOTH = {"/": Request("/"), "/version": Request("/version")}
PLAIN, SECURE = ("http", "10.0.0.2", 80), ("https", "10.0.0.2", 443)
HTTP, HTTPS = listener(), listener("https", 443)


SERVICE, PATHS = Backend("stage-web", 8000), ("/", "/version")


def choose(routes: Sequence[Object], gateways: Sequence[Object], *said: Any) -> Way:
    """The first way to the service."""
    return ways(routes, gateways, SERVICE, PATHS, *said)[0]


def hanging(**reference: Any) -> Object:
    """The route, on the listeners that its reference names."""
    found = route()
    found["spec"]["parentRefs"][0].update(reference)
    return found


def chosen(
    *gateways: Object, given: str = "", has_authority: bool = False, of: Object | None = None
) -> tuple[str, str, int]:
    """Scheme, address and port."""
    address = Address.parse(given) if given else None
    way = choose([of or hanging()], gateways, address, has_authority)
    assert (way.host, way.requests) == (HOST, BOTH)
    return way.scheme, way.address, way.port


@pytest.mark.parametrize(
    ("shown", "of", "way"),
    [
        (gateway(HTTP), hanging(), PLAIN),
        (gateway(HTTPS), hanging(), SECURE),
        (gateway(HTTP, HTTPS), hanging(), SECURE),
        (gateway(HTTP, HTTPS), hanging(sectionName="http"), PLAIN),
        (gateway(HTTP, HTTPS), hanging(port=443), SECURE),
        (gateway(listener("http", 8080)), hanging(), ("http", "10.0.0.2", 8080)),
        (gateway(HTTP, addresses=["2001:db8::1"]), hanging(), ("http", "[2001:db8::1]", 80)),
        (gateway(HTTP, HTTPS, addresses=[]), hanging(), ("https", HOST, 443)),
    ],
)
def test_gateway_that_is_seen(shown: Object, of: Object, way: tuple[str, str, int]) -> None:
    """Its own address at a listener on which the route hangs, over HTTPS where there is one."""
    assert chosen(shown, of=of) == way


@pytest.mark.parametrize(
    ("of", "has_authority", "way"),
    [
        (hanging(), False, ("http", HOST, 80)),
        (hanging(), True, ("https", HOST, 443)),
        (hanging(port=443), False, ("https", HOST, 443)),
        (hanging(port=80), True, ("http", HOST, 80)),
    ],
)
def test_gateway_that_is_not_seen(of: Object, has_authority: bool, way: Any) -> None:
    """The host name is asked; whoever names an authority means HTTPS."""
    assert chosen(of=of, has_authority=has_authority) == way


@pytest.mark.parametrize(
    ("given", "shown", "way"),
    [
        ("10.0.0.1", gateway(HTTP), ("http", "10.0.0.1", 80)),
        ("10.0.0.1", gateway(HTTP, HTTPS), ("https", "10.0.0.1", 443)),
        ("10.0.0.1", gateway(listener("https", 8443)), ("https", "10.0.0.1", 8443)),
        ("http://10.0.0.1", gateway(HTTP, HTTPS), ("http", "10.0.0.1", 80)),
        ("https://10.0.0.1", gateway(HTTP), ("https", "10.0.0.1", 443)),
        ("https://10.0.0.1:9443", gateway(HTTP, HTTPS), ("https", "10.0.0.1", 9443)),
        ("10.0.0.1:443", gateway(HTTP, HTTPS), ("https", "10.0.0.1", 443)),
        ("10.0.0.1:30080", gateway(HTTP, HTTPS), ("http", "10.0.0.1", 30080)),
        ("10.0.0.1:30443", gateway(HTTPS), ("https", "10.0.0.1", 30443)),
        ("10.0.0.1", None, ("http", "10.0.0.1", 80)),
        ("https://10.0.0.1", None, ("https", "10.0.0.1", 443)),
    ],
)
def test_address_that_is_given(given: str, shown: Object | None, way: Any) -> None:
    """It is where to ask; what it leaves open, the listener says."""
    assert chosen(*([shown] if shown else []), given=given) == way


@pytest.mark.parametrize(
    ("shown", "url"),
    [
        (gateway(HTTP, HTTPS), "http://10.0.0.2/"),
        (gateway(HTTPS), "https://10.0.0.2/"),
        (gateway(HTTP, listener("https", 443, hostname="a.example.com")), "https://a.example.com/"),
    ],
)
def test_route_for_any_host_name(shown: Object, url: str) -> None:
    """HTTP is asked rather than HTTPS, whose certificate is for a name that is not known."""
    found = hanging()
    del found["spec"]["hostnames"]
    assert choose([found], [shown]).url == url


def redirecting() -> Object:
    """A route that sends HTTP to HTTPS, and comes first."""
    found = hanging(sectionName="http")
    found["metadata"]["name"] = "redirect"
    redirect = {"type": "RequestRedirect", "requestRedirect": {"scheme": "https"}}
    found["spec"]["rules"] = [{"filters": [redirect]}]
    return found


def test_route_that_redirects_beside_the_one_that_leads() -> None:
    """The one that leads to the service is asked."""
    routes = [redirecting(), hanging(sectionName="https")]
    way = choose(routes, [gateway(HTTP, HTTPS)])
    assert (way.scheme, way.requests) == ("https", BOTH)


def test_route_that_leads_to_more() -> None:
    """It is asked rather than one before it."""
    less = hanging()
    less["spec"]["rules"][0]["matches"] = [{"path": {"type": "Exact", "value": "/"}}]
    assert choose([less], [gateway()]).requests == {"/": Request("/")}
    assert choose([less, hanging()], [gateway()]).requests == BOTH


@pytest.mark.parametrize(
    ("routes", "why"),
    [
        ([redirecting()], "the rule of HTTPRoute redirect for / redirects"),
        ([redirecting(), hanging(sectionName="none")], "no listener takes what HTTPRoute stage"),
    ],
)
def test_routes_of_which_none_leads(routes: list[Object], why: str) -> None:
    """The reason is said, and of a redirect only where there is no other."""
    with pytest.raises(NoneLeads, match=why):
        choose(routes, [gateway()])


def way(scheme: str = "https", port: int = 443, host: str = HOST, **requests: Request) -> Way:
    """A way to the root, unless others are said."""
    asked = {f"/{path}": each for path, each in requests.items()}
    return Way(scheme, "10.0.0.2", port, host, asked or {"/": Request("/")})


@pytest.mark.parametrize(
    ("found", "said", "url"),
    [
        (way(), f"10.0.0.2 as {HOST} over HTTPS", f"https://{HOST}/"),
        (way("http", 80), f"10.0.0.2 as {HOST}", f"http://{HOST}/"),
        (way("http", 8080), f"10.0.0.2:8080 as {HOST}", f"http://{HOST}:8080/"),
        (way("http", 8080, ""), "10.0.0.2:8080 as any host", "http://10.0.0.2:8080/"),
        (way(version=Request("/api/version")), "10.0.0.2", f"https://{HOST}/api/version"),
        (way(version=Request("/", (("x-team", "a"),))), "10.0.0.2", ""),
    ],
)
def test_what_is_said_of_it(found: Way, said: str, url: str) -> None:
    """Where it asks, and a URL that a person can open, where a browser can ask the same."""
    assert f"the gateway at {said}" in str(found)
    assert found.url == url


@pytest.mark.parametrize(
    ("found", "location", "port"),
    [
        (way("http", 80), f"https://{HOST}/", 443),
        (way("http", 80), f"https://{HOST}:8443/version", 8443),
        (way("http", 80, ""), "https://10.0.0.2/", 443),
        (way("http", 80), f"http://{HOST}/elsewhere", None),
        (way("http", 80), "https://other.example.com/", None),
        (way("http", 80), "/login", None),
        (way(), f"https://{HOST}/", None),
    ],
)
def test_redirect(found: Way, location: str, port: int | None) -> None:
    """It is the way on where it leads from HTTP to HTTPS of the same host."""
    on = found.redirected(location)
    assert (on and (on.scheme, on.port)) == (port and ("https", port))
