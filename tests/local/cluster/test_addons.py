"""What the cluster is given only where it lacks it."""

import pytest

from local.cluster import addons
from local.images.cluster import COREDNS_VERSION
from local.tools.catalogue import GATEWAY_API
from tests.local.cluster.conftest import Answers


@pytest.mark.parametrize(
    ("found", "applied"), [("", True), ("v0.0.1", True), (GATEWAY_API.version, False)]
)
def test_gateway_api(answers: Answers, found: str, applied: bool) -> None:
    """Its definitions are applied where another version or none is there."""
    calls = answers(addons, found)

    addons.add_gateway_api()

    assert any(call.startswith("apply --server-side") for call in calls) is applied


@pytest.mark.parametrize(
    ("image", "deployed"),
    [
        ("", True),
        ("registry.k8s.io/coredns/coredns:v0.0.1", True),
        (f"registry.k8s.io/coredns/coredns:{COREDNS_VERSION}", False),
    ],
    ids=["none", "another version", "the stack's version"],
)
def test_dns(answers: Answers, monkeypatch: pytest.MonkeyPatch, image: str, deployed: bool) -> None:
    """It is deployed by kubeadm where another version or none is there."""
    answers(addons, image)
    calls: list[object] = []
    monkeypatch.setattr("local.host.command.run", lambda *words, **_: calls.append(words))

    addons.add_dns()

    assert bool(calls) is deployed


@pytest.mark.parametrize(("printed", "created"), [("", 2), ("kubeadm:cluster-admins", 0)])
def test_administrators(answers: Answers, printed: str, created: int) -> None:
    """They, and the API server towards kubelets, are given their rights where they lack them."""
    calls = answers(addons, printed)

    addons.add_administrators()

    assert sum(call.startswith("create clusterrolebinding") for call in calls) == created
