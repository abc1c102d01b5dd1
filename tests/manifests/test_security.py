"""Pods keep to Pod Security "restricted", and the namespaces enforce it."""

import pytest

from tests.manifests.rendering import NAMESPACES, Object, Overlay, objects_of


def test_namespaces_are_those_of_the_environments() -> None:
    """Each environment has a namespace of its name."""
    names = [each["metadata"]["name"] for each in objects_of(NAMESPACES)]

    assert names == ["dev", "prod", "stage"]


@pytest.mark.parametrize("mode", ["enforce", "audit", "warn"])
def test_namespaces_are_restricted(mode: str) -> None:
    """Each of the three modes is "restricted", at the cluster's own version of it."""
    for namespace in objects_of(NAMESPACES):
        labels = namespace["metadata"]["labels"]

        assert labels[f"pod-security.kubernetes.io/{mode}"] == "restricted"
        assert labels[f"pod-security.kubernetes.io/{mode}-version"] == "latest"


def test_pod_is_an_unprivileged_user(overlay: Overlay) -> None:
    """The pod runs as a numeric user above 10000 under the runtime's seccomp profile."""
    context = overlay.pod["spec"]["securityContext"]

    assert context == {
        "runAsNonRoot": True,
        "runAsUser": 10001,
        "runAsGroup": 10001,
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def test_container_can_gain_nothing(overlay: Overlay) -> None:
    """No capability, no escalation, and nothing of its file system can be written."""
    assert overlay.container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
    }


def test_pod_has_no_token_and_no_host(overlay: Overlay) -> None:
    """No API token is mounted, and no volume or namespace of the host is shared."""
    spec = overlay.pod["spec"]

    assert overlay.only("ServiceAccount")["automountServiceAccountToken"] is False
    assert spec["automountServiceAccountToken"] is False
    assert not spec.keys() & {"volumes", "hostNetwork", "hostPID", "hostIPC"}


def test_namespace_is_closed_by_default(overlay: Overlay) -> None:
    """A policy for every pod of the namespace allows nothing, neither in nor out."""
    (closed,) = [each for each in policies(overlay) if each["podSelector"] == {}]

    assert closed == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_service_is_open_to_the_gateway_and_to_prometheus(overlay: Overlay) -> None:
    """Both come from their own namespaces, to the service's port; it may ask DNS and no more."""
    (opened,) = [each for each in policies(overlay) if each["podSelector"]]
    (ingress,), (egress,) = opened["ingress"], opened["egress"]
    namespaces = [
        each["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]
        for each in [*ingress["from"], *egress["to"]]
    ]

    assert opened["podSelector"]["matchLabels"].items() <= overlay.pod["metadata"]["labels"].items()
    assert namespaces == ["envoy-gateway-system", "monitoring", "kube-system"]
    assert ingress["ports"] == [{"protocol": "TCP", "port": overlay.container["ports"][0]["name"]}]
    assert {each["port"] for each in egress["ports"]} == {53}
    assert all("podSelector" in each for each in [*ingress["from"], *egress["to"]])


def policies(overlay: Overlay) -> list[Object]:
    """The specifications of its NetworkPolicies."""
    return [each["spec"] for each in overlay.objects if each["kind"] == "NetworkPolicy"]
