"""What a release deletes, case by case."""

from typing import Any

import pytest

from ci.manifests.prune import abandoned, lost, ours, remains, steers

Object = dict[str, Any]


def resource(
    name: str, kind: str = "Service", version: str = "v1", namespace: str = "stage"
) -> Any:
    """A resource with no more than its name."""
    metadata = {"name": name, "namespace": namespace, "labels": {"a": "b"}}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": {}}


A, B = resource("a"), resource("b")
CASES: dict[str, tuple[list[Object], list[Object], list[str]]] = {
    "nothing applied before": ([], [A], []),
    "the same again": ([A, B], [B, A], []),
    "one is not rendered any more": ([A, B], [A], ["b"]),
    "none is rendered any more": ([A, B], [], ["a", "b"]),
    "applied by several releases": ([A, B, A, B], [A], ["b"]),
    "the same name, another kind": ([A], [resource("a", kind="Secret")], ["a"]),
    "the same kind, another group": (
        [resource("a", "Ingress", "extensions/v1beta1")],
        [resource("a", "Ingress", "networking.k8s.io/v1")],
        ["a"],
    ),
    "the same kind, a newer version": (
        [resource("a", "HorizontalPodAutoscaler", "autoscaling/v1")],
        [resource("a", "HorizontalPodAutoscaler", "autoscaling/v2")],
        [],
    ),
    "the same name, another namespace": ([A], [resource("a", namespace="prod")], ["a"]),
}


@pytest.mark.parametrize(("before", "rendered", "gone"), CASES.values(), ids=CASES)
def test_abandoned(before: list[Object], rendered: list[Object], gone: list[str]) -> None:
    """What was applied before and is not rendered any more goes, once."""
    assert [each["metadata"]["name"] for each in abandoned(before, rendered)] == gone


def test_only_the_name_is_given() -> None:
    """A resource to delete carries what names it and nothing else."""
    assert abandoned([A], []) == [
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a", "namespace": "stage"}}
    ]


@pytest.mark.parametrize(
    ("manager", "operation", "is_ours"),
    [("ci", "Apply", True), ("ci", "Update", False), ("helm", "Apply", False)],
)
def test_resource_made_anew_by_somebody_else(manager: str, operation: str, is_ours: bool) -> None:
    """It stays, though it has the name of one that we applied."""
    metadata = A["metadata"] | {"managedFields": [{"manager": manager, "operation": operation}]}
    live = A | {"metadata": metadata}
    assert ours([live], "ci") == ([live] if is_ours else [])


@pytest.mark.parametrize(
    ("kind", "first"),
    [("HorizontalPodAutoscaler", True), ("ResourceQuota", True), ("Secret", False)],
)
def test_resource_that_decides_of_pods(kind: str, first: bool) -> None:
    """It goes before the rollout that it would disturb; what pods may need goes after it."""
    assert steers(resource("a", kind)) is first


def test_resource_that_stays() -> None:
    """What it waits for is said, or why it could not be deleted."""
    held = {"deletionTimestamp": "2026-05-09T12:00:00Z", "finalizers": ["example.com/hold"]}
    going = A | {"metadata": A["metadata"] | held}
    assert "Service a is being deleted, and waits for its finalizer example.com/hold" in remains(
        going, ""
    )
    assert remains(A, "You may not.") == "Prune: Service a is still there. You may not."
    assert "waits for its finalizer example.com/hold" in lost(going)
