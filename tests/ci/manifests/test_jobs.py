"""When a Job gives way to another of its name."""

from typing import Any

import pytest

from ci.manifests.jobs import at_work, is_job, under_another_name

STATUSES: dict[str, tuple[Any, bool]] = {
    "nothing known yet": (None, False),
    "complete": ({"succeeded": 1, "ready": 0}, False),
    "failed": ({"failed": 7}, False),
    "its image is not there": ({"active": 1, "ready": 0}, False),
    "a pod works": ({"active": 1, "ready": 1}, True),
}


@pytest.mark.parametrize(("status", "works"), STATUSES.values(), ids=STATUSES)
def test_at_work(status: Any, works: bool) -> None:
    """One whose pod cannot start does nothing that could be cut short."""
    assert at_work({"status": status}) is works


@pytest.mark.parametrize(
    ("kind", "version", "found"),
    [("Job", "batch/v1", True), ("CronJob", "batch/v1", False), ("Job", "example.com/v1", False)],
)
def test_job(kind: str, version: str, found: bool) -> None:
    """Others can be changed, or are of nobody knows what."""
    assert is_job({"kind": kind, "apiVersion": version}) is found


@pytest.mark.parametrize("name", ["migrate", "m" * 63])
def test_under_another_name(name: str) -> None:
    """It is a name that a Job may have, and the rest stays."""
    job: dict[str, Any] = {
        "kind": "Job",
        "metadata": {"name": name, "labels": {"a": "b"}},
        "spec": {},
    }
    other = under_another_name(job)
    assert other["metadata"]["name"] != name
    assert len(other["metadata"]["name"]) <= 63
    assert other["metadata"]["labels"] == {"a": "b"}
    assert job["metadata"]["name"] == name
