"""What stands beside a running release, and what finds it."""

from typing import Any

import pytest

from ci.canary.copies import Copies, admit, beside, copies, is_canary
from ci.run.errors import NothingChanged
from tests.ci.canary.made import (
    LABELS,
    backend,
    deployment,
    policy,
    resource,
    route,
    rule,
    service,
)
from tests.ci.objects import IMAGE, OLD_IMAGE

Object = dict[str, Any]


def made(*resources: Object, running: tuple[Object, ...] = ()) -> Copies:
    """The canary of a release."""
    return copies(resources, IMAGE, running, 7)


def of_kind(found: Copies, kind: str) -> list[Object]:
    """Its objects of a kind."""
    return [each for each in found.objects if each["kind"] == kind]


def pods(found: Copies) -> dict[str, str]:
    """The labels of its pods."""
    [workload] = found.workloads
    labels: dict[str, str] = workload["spec"]["template"]["metadata"]["labels"]
    return labels


def test_canary() -> None:
    """It is one pod and a Service of their own names, which carry the number of the release."""
    found = made(deployment(), service(), route())
    [workload], [door] = found.workloads, of_kind(found, "Service")
    assert found.services == {"stage-web": "stage-web-canary"}
    assert [each["metadata"]["name"] for each in found.objects] == ["stage-web-canary"] * 2
    assert all(each["metadata"]["labels"] == {"ci/canary": "7"} for each in found.objects)
    assert all(map(is_canary, found.objects))
    assert workload["spec"]["replicas"] == 1
    assert pods(found) == LABELS | {"app": "web-canary"}
    assert workload["spec"]["selector"] == {"matchLabels": {"app": "web-canary"}}
    assert door["spec"]["selector"] == {"app": "web-canary"}
    assert door["spec"]["ports"] == service()["spec"]["ports"]


def test_what_was_rendered() -> None:
    """It stays as it is."""
    given = (deployment(), service(), route())
    made(*given)
    assert given == (deployment(), service(), route())


BUDGET = resource(
    "PodDisruptionBudget", "b", {"selector": {"matchLabels": {"tier": "front"}}}, "policy/v1"
)
BY_EXPRESSION = deployment() | {
    "spec": deployment()["spec"]
    | {"selector": {"matchExpressions": [{"key": "tier", "operator": "In", "values": ["front"]}]}}
}
FINDS_OTHERS = service("other") | {"spec": {"selector": {"tier": "back"}, "ports": []}}


@pytest.mark.parametrize(
    ("resources", "running", "labels"),
    [
        ((), (), {"app": "web-canary", "tier": "front"}),
        ((BUDGET,), (), {"app": "web-canary", "tier": "front-canary"}),
        ((), (BUDGET,), {"app": "web-canary", "tier": "front-canary"}),
        ((FINDS_OTHERS,), (), {"app": "web-canary", "tier": "front"}),
    ],
    ids=["a Service", "a budget", "a budget that runs", "a Service of others"],
)
def test_labels(
    resources: tuple[Object, ...], running: tuple[Object, ...], labels: dict[str, str]
) -> None:
    """Each by which anything finds running pods is another one."""
    assert pods(made(deployment(), service(), route(), *resources, running=running)) == labels


def test_selector_by_expression() -> None:
    """It finds the canary's pods."""
    found = made(BY_EXPRESSION, service(), route())
    [workload] = found.workloads
    [expression] = workload["spec"]["selector"]["matchExpressions"]
    assert expression["values"] == ["front-canary"]
    assert pods(found)["tier"] == "front-canary"


def test_spread() -> None:
    """It is that of the canary's pods."""
    spread = {"labelSelector": {"matchLabels": {"app": "web"}}}
    found = made(deployment(topologySpreadConstraints=[spread]), service(), route())
    [workload] = found.workloads
    [spread] = workload["spec"]["template"]["spec"]["topologySpreadConstraints"]
    assert spread["labelSelector"]["matchLabels"] == {"app": "web-canary"}


