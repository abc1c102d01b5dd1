"""HTTPRoutes and Gateways as the cluster shows them."""

import pytest

from ci.gateway import routing
from ci.gateway.routing import Address, Listener
from ci.rollout.status import Object
from ci.run.errors import InvalidInput
from tests.ci.shown import ATTACHED, condition, gateway, listener, route

ACCEPTED, RESOLVED = condition("Accepted"), condition("ResolvedRefs")
REFUSED = condition("Accepted", "False", reason="NotAllowedByListeners", message="Not allowed.")
UNRESOLVED = condition("ResolvedRefs", "False", reason="BackendNotFound")


def test_route_that_is_attached() -> None:
    """Nothing is to be said against it."""
    assert routing.objection(ATTACHED) == ""


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (route(), "no controller has answered for Gateway public in envoy-gateway-system"),
        (route(REFUSED, RESOLVED), "Gateway public says it is not Accepted: Not allowed"),
        (
            route(ACCEPTED, UNRESOLVED),
            "Gateway public says it is not ResolvedRefs: BackendNotFound",
        ),
        (route(ACCEPTED, condition("ResolvedRefs", "Unknown")), "no reason is given"),
        (route(ACCEPTED), "has not seen its last change yet"),
        (route(condition("Accepted", generation=0), RESOLVED), "has not seen its last change yet"),
    ],
)
def test_route_that_is_not_attached(found: Object, said: str) -> None:
    """The Gateway and what it says are named."""
    assert said in routing.objection(found)


def test_route_that_another_gateway_took() -> None:
    """The answer of a Gateway that was not asked does not count."""
    found = route(ACCEPTED, RESOLVED)
    found["status"]["parents"][0]["parentRef"] = {"name": "private"}

    assert "no controller has answered" in routing.objection(found)


def test_answer_to_an_earlier_reference() -> None:
    """What is still said of a listener that the route no longer names does not count."""
    found = route(ACCEPTED, RESOLVED)
    (answer,) = found["status"]["parents"]
    earlier = {**answer["parentRef"], "sectionName": "no-listener"}
    found["status"]["parents"].append({"parentRef": earlier, "conditions": [REFUSED]})

    assert routing.objection(found) == ""
    found["spec"]["parentRefs"] = [earlier]
    assert "not Accepted" in routing.objection(found)


HTTP, HTTPS = Listener("http", 80), Listener("https", 443)


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        ({}, [HTTP, HTTPS]),
        ({"sectionName": "https"}, [HTTPS]),
        ({"port": 80}, [HTTP]),
        ({"sectionName": "https", "port": 80}, []),
        ({"sectionName": "none"}, []),
        ({"name": "private"}, []),
        ({"kind": "Service"}, []),
    ],
)
def test_listeners_that_a_route_hangs_on(reference: Object, found: list[Listener]) -> None:
    """Those that its reference names, or all that there are."""
    hangs = route()
    hangs["spec"]["parentRefs"] = [{**hangs["spec"]["parentRefs"][0], **reference}]
    shown = gateway(listener(), listener("https", 443), listener("tcp", 22))

    assert list(routing.listeners(hangs, shown)) == found


def test_listener_that_is_not_programmed() -> None:
    """One without a certificate takes nobody's requests."""
    shown = gateway(listener(), listener("https", 443))
    programmed = {"type": "Programmed", "status": "False"}
    shown["status"]["listeners"] = [{"name": "https", "conditions": [programmed]}]

    assert list(routing.listeners(route(), shown)) == [HTTP]


def test_listener_for_other_names() -> None:
    """It takes none of the route's requests."""
    shown = gateway(listener(hostname="*.example.org"), listener("https", 443))

    assert list(routing.listeners(route(), shown)) == [HTTPS]


@pytest.mark.parametrize(
    ("of_route", "of_listener", "host"),
    [
        ([], "", ""),
        (["a.example.com"], "", "a.example.com"),
        (["a.example.com", "b.example.com"], "b.example.com", "b.example.com"),
        (["*.example.com"], "", "any.example.com"),
        (["*.example.com", "www.example.com"], "", "www.example.com"),
        (["*.example.com"], "a.example.com", "a.example.com"),
        (["a.example.com"], "*.example.com", "a.example.com"),
        (["*.a.example.com"], "*.example.com", "any.a.example.com"),
        (["*.example.com"], "*.a.example.com", "any.a.example.com"),
        ([], "a.example.com", "a.example.com"),
        ([], "*.example.com", "any.example.com"),
        (["a.example.com"], "b.example.com", None),
        (["example.com"], "*.example.com", None),
        (["*.example.org"], "*.example.com", None),
    ],
)
def test_host_name(of_route: list[str], of_listener: str, host: str | None) -> None:
    """One that both take, by which a client could call."""
    called = route()
    called["spec"]["hostnames"] = of_route

    assert routing.host(called, Listener("http", 80, of_listener)) == host


def test_addresses_of_a_gateway() -> None:
    """Those that it says of itself, as they stand in a URL."""
    assert routing.addresses(gateway(addresses=("10.0.0.1", "2001:db8::1"))) == [
        "10.0.0.1",
        "[2001:db8::1]",
    ]
    assert routing.addresses({}) == []


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("10.0.0.1", Address("10.0.0.1")),
        ("10.0.0.1:30080", Address("10.0.0.1", 30080)),
        ("http://gateway.example.com/", Address("gateway.example.com", None, "http")),
        ("https://10.0.0.1:8443", Address("10.0.0.1", 8443, "https")),
        ("[2001:db8::1]:8080", Address("[2001:db8::1]", 8080)),
    ],
)
def test_address_that_is_given(text: str, address: Address) -> None:
    """With a port or without, as a URL or not."""
    assert Address.parse(text) == address


@pytest.mark.parametrize("text", ["ftp://10.0.0.1", "10.0.0.1:0", "10.0.0.1:99999", "a b", "/"])
def test_address_that_is_none(text: str) -> None:
    """It is refused, and an example given."""
    with pytest.raises(InvalidInput, match="--gateway .* is no address"):
        Address.parse(text)
