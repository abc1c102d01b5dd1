"""What the cluster is given only where it lacks it."""

from collections.abc import Callable

import pytest

from local import cluster
from local.control_plane import COREDNS_VERSION
from local.errors import CommandFailed
from local.toolchain.catalogue import GATEWAY_API

Answers = Callable[[str], list[str]]


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Answers:
    """Lets kubectl print something; gives the list of its calls."""

    def answer(printed: str) -> list[str]:
        calls: list[str] = []

        def kubectl(*arguments: str) -> str:
            calls.append(" ".join(arguments))
            return printed

        monkeypatch.setattr(cluster, "kubectl", kubectl)
        return calls

    return answer


@pytest.mark.parametrize(
    ("status", "ready"), [("True", True), ("False", False), ("Unknown", False), ("", False)]
)
def test_node(answers: Answers, status: str, ready: bool) -> None:
    """It is ready when its condition says so."""
    answers(status)

    assert cluster.node_is_ready() is ready


def test_node_of_a_cluster_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not ready, and that is no error yet."""

    def refuse(*arguments: str) -> str:
        raise CommandFailed("kubectl get node exited with 1: connection refused")

    monkeypatch.setattr(cluster, "kubectl", refuse)

    assert not cluster.node_is_ready()


def test_node_that_is_never_ready(answers: Answers) -> None:
    """The sentence says how long it was waited for, and which log to read."""
    answers("False")

    with pytest.raises(CommandFailed, match="The node is not ready after 0 s") as failed:
        cluster.wait_for_node(seconds=0)

    assert failed.value.log and failed.value.log.name == "kubelet.log"


@pytest.mark.parametrize(
    ("found", "applied"), [("", True), ("v0.0.1", True), (GATEWAY_API.version, False)]
)
def test_gateway_api(answers: Answers, found: str, applied: bool) -> None:
    """Its definitions are applied where another version or none is there."""
    calls = answers(found)

    cluster.add_gateway_api()

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
    answers(image)
    calls: list[object] = []
    monkeypatch.setattr("local.command.run", lambda *words, **_: calls.append(words))

    cluster.add_dns()

    assert bool(calls) is deployed


@pytest.mark.parametrize(("printed", "created"), [("", True), ("kubeadm:cluster-admins", False)])
def test_administrators(answers: Answers, printed: str, created: bool) -> None:
    """They are given their rights where they do not have them."""
    calls = answers(printed)

    cluster.add_administrators()

    assert any(call.startswith("create clusterrolebinding") for call in calls) is created
