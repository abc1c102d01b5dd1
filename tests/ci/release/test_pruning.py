"""What is deleted after a release, over a namespace that keeps what is applied to it."""

from collections.abc import Iterable
from typing import Any, cast

import anyio
import pytest

from ci.cluster.client import Cluster
from ci.manifests.manifest import Object
from ci.release import pruning
from ci.release.pruning import Pruned
from ci.run.errors import Refused, Unreachable
from tests.ci.release.test_releasing import resource
from tests.ci.shown import GOING, THERE, Namespace

A, B = resource("Service", "a"), resource("Role", "b")


@pytest.fixture
def cluster() -> Namespace:
    """A namespace with two resources of ours."""
    found = Namespace(THERE)
    found.kubectl.objects |= {"a": A, "b": B}
    return found


def delete(cluster: Namespace, *resources: Object) -> Pruned:
    """What deleting resources comes to."""
    return anyio.run(pruning.delete, cast(Cluster, cluster), "stage", resources)


def names(resources: Iterable[Object]) -> list[str]:
    """What they are called."""
    return [each["metadata"]["name"] for each in resources]


def test_resources_that_go(cluster: Namespace) -> None:
    """There is nothing to say of them."""
    assert delete(cluster, A, B) == Pruned()
    assert cluster.kubectl.objects == {}


def test_nothing_to_delete(cluster: Namespace) -> None:
    """Nobody is asked."""
    assert delete(cluster) == Pruned()
    assert cluster.kubectl.done == []


def test_resource_that_may_not_be_seen(cluster: Namespace) -> None:
    """It is told and remembered, and the other goes."""
    cluster.kubectl.unseen["b"] = Refused("You may not.")
    found = delete(cluster, A, B)
    assert found.told == ("Prune: Role b was left alone. You may not.",)
    assert names(found.left) == ["b"]
    assert set(cluster.kubectl.objects) == {"b"}


def test_resource_that_was_on_its_way_out_before(cluster: Namespace) -> None:
    """It is not deleted again, which would only be waited for once more."""
    cluster.kubectl.objects["a"] = A | {"metadata": A["metadata"] | GOING}
    found = delete(cluster, A)
    assert (cluster.kubectl.done, names(found.left)) == ([], ["a"])


def test_cluster_that_does_not_answer(cluster: Namespace, monkeypatch: pytest.MonkeyPatch) -> None:
    """What may still be there is told and remembered: the release is none the worse."""

    async def live(*_: Any) -> list[Object]:
        raise Unreachable("No answer.")

    monkeypatch.setattr(cluster.kubectl, "live", live)
    monkeypatch.setattr("ci.run.patience.LIMIT_SECONDS", {Unreachable: 0.0})
    monkeypatch.setattr("ci.run.patience.PAUSE_SECONDS", 0.0)
    found = delete(cluster, A, B)
    assert found.told == ("Prune: Service a, Role b may still be there. No answer.",)
    assert names(found.left) == ["a", "b"]
