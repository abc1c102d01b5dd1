"""A service that has a canary: what its overlay renders, as far as a canary is concerned."""

from typing import Any

from tests.ci.objects import IMAGE

Object = dict[str, Any]
LABELS = {"app": "web", "tier": "front"}


def resource(kind: str, name: str, spec: Object, version: str = "v1", **more: Any) -> Object:
    """A resource of the environment."""
    metadata = {"name": name, "namespace": "stage"}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec, **more}


def deployment(name: str = "stage-web", image: str = IMAGE, **pod: Any) -> Object:
    """A Deployment; its pods are found by their app."""
    template = {
        "metadata": {"labels": LABELS},
        "spec": {"containers": [{"name": "web", "image": image}], **pod},
    }
    spec = {"replicas": 3, "selector": {"matchLabels": {"app": "web"}}, "template": template}
    return resource("Deployment", name, spec, "apps/v1")


def service(name: str = "stage-web", **more: Any) -> Object:
    """A Service; it finds pods by their app."""
    ports = [{"port": 8000, "targetPort": "http"}]
    return resource("Service", name, {"selector": {"app": "web"}, "ports": ports, **more})


def policy(spec: Object, name: str = "stage-web") -> Object:
    """A NetworkPolicy."""
    return resource("NetworkPolicy", name, spec, "networking.k8s.io/v1")


def backend(name: str = "stage-web", weight: int = 1, **more: Any) -> Object:
    """What a rule leads to, as the API server completes it."""
    return {"group": "", "kind": "Service", "name": name, "port": 8000, "weight": weight, **more}


def rule(*backends: Object, path: str = "/") -> Object:
    """A rule of a route."""
    match = {"path": {"type": "Exact", "value": path}}
    return {"matches": [match], "backendRefs": list(backends) or [backend()]}


def route(*rules: Object, name: str = "stage-web-route") -> Object:
    """An HTTPRoute."""
    spec = {"rules": list(rules) or [rule()]}
    return resource("HTTPRoute", name, spec, "gateway.networking.k8s.io/v1")


def metrics(cluster: str, requests: int, errors: int = 0, reset: int = 0, gone: int = 0) -> str:
    """What Envoy 1.40 prints of a backend."""
    named = f'envoy_cluster_name="{cluster}"'
    kept = f'envoy_response_code_class="2",{named}'
    bad = f'envoy_response_code_class="5",{named}'
    at = "envoy_cluster_upstream"
    return f"""# TYPE {at}_cx_destroy_remote_with_active_rq counter
{at}_cx_destroy_remote_with_active_rq{{{named}}} {gone}
# TYPE {at}_rq_completed counter
{at}_rq_completed{{{named}}} {requests}
# TYPE {at}_rq_rx_reset counter
{at}_rq_rx_reset{{{named}}} {reset}
# TYPE {at}_rq_xx counter
{at}_rq_xx{{{kept}}} {requests - errors}
{at}_rq_xx{{{bad}}} {errors}
# TYPE {at}_rq_time histogram
{at}_rq_time_bucket{{{named},le="0.5"}} {requests // 2}
{at}_rq_time_bucket{{{named},le="+Inf"}} {requests}
{at}_rq_time_sum{{{named}}} 85.755712966604875191478640772402
{at}_rq_time_count{{{named}}} {requests}
"""
