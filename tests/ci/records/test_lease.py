"""Who may release to an environment, over a cluster that keeps one Lease."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import anyio
import pytest

from ci.cluster.client import Cluster
from ci.records import lease
from ci.run import patience
from ci.run.errors import Conflict, Held, LeaseLost, Unreachable
from tests.ci.objects import NOW, ago
from tests.ci.sample import STAGE

Object = dict[str, Any]


def held_by(holder: str | None, **renewed: float) -> Object:
    """A Lease that was renewed so long before now."""
    spec = {"holderIdentity": holder, "leaseDurationSeconds": 10, "renewTime": ago(**renewed)}
    return {"metadata": {"name": "stage-web"}, "spec": {**spec, "acquireTime": ago(hours=1)}}


class OneLease:
    """A cluster with one Lease at most, which changes only where nobody changed it since."""

    def __init__(self, found: Object | None = None) -> None:
        self.found = found
        self.version = 0
        self.silent = False
        self.loses_an_answer = False

    async def user(self) -> str:
        """Who asks."""
        return "me"

    async def lease(self, namespace: str, name: str) -> Object | None:
        """The Lease with its version."""
        self._answer()
        if self.found is None:
            return None
        metadata = self.found["metadata"] | {"resourceVersion": self.version}
        return self.found | {"metadata": metadata}

    async def create_lease(self, namespace: str, made: Object) -> Object:
        """The Lease, if there was none."""
        if self.found is not None:
            raise Conflict("There is one.")
        written = await self._written(made)
        if self.loses_an_answer:
            self.loses_an_answer = False
            raise Unreachable("No answer.")
        return written

    async def replace_lease(self, namespace: str, made: Object) -> Object:
        """The Lease, if it is of the version that there is."""
        self._answer()
        if made["metadata"]["resourceVersion"] != self.version:
            raise Conflict("It changed.")
        return await self._written(made)

    async def changed_by_its_holder(self, what: str) -> None:
        """Its holder lives, or has just ended."""
        await anyio.sleep(0.02)
        assert self.found
        change = {"renewed": {"renewTime": ago(hours=-1)}, "given back": {"holderIdentity": None}}
        self.found = self.found | {"spec": self.found["spec"] | change[what]}
        self.version += 1

    async def _written(self, made: Object) -> Object:
        self.found = made
        self.version += 1
        written = await self.lease("stage", "stage-web")
        assert written
        return written

    def _answer(self) -> None:
        if self.silent:
            raise Unreachable("No answer.")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits are short."""
    monkeypatch.setattr(lease, "RENEW_SECONDS", 0.01)
    monkeypatch.setattr(lease, "LOOK_SECONDS", 0.01)


def hold(cluster: OneLease, meanwhile: Callable[[], Any] = lambda: anyio.sleep(0)) -> None:
    """Hold the Lease while something goes on."""

    async def do() -> None:
        async with lease.held(cast(Cluster, cluster), STAGE, "deploy of commit abc"):
            await meanwhile()

    anyio.run(do)


def holder(cluster: OneLease) -> str | None:
    """Who holds the Lease."""
    assert cluster.found
    found: str | None = cluster.found["spec"].get("holderIdentity")
    return found


@pytest.mark.parametrize(
    "found", [None, held_by(None), held_by("dead", days=1)], ids=["none", "given back", "run out"]
)
def test_lease_that_nobody_holds(found: Object | None) -> None:
    """It is taken, names its holder meanwhile, and is given back."""
    cluster = OneLease(found)
    seen: list[str | None] = []

    async def look() -> None:
        seen.append(holder(cluster))

    hold(cluster, look)
    assert seen[0] and seen[0].startswith("deploy of commit abc by me (")
    assert holder(cluster) is None


@pytest.mark.parametrize("what", ["renewed", "given back"])
def test_lease_whose_holder_lives(what: str) -> None:
    """Who holds it is said, and since when; nothing is done, even if that one ends meanwhile."""
    cluster = OneLease(held_by("deploy of commit xyz by you", seconds=-9e9))
    said = "stage is being released to: deploy of commit xyz by you since 2026-05-09 11:00:00"

    async def two() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(cluster.changed_by_its_holder, what)
            with pytest.raises(Held, match=said):
                async with lease.held(cast(Cluster, cluster), STAGE, "deploy"):
                    pytest.fail("It was not free.")

    anyio.run(two)


@pytest.mark.parametrize(
    "found", [None, held_by(None), held_by("dead", days=1)], ids=["none", "given back", "run out"]
)
def test_lease_that_nobody_is_seen_to_hold(found: Object | None) -> None:
    """Whoever only looks at it goes on at once, and leaves it as it is."""
    cluster = OneLease(found)
    anyio.run(lease.unheld, cast(Cluster, cluster), STAGE)
    assert (cluster.found, cluster.version) == (found, 0)


