"""What a release is asked for, as its manifests say."""

from typing import Any

import pytest

from ci.manifests.manifest import Object
from ci.manifests.services import Asked, Endpoint, asked, closes
from ci.project.service import Commit, Health, Service

IMAGE = "r.io/web@sha256:1"


def container(name: str = "web", image: str = IMAGE, **more: Any) -> Object:
    """A container; one of ours unless it says otherwise."""
    return {"name": name, "image": image, **more}


def probed(port: Any = "http", **more: Any) -> Object:
    """What asks a container whether it is ready."""
    return {"readinessProbe": {"httpGet": {"path": "/health", "port": port, **more}}}


PORTS: Any = {"ports": [{"name": "http", "containerPort": 8080}]}
WEB: Object = container(**PORTS, **probed())


def workload(*containers: Object, kind: str = "Deployment", app: str = "web") -> Object:
    """A workload with those containers."""
    pods = {"metadata": {"labels": {"app": app, "more": "x"}}, "spec": {"containers": containers}}
    spec = {"template": pods}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": app}, "spec": spec}


def service(*ports: Any, **spec: Any) -> Object:
    """A Service in front of it; a port is what it says, and leads to `http`."""
    listed = [each if isinstance(each, dict) else to("http", each) for each in ports or (80,)]
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web"},
        "spec": {"selector": {"app": "web"}, "ports": listed, **spec},
    }


def to(target: Any, port: int = 80) -> Object:
    """A port of a Service."""
    return {"port": port, "targetPort": target}


def find(*resources: Object, health: Health = Health(), commit: Commit | None = None) -> Asked:
    """What is asked of a release."""
    return asked(resources, IMAGE, Service("web", health, commit))


ENDPOINT = Endpoint("web", 80, "/health")


@pytest.mark.parametrize(
    ("found", "of"),
    [
        (service(), workload(WEB)),
        (service(to(8080)), workload(WEB)),
        (service(to("8080")), workload(WEB)),
        (service(to(8080)), workload(container(**probed(8080)))),
        (service(), workload(container(**PORTS, **probed(8080)))),
        (service(to(9090, 90), to("http")), workload(WEB)),
        (service(), workload(WEB, kind="StatefulSet")),
        (service(clusterIP="None"), workload(container("log", "r.io/log@sha256:2"), WEB)),
    ],
    ids=["name", "number", "text", "undeclared", "probe's number", "second", "kind", "container"],
)
def test_service_behind_which_the_image_runs(found: Object, of: Object) -> None:
    """It is asked where the readiness probe of the container behind its port asks."""
    assert find(found, of) == Asked((ENDPOINT,))


def test_port_that_lists_no_target() -> None:
    """It leads to the port of its own number."""
    assert find(service({"port": 8080}), workload(WEB)).endpoints == (
        Endpoint("web", 8080, "/health"),
    )


@pytest.mark.parametrize(
    ("path", "is_asked"), [("/ready?full=1", "/ready"), ("ready", "/ready"), ("", "/")]
)
def test_path_of_a_probe(path: str, is_asked: str) -> None:
    """It is asked without its query, which no route is told by."""
    [endpoint] = find(service(), workload(container(**PORTS, **probed(path=path)))).endpoints
    assert endpoint.health == is_asked


def test_probe_over_https() -> None:
    """So is the Service asked."""
    [endpoint] = find(service(), workload(container(**PORTS, **probed(scheme="HTTPS")))).endpoints
    assert endpoint.scheme == "https"


def test_service_that_tells_its_commit() -> None:
    """It is asked for that too, at the path that is said."""
    [endpoint] = find(service(), workload(WEB), commit=Commit("/version")).endpoints
    assert endpoint.paths == ("/health", "/version")


@pytest.mark.parametrize("probe", [{}, probed(), {"readinessProbe": {"exec": {"command": ["a"]}}}])
def test_path_of_health_that_is_said(probe: Object) -> None:
    """It is asked rather than the probe's, and without any probe."""
    found = find(service(), workload(container(**PORTS, **probe)), health=Health("/up"))
    assert [each.health for each in found.endpoints] == ["/up"]


def test_container_of_another_image_in_front() -> None:
    """It is asked where its own probe asks, and neither for our health nor for our commit."""
    proxy = container("proxy", "r.io/proxy@sha256:2", **PORTS, **probed(path="/ping"))
    found = find(
        service(), workload(proxy, container()), health=Health("/up"), commit=Commit("/version")
    )
    assert found.endpoints == (Endpoint("web", 80, "/ping", is_ours=False),)


@pytest.mark.parametrize(
    "of",
    [
        workload(container(**PORTS)),
        workload(container(**PORTS, readinessProbe={"tcpSocket": {"port": 8080}})),
        workload(container(**PORTS, **probed(9090))),
        workload(container(**probed())),
    ],
    ids=["no probe", "another probe", "another port", "no such port"],
)
def test_service_that_cannot_be_asked(of: Object) -> None:
    """It is said; its pods are verified all the same."""
    [note] = find(service(), of).notes
    assert note.startswith("Service web is not asked, as no readiness probe")


@pytest.mark.parametrize(
    "resources",
    [
        [workload(WEB)],
        [service(), workload(WEB, app="other")],
        [service(), workload(container(image="r.io/other@sha256:2", **PORTS, **probed()))],
        [service(selector={}), workload(WEB)],
        [{"apiVersion": "serving.knative.dev/v1", "kind": "Service", "spec": {}}, workload(WEB)],
    ],
    ids=["no Service", "another's", "another image", "no selector", "another kind of Service"],
)
def test_release_without_a_service_of_ours(resources: list[Object]) -> None:
    """Nothing is asked, and nothing is to be said of that."""
    assert find(*resources) == Asked(())


@pytest.mark.parametrize(
    ("spec", "is_closed"),
    [
        ({"podSelector": {}}, True),
        ({"podSelector": {"matchLabels": {"app": "web"}}, "policyTypes": ["Ingress"]}, True),
        ({"podSelector": {"matchLabels": {"app": "other"}}}, False),
        ({"podSelector": {}, "policyTypes": ["Egress"]}, False),
    ],
    ids=["all", "these", "others", "outwards"],
)
def test_pods_that_a_policy_closes(spec: Object, is_closed: bool) -> None:
    """It is known that who asks may be kept out."""
    [endpoint] = find(service(), workload(WEB)).endpoints
    assert closes({"spec": spec}, endpoint.labels) is is_closed
