"""HTTPRoutes and Gateways as the cluster shows them."""

import pytest

from ci import routing
from ci.errors import InvalidInput
from ci.rollout import Object
from ci.routing import Address
from tests.ci.shown import ATTACHED, condition, route

ACCEPTED, RESOLVED = condition("Accepted"), condition("ResolvedRefs")
REFUSED = condition("Accepted", "False", reason="NotAllowedByListeners", message="Not allowed.")
UNRESOLVED = condition("ResolvedRefs", "False", reason="BackendNotFound")


def gateway(*addresses: str, port: int = 80, protocol: str = "HTTP") -> Object:
    """A Gateway that says where it is."""
    return {
        "spec": {"listeners": [{"port": port, "protocol": protocol}]},
        "status": {"addresses": [{"value": each} for each in addresses]},
    }


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


@pytest.mark.parametrize(
    ("found", "address"),
    [
        (gateway("10.0.0.1"), Address("10.0.0.1")),
        (gateway("lb.example.com", port=8080), Address("lb.example.com", 8080)),
        (gateway("2001:db8::1"), Address("[2001:db8::1]")),
        (gateway(), None),
        (gateway("10.0.0.1", port=443, protocol="HTTPS"), None),
    ],
)
def test_address_of_a_gateway(found: Object, address: Address | None) -> None:
    """It is the one it says of itself, at its port for HTTP."""
    assert routing.address_of(found) == address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("10.0.0.1", Address("10.0.0.1")),
        ("10.0.0.1:30080", Address("10.0.0.1", 30080)),
        ("http://gateway.example.com/", Address("gateway.example.com")),
        ("[2001:db8::1]:8080", Address("[2001:db8::1]", 8080)),
    ],
)
def test_address_that_is_given(text: str, address: Address) -> None:
    """With a port or without, as a URL or not."""
    assert Address.parse(text) == address


@pytest.mark.parametrize("text", ["https://10.0.0.1", "10.0.0.1:0", "10.0.0.1:99999", "a b", "/"])
def test_address_that_is_none(text: str) -> None:
    """It is refused, and an example given."""
    with pytest.raises(InvalidInput, match="--gateway .* is no address"):
        Address.parse(text)
