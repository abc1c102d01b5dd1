"""The gateway: where it is, who may hang a route on it, and what differs on one node."""

import pytest

from tests.manifests.rendering import MANIFESTS, Object, Overlay, objects_of

GATEWAY = MANIFESTS / "platform" / "gateway"
VARIANTS = ["base", "one-node"]


def only(variant: str, kind: str) -> Object:
    """The one object of that kind."""
    (found,) = [each for each in objects_of(GATEWAY / variant) if each["kind"] == kind]
    return found


@pytest.mark.parametrize("variant", VARIANTS)
def test_gateway_listens_for_http_on_port_80(variant: str) -> None:
    """One listener, and the class is the one that is there."""
    gateway = only(variant, "Gateway")
    (listener,) = gateway["spec"]["listeners"]

    assert (listener["protocol"], listener["port"]) == ("HTTP", 80)
    assert gateway["spec"]["gatewayClassName"] == only(variant, "GatewayClass")["metadata"]["name"]
    assert gateway["metadata"]["namespace"] == "envoy-gateway-system"


@pytest.mark.parametrize("variant", VARIANTS)
def test_only_environments_may_hang_routes_on_it(variant: str, overlay: Overlay) -> None:
    """Each environment's namespace is allowed by its name."""
    (listener,) = only(variant, "Gateway")["spec"]["listeners"]
    (allowed,) = listener["allowedRoutes"]["namespaces"]["selector"]["matchExpressions"]

    assert (allowed["key"], allowed["operator"]) == ("kubernetes.io/metadata.name", "In")
    assert overlay.name in allowed["values"]
    assert len(allowed["values"]) == 3


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
