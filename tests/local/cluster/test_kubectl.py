"""What kubectl says of a node."""

from pathlib import Path

import pytest

from local.cluster import kubectl
from local.host.errors import CommandFailed
from tests.local.cluster.conftest import Answers


@pytest.mark.parametrize(
    ("status", "ready"), [("True", True), ("False", False), ("Unknown", False), ("", False)]
)
def test_node(answers: Answers, status: str, ready: bool) -> None:
    """It is ready when its condition says so."""
    answers(kubectl, status)

    assert kubectl.node_is_ready("worker-1") is ready


def test_node_of_a_cluster_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not ready, and that is no error yet."""

    def refuse(*arguments: str) -> str:
        raise CommandFailed("kubectl get node exited with 1: connection refused")

    monkeypatch.setattr(kubectl, "kubectl", refuse)

    assert not kubectl.node_is_ready("worker-1")


def test_node_that_is_never_ready(answers: Answers) -> None:
    """The sentence says how long it was waited for, and which log to read."""
    answers(kubectl, "False")

    with pytest.raises(CommandFailed, match="node worker-1 is not ready after 0 s") as failed:
        kubectl.wait_for_node("worker-1", Path("kubelet-worker-1.log"), seconds=0)

    assert failed.value.log == Path("kubelet-worker-1.log")