OURS, OTHERS = {"matchLabels": {"app": "web"}}, {"matchLabels": {"app": "db"}}
CANARY = {"matchLabels": {"app": "web-canary"}}


@pytest.mark.parametrize(
    ("spec", "copy"),
    [
        ({"podSelector": OURS, "ingress": []}, {"podSelector": CANARY, "ingress": []}),
        (
            {"podSelector": OTHERS, "ingress": [{"from": [{"podSelector": OURS}]}]},
            {"podSelector": OTHERS, "ingress": [{"from": [{"podSelector": CANARY}]}]},
        ),
        ({"podSelector": {}}, None),
        ({"podSelector": OTHERS}, None),
        ({"podSelector": {"matchLabels": {"tier": "front"}}}, None),
        ({"podSelector": OTHERS, "egress": [{"to": [{"namespaceSelector": OURS}]}]}, None),
    ],
    ids=["of ours", "to others", "of all", "of others", "of ours still", "of a namespace"],
)
def test_network_policy(spec: Object, copy: Object | None) -> None:
    """What opens a way for running pods, or to them, is opened for the canary as well."""
    found = of_kind(made(deployment(), service(), route(), policy(spec)), "NetworkPolicy")
    assert [each["spec"] for each in found] == ([copy] if copy else [])


def test_service_that_is_reached_from_outside() -> None:
    """The canary's is not: it would take a port, or cost an address."""
    ports = [{"port": 8000, "nodePort": 30000}]
    found = made(deployment(), service(type="LoadBalancer", ports=ports), route())
    [door] = of_kind(found, "Service")
    assert (door["spec"]["type"], door["spec"]["ports"]) == ("ClusterIP", [{"port": 8000}])


def test_long_name() -> None:
    """It is cut: Kubernetes takes 63 characters."""
    name = "w" * 63
    found = made(deployment(name), service(name), route(rule(backend(name))))
    assert {each["metadata"]["name"] for each in found.objects} == {"w" * 56 + "-canary"}


@pytest.mark.parametrize(
    ("resources", "why"),
    [
        ((deployment(), service()), "no HTTPRoute of the release leads"),
        ((deployment(image=OLD_IMAGE), service(), route()), "no HTTPRoute of the release leads"),
        ((deployment(), service(), route(rule(backend("other")))), "no HTTPRoute of the release"),
        (
            (deployment() | {"kind": "StatefulSet"}, service(), route()),
            "of StatefulSet stage-web, as only a Deployment",
        ),
    ],
    ids=["no route", "another image", "another Service", "no Deployment"],
)
def test_none_can_be_made(resources: tuple[Object, ...], why: str) -> None:
    """The release is refused, and it is said why."""
    with pytest.raises(NothingChanged, match=why):
        made(*resources)


@pytest.mark.parametrize(
    ("routes", "why"),
    [
        ([], "no HTTPRoute leads to the running release yet"),
        ([route(rule(backend(port=9)))], "leads to port 9 of Service stage-web, which the release"),
        ([route(rule(backend(weight=101)))], "has a weight above 100"),
    ],
    ids=["none", "another port", "a weight"],
)
def test_route_as_it_is(routes: list[Object], why: str) -> None:
    """It has to lead where the canary is, too."""
    with pytest.raises(NothingChanged, match=why):
        admit(made(deployment(), service(), route()), routes)


def settings(name: str, **data: str) -> Object:
    """A ConfigMap."""
    return resource("ConfigMap", name, {}, data=data)


def test_settings_of_a_new_name() -> None:
    """The canary brings them."""
    wanted = [settings("a-1", key="old"), settings("a-2", key="new")]
    [brought] = beside(wanted[:1], wanted, wanted, 7)
    assert (brought["metadata"]["name"], is_canary(brought)) == ("a-2", True)


def test_settings_that_would_change() -> None:
    """They would change under running pods, so it is refused."""
    old, new = [settings("a", key="old")], [settings("a", key="new")]
    with pytest.raises(NothingChanged, match="ConfigMap a would change for both"):
        beside(old, new, new, 7)
