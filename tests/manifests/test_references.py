"""Objects refer to each other by names that exist once the prefix is there."""

import pytest

from tests.manifests.rendering import Overlay
from tests.project import NAME


def test_service_selects_the_pods(overlay: Overlay) -> None:
    """The Service is a ClusterIP on 8000 that selects `app: <name>` and reaches the container."""
    spec = overlay.only("Service")["spec"]
    (port,) = spec["ports"]
    (container_port,) = overlay.container["ports"]

    assert spec["type"] == "ClusterIP"
    assert spec["selector"] == {"app": NAME}
    assert spec["selector"].items() <= overlay.pod["metadata"]["labels"].items()
    assert port["port"] == container_port["containerPort"] == 8000
    assert port["targetPort"] == container_port["name"]


@pytest.mark.parametrize("kind", ["Deployment", "PodDisruptionBudget"])
def test_selector_matches_the_pods(overlay: Overlay, kind: str) -> None:
    """The Deployment and its disruption budget select the pods of the template."""
    selector = overlay.only(kind)["spec"]["selector"]["matchLabels"]

    assert selector == {"app": NAME}
    assert selector.items() <= overlay.pod["metadata"]["labels"].items()


def test_route_leads_from_the_gateway_to_the_service(overlay: Overlay) -> None:
    """The route hangs on the shared Gateway and its backend is the environment's Service."""
    route = overlay.only("HTTPRoute")
    service = overlay.only("Service")
    (rule,) = route["spec"]["rules"]
    (port,) = service["spec"]["ports"]

    assert route["apiVersion"] == "gateway.networking.k8s.io/v1"
    assert route["spec"]["parentRefs"] == [{"name": "public", "namespace": "envoy-gateway-system"}]
    (backend,) = rule["backendRefs"]
    assert (backend["name"], backend["port"]) == (service["metadata"]["name"], port["port"])


def test_backend_of_the_route_has_a_filter(overlay: Overlay) -> None:
    """Without one, Envoy Gateway counts it together with a canary that comes beside it."""
    (rule,) = overlay.only("HTTPRoute")["spec"]["rules"]
    (backend,) = rule["backendRefs"]
    (found,) = backend["filters"]
    assert found["requestHeaderModifier"]["set"] == [{"name": "x-release-track", "value": "stable"}]


def test_pod_runs_as_the_environments_service_account(overlay: Overlay) -> None:
    """The pod names the ServiceAccount that is created beside it."""
    account = overlay.only("ServiceAccount")

    assert overlay.pod["spec"]["serviceAccountName"] == account["metadata"]["name"]


@pytest.mark.parametrize("overlay", ["prod"], indirect=True)
def test_autoscaler_scales_the_deployment(overlay: Overlay) -> None:
    """The autoscaler's target is the Deployment that is there."""
    target = overlay.only("HorizontalPodAutoscaler")["spec"]["scaleTargetRef"]
    deployment = overlay.only("Deployment")

    assert target == {
        "apiVersion": deployment["apiVersion"],
        "kind": "Deployment",
        "name": deployment["metadata"]["name"],
    }


def test_image_is_the_placeholder(overlay: Overlay) -> None:
    """The manifests name no registry and no tag: a deploy sets both, by digest."""
    assert overlay.container["image"] == NAME


def test_prometheus_finds_the_metrics(overlay: Overlay) -> None:
    """The pod's annotations point at /metrics on the container's port."""
    annotations = overlay.pod["metadata"]["annotations"]

    assert annotations == {
        "prometheus.io/scrape": "true",
        "prometheus.io/port": str(overlay.container["ports"][0]["containerPort"]),
        "prometheus.io/path": "/metrics",
    }
