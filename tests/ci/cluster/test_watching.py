"""Watching a rollout, over a cluster that shows what a test says."""

from collections.abc import Sequence
from datetime import timedelta
from typing import cast

import anyio
import pytest

from ci.cluster import watching
from ci.cluster.client import Cluster
from ci.cluster.watching import Watch
from ci.rollout.deployments import Snapshot
from ci.rollout.limits import Limits
from ci.rollout.status import Object
from ci.run.errors import Refused, RolloutFailed
from tests.ci.objects import container, deployment, pod, ready, snapshot
from tests.ci.shown import CRASHED, SILENCE, STARTING, THERE, Shown


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits are short."""
    monkeypatch.setattr(watching, "POLL_SECONDS", 0.001)


def watch(*moments: Snapshot | Exception, seconds: float = 5, settle: float = 0) -> Snapshot:
    """What watching the rollout comes to."""

    async def watched() -> Snapshot:
        limits = Limits(timedelta(seconds=seconds), timedelta(seconds=settle))
        watch = Watch(cast(Cluster, Shown(*moments)), "stage", [deployment()], limits)
        await watch.current()
        [(_, found)] = await watch.settled()
        assert found is not None
        return found

    return anyio.run(watched)


def test_rollout_that_comes_right() -> None:
    """It is waited for."""
    assert watch(STARTING, STARTING, THERE) is THERE


@pytest.mark.parametrize(
    ("then", "told"),
    [(THERE, ""), (STARTING, "not there any longer"), (CRASHED, "not there any longer")],
    ids=["still there", "not ready", "fell"],
)
def test_rollout_that_was_there(then: Snapshot, told: str) -> None:
    """It is looked at once, and whatever is not as it was is said."""

    async def still() -> str:
        cluster = cast(Cluster, Shown(THERE, then))
        watch = Watch(cluster, "stage", [deployment()], Limits(timedelta(seconds=5)))
        await watch.current()
        try:
            await watch.still()
        except RolloutFailed as failure:
            return failure.sentence
        return ""

    said = anyio.run(still)
    assert told in said and bool(told) == bool(said)


def test_api_server_away_for_a_while() -> None:
    """The watch goes on where it was."""
    assert watch(STARTING, SILENCE, SILENCE, THERE) is THERE


def test_rollout_that_fails() -> None:
    """It is said at once, with what the cluster says of it and what the pod wrote."""
    with pytest.raises(RolloutFailed) as raised:
        watch(STARTING, CRASHED)
    assert str(raised.value).splitlines() == [
        "Pod stage-web-new-x: Back-off",
        "Log of pod stage-web-new-x, container web:",
        "boom True",
        "",
        "Deployment stage-web in stage fails with CrashLoopBackOff: "
        "pod stage-web-new-x, container web: exits with 3 (restarts: 1).",
    ]


def test_rollout_that_takes_too_long() -> None:
    """At the limit it is said how far it came, with what the cluster says of it."""
    with pytest.raises(RolloutFailed, match="0 of 2 pods available. Look at its pods") as raised:
        watch(STARTING, seconds=0.05)
    assert "Back-off" in raised.value.evidence


def test_api_server_away_to_the_end() -> None:
    """Then that is what is said."""
    with pytest.raises(RolloutFailed, match="does not answer"):
        watch(SILENCE, seconds=0.05)


def test_credentials_revoked_meanwhile() -> None:
    """Waiting would not help."""
    with pytest.raises(Refused):
        watch(STARTING, Refused("No longer known."))


def test_container_that_falls_while_pods_settle() -> None:
    """A pod that was ready for a moment is not yet a good release."""
    fallen = snapshot(pod(container(1, {"exitCode": 3}), conditions=[ready(seconds=1)]))
    with pytest.raises(RolloutFailed, match="exits with 3 after it was ready") as raised:
        watch(THERE, fallen, settle=1e9)
    assert "Back-off" in raised.value.evidence


def test_rollout_that_goes_on_after_it_was_there() -> None:
    """An autoscaler may add pods: they are waited for as well."""
    assert watch(THERE, STARTING, STARTING, THERE) is THERE


def test_pods_that_do_not_settle() -> None:
    """At the limit it is said for how long they were ready."""
    with pytest.raises(RolloutFailed, match="is not ready. Look at its pods"):
        watch(THERE, snapshot(pod(container(), conditions=[ready("False")])), seconds=0.05)


def test_what_is_waited_for(capsys: pytest.CaptureFixture[str]) -> None:
    """It is told once, while it is waited for."""
    watch(STARTING, STARTING, STARTING, THERE)
    assert capsys.readouterr().out.splitlines() == ["Deployment stage-web: 0 of 2 pods available"]


def test_resource_that_is_gone() -> None:
    """What was applied and is not there cannot come right."""

    class Empty(Shown):
        async def snapshots(
            self, namespace: str, wanted: Sequence[Object]
        ) -> list[Snapshot | None]:
            return [None for _ in wanted]

    async def watched() -> None:
        limits = Limits(timedelta(seconds=5))
        await Watch(cast(Cluster, Empty(THERE)), "stage", [deployment()], limits).current()

    with pytest.raises(RolloutFailed, match="Deployment stage-web in stage fails with Missing"):
        anyio.run(watched)