@pytest.mark.parametrize(("what", "lives"), [("renewed", True), ("given back", False)])
def test_lease_that_is_looked_at_while_somebody_holds_it(what: str, lives: bool) -> None:
    """Its holder is seen to live by renewing it, and is named; one that has ended is gone."""
    cluster = OneLease(held_by("deploy by you", seconds=-9e9))
    seen: list[Object | None] = []

    async def two() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(cluster.changed_by_its_holder, what)
            seen.append(await lease.alive(cast(Cluster, cluster), STAGE))

    anyio.run(two)
    assert bool(seen[0]) is lives


def test_lease_that_is_held_when_it_is_looked_at() -> None:
    """Who holds it is said, and since when."""
    cluster = OneLease(held_by("deploy by you", seconds=-9e9))

    async def two() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(cluster.changed_by_its_holder, "renewed")
            with pytest.raises(Held, match="stage is being released to: deploy by you since"):
                await lease.unheld(cast(Cluster, cluster), STAGE)

    anyio.run(two)


def test_lease_that_is_looked_at_after_its_holder_was_killed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It does not change for a while: nobody is seen to live."""
    monkeypatch.setattr(lease, "ALIVE_SECONDS", 0.05)
    cluster = OneLease(held_by("dead", seconds=-9e9))
    assert anyio.run(lease.alive, cast(Cluster, cluster), STAGE) is None


def test_lease_whose_holder_was_just_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is taken over once it was not renewed for as long as it lasts."""
    cluster = OneLease(held_by("dead", seconds=-9e9))
    assert cluster.found
    cluster.found["spec"]["leaseDurationSeconds"] = 0
    hold(cluster)
    assert holder(cluster) is None


def test_lease_is_renewed() -> None:
    """Whoever looks at it sees it change."""
    cluster = OneLease()
    hold(cluster, lambda: anyio.sleep(0.1))
    assert cluster.version > 3


def test_api_server_away_for_a_while() -> None:
    """The Lease is kept."""
    cluster = OneLease()

    async def away() -> None:
        cluster.silent = True
        await anyio.sleep(0.05)
        cluster.silent = False
        await anyio.sleep(0.05)

    hold(cluster, away)
    assert holder(cluster) is None


def test_lease_taken_without_our_knowing(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is ours: nobody waits for himself."""
    monkeypatch.setattr(patience, "PAUSE_SECONDS", 0.01)
    cluster = OneLease()
    cluster.loses_an_answer = True
    began = time.monotonic()
    hold(cluster)
    assert time.monotonic() - began < 1
    assert holder(cluster) is None


def test_answer_that_was_lost() -> None:
    """A renewal that came through without our knowing is no stranger's."""
    cluster = OneLease()

    async def renewed_unnoticed() -> None:
        cluster.version += 1
        await anyio.sleep(0.05)

    hold(cluster, renewed_unnoticed)


def test_lease_that_is_lost() -> None:
    """What goes on meanwhile ends at once."""
    cluster = OneLease()

    async def taken() -> None:
        cluster.found = held_by("another")
        cluster.version += 1
        await anyio.sleep(5)
        pytest.fail("It went on.")

    with pytest.raises(ExceptionGroup) as raised:
        hold(cluster, taken)
    assert isinstance(raised.value.exceptions[0], LeaseLost)
    assert holder(cluster) == "another"


def test_failure_meanwhile() -> None:
    """It comes out as it is, and the Lease is given back."""
    cluster = OneLease()

    async def fail() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError):
        hold(cluster, fail)
    assert holder(cluster) is None


@pytest.mark.parametrize(
    ("found", "watched", "is_vacant"),
    [
        (held_by(None), 0, True),
        (held_by("a", seconds=1), 0, False),
        (held_by("a", seconds=1), 9, False),
        (held_by("a", seconds=1), 11, True),
        (held_by("a", seconds=30), 0, False),
        (held_by("a", seconds=71), 0, True),
    ],
)
def test_vacant(found: Object, watched: float, is_vacant: bool) -> None:
    """A holder is dead when silent while watched; by the clocks alone, only long after."""
    assert lease.vacant(found, NOW, timedelta(seconds=watched)) is is_vacant


def test_claimed_from_another() -> None:
    """The hand-over is counted, and the version that was read goes along."""
    before = held_by("a", days=1)
    made = lease.claimed("stage-web", "b", before)
    assert made["metadata"] == before["metadata"]
    assert made["spec"]["leaseTransitions"] == 0
    assert datetime.fromisoformat(made["spec"]["renewTime"]) <= datetime.now(UTC)
