"""The gateway: where it is, who may hang a route on it, and what differs on one node."""

import pytest

from ci.gateway.leading import Backend
from ci.gateway.way import ways
from ci.manifests.services import asked
from local.host.paths import GATEWAY_PORT, SECURE_GATEWAY_PORT
from local.platform.gateway import NAMESPACE, SECRET
from tests.manifests.rendering import MANIFESTS, Object, Overlay, objects_of
from tests.project import NAME, SETTINGS

GATEWAY = MANIFESTS / "platform" / "gateway"
VARIANTS = ["base", "one-node"]


def only(variant: str, kind: str) -> Object:
    """The one object of that kind."""
    (found,) = [each for each in objects_of(GATEWAY / variant) if each["kind"] == kind]
    return found


@pytest.mark.parametrize("variant", VARIANTS)
def test_gateway_listens_for_http_and_https(variant: str) -> None:
    """At the ports of both, and the class is the one that is there."""
    gateway = only(variant, "Gateway")
    listeners = [(each["protocol"], each["port"]) for each in gateway["spec"]["listeners"]]

    assert listeners == [("HTTP", 80), ("HTTPS", 443)]
    assert gateway["spec"]["gatewayClassName"] == only(variant, "GatewayClass")["metadata"]["name"]
    assert gateway["metadata"]["namespace"] == "envoy-gateway-system"


@pytest.mark.parametrize("variant", VARIANTS)
def test_only_environments_may_hang_routes_on_it(variant: str, overlay: Overlay) -> None:
    """Each environment's namespace is allowed by its name, at each listener."""
    for listener in only(variant, "Gateway")["spec"]["listeners"]:
        (allowed,) = listener["allowedRoutes"]["namespaces"]["selector"]["matchExpressions"]

        assert (allowed["key"], allowed["operator"]) == ("kubernetes.io/metadata.name", "In")
        assert overlay.name in allowed["values"]
        assert len(allowed["values"]) == 3


def test_laptop_stack_gives_it_its_certificate() -> None:
    """The Secret that the listener names is the one that the stack makes, in its namespace."""
    secure = only("one-node", "Gateway")["spec"]["listeners"][1]

    assert secure["tls"] == {"mode": "Terminate", "certificateRefs": [{"name": SECRET}]}
    assert only("one-node", "Gateway")["metadata"]["namespace"] == NAMESPACE


def test_one_node_has_both_ports() -> None:
    """They are the node's own, and lead to those at which the proxy listens."""
    kubernetes = only("one-node", "EnvoyProxy")["spec"]["provider"]["kubernetes"]
    ports = kubernetes["envoyService"]["patch"]["value"]["spec"]["ports"]

    assert [each["nodePort"] for each in ports] == [GATEWAY_PORT, SECURE_GATEWAY_PORT]
    # Envoy Gateway adds 10,000 to a listener's port below 1024, which it may not bind.
    assert [each["targetPort"] - each["port"] for each in ports] == [10_000, 10_000]


@pytest.mark.parametrize("variant", VARIANTS)
def test_class_is_configured_by_the_proxy(variant: str) -> None:
    """The class refers to the EnvoyProxy that is rendered beside it."""
    reference = only(variant, "GatewayClass")["spec"]["parametersRef"]
    proxy = only(variant, "EnvoyProxy")["metadata"]

    assert (reference["name"], reference["namespace"]) == (proxy["name"], proxy["namespace"])


@pytest.mark.parametrize(("variant", "type_"), [("base", "LoadBalancer"), ("one-node", "NodePort")])
def test_service_is_of_the_type_the_cluster_can_give(variant: str, type_: str) -> None:
    """A load balancer in general, the node's port 80 where there is none."""
    kubernetes = only(variant, "EnvoyProxy")["spec"]["provider"]["kubernetes"]

    assert kubernetes["envoyService"]["type"] == type_


def test_variants_differ_in_the_proxy_only() -> None:
    """All other objects are the same in both."""
    base, one_node = (
        [each for each in objects_of(GATEWAY / variant) if each["kind"] != "EnvoyProxy"]
        for variant in VARIANTS
    )

    assert base == one_node


def test_route_leads_to_what_is_public_only(overlay: Overlay) -> None:
    """Metrics, probes and the description of the API are nobody's business outside."""
    paths = [
        match["path"]
        for rule in overlay.only("HTTPRoute")["spec"]["rules"]
        for match in rule["matches"]
    ]

    assert paths == [{"type": "Exact", "value": "/"}, {"type": "Exact", "value": "/version"}]


def test_route_leads_to_what_a_release_is_verified_by(overlay: Overlay) -> None:
    """The pipeline asks at the gateway for all that it asks for."""
    service = SETTINGS.service
    [endpoint] = asked(overlay.objects, service.name, service).endpoints
    backend = Backend(endpoint.service, endpoint.port)
    [way] = ways([overlay.only("HTTPRoute")], [only("base", "Gateway")], backend, endpoint.paths)

    assert endpoint.paths == ("/", "/version")
    assert set(way.requests) == set(endpoint.paths)
    assert way.url == f"https://{overlay.name}.{NAME}.local/"
