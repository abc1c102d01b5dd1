"""Names of kinds."""

import pytest
from kubernetes import client

from ci.cluster.kinds import PLURALS, method, plurals


@pytest.mark.parametrize(
    "kind", ["ConfigMap", "PersistentVolumeClaim", "Pod", "Secret", "Service", "ServiceAccount"]
)
def test_method(kind: str) -> None:
    """The client has a method that reads it."""
    assert hasattr(client.CoreV1Api, f"read_namespaced_{method(kind)}")


def test_plurals_of_a_group() -> None:
    """What belongs to a resource is no kind of its own."""
    listed = [{"kind": "Widget", "name": "widgets"}, {"kind": "Widget", "name": "widgets/status"}]
    assert plurals("a.b", listed) == {("a.b", "Widget"): "widgets"}


def test_plurals_that_are_known() -> None:
    """Each is its kind in lower case, and more."""
    assert all(name.startswith(kind.lower()[:-1]) for (_, kind), name in PLURALS.items())
