"""What of a release goes before its rollout."""

from typing import Any

import pytest

from ci.manifests.manifest import Manifest, Object
from ci.manifests.waves import BEFORE, ORDER, kept, lasting, objections, waves


def resource(kind: str, name: str, mark: str | None = None, version: str = "v1") -> Object:
    """A resource, marked or not."""
    metadata: dict[str, Any] = {"name": name}
    if mark:
        metadata["annotations"] = {BEFORE: mark}
    return {"apiVersion": version, "kind": kind, "metadata": metadata}


def job(name: str = "migration", mark: str | None = "rollout", order: str = "") -> Object:
    """A Job."""
    found = resource("Job", name, mark, "batch/v1")
    if order:
        found["metadata"].setdefault("annotations", {})[ORDER] = order
    return found


WEB, SERVICE = resource("Deployment", "web", version="apps/v1"), resource("Service", "web")
SETTINGS, ACCOUNT = resource("ConfigMap", "settings"), resource("ServiceAccount", "web")


def names(found: list[Manifest]) -> list[list[str]]:
    """What is in each wave."""
    return [[each["metadata"]["name"] for each in wave.objects] for wave in found]


def test_release_in_which_nothing_is_marked() -> None:
    """It is applied at once, as it is."""
    manifest = Manifest.of([ACCOUNT, WEB, job(mark=None)])
    assert waves(manifest) == [manifest]
    assert lasting(manifest) is manifest


def test_release_with_a_migration() -> None:
    """It goes first, with what its pods may need; what leads requests does not."""
    found = waves(Manifest.of([WEB, SETTINGS, job(), SERVICE, job("report", None)]))
    assert names(found) == [["settings", "migration"], ["web", "web", "report"]]


def test_release_with_several_migrations() -> None:
    """Each begins when those before it are there; what has no order is before all that has one."""
    late, early, seed = job("late", order="10"), job("early"), job("seed", order="2")
    found = waves(Manifest.of([WEB, late, seed, SETTINGS, early, job("beside", order="2")]))
    assert names(found) == [["settings", "early"], ["seed", "beside"], ["late"], ["web"]]


def test_release_of_which_all_is_marked() -> None:
    """There is nothing after it."""
    assert names(waves(Manifest.of([job()]))) == [["migration"]]


def test_workload_that_is_marked() -> None:
    """It goes first too, such as a database; and it lasts, which a migration does not."""
    database = resource("StatefulSet", "database", "rollout", "apps/v1")
    manifest = Manifest.of([database, job(), WEB])
    assert names(waves(manifest)) == [["database", "migration"], ["web"]]
    assert names([lasting(manifest)]) == [["database", "web"]]


@pytest.mark.parametrize(("mark", "count"), [(None, 0), ("rollout", 0), ("verify", 1)])
def test_mark_that_is_not_known(mark: str | None, count: int) -> None:
    """It is refused, with what may be written."""
    found = list(objections(job(mark=mark)))
    assert len(found) == count
    assert all("Job migration is annotated ci/before: verify" in each for each in found)


@pytest.mark.parametrize(
    ("mark", "order", "said"),
    [
        ("rollout", "2", ""),
        ("rollout", "first", 'that is no order: write a number in quotes, such as "2".'),
        ("rollout", "-1", "that is no order"),
        (None, "2", "mark it with ci/before: rollout too"),
    ],
)
def test_order(mark: str | None, order: str, said: str) -> None:
    """It is a number, of what goes before the rollout."""
    found = list(objections(job(mark=mark, order=order)))
    assert len(found) == bool(said)
    assert all(said in each for each in found)


def test_migrations_that_stay() -> None:
    """Each is told of once, with the last release that had it, unless it is the same one."""
    same, other = job("same") | {"spec": 1}, job("other") | {"spec": 2}
    again = job("other") | {"spec": 3}
    target = Manifest.of([WEB, same])
    later = [
        ("release 5", Manifest.of([WEB, same, other, job("plain", None)])),
        ("release 6", Manifest.of([WEB, same, again])),
    ]
    assert kept(target, later) == ["Job other of release 6 is not undone: what it did stays."]
    assert kept(target, later[:0]) == []
