"""Watching a rollout, over a cluster that shows what a test says."""

from datetime import timedelta
from typing import Any, cast

import anyio
import pytest

from ci import watching
from ci.cluster import Cluster
from ci.errors import Refused, RolloutFailed
from ci.rollout import Snapshot, Status
from tests.ci.shown import CRASHED, SILENCE, STARTING, THERE, Shown


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits are short."""
    monkeypatch.setattr(watching, "POLL_SECONDS", 0.001)


def watch(*moments: Snapshot | Exception, seconds: float = 5) -> Any:
    """What watching the rollout comes to."""
    shown = cast(Cluster, Shown(*moments))
    limit = timedelta(seconds=seconds)
    return anyio.run(watching.watch, shown, "stage", "stage-fastapi", limit)


def test_rollout_that_comes_right() -> None:
    """It is waited for."""
    assert watch(STARTING, STARTING, THERE).status is Status.CURRENT


def test_api_server_away_for_a_while() -> None:
    """The watch goes on where it was."""
    assert watch(STARTING, SILENCE, SILENCE, THERE).status is Status.CURRENT


def test_rollout_that_fails() -> None:
    """It is said at once, with what the cluster says of it and what the pod wrote."""
    with pytest.raises(RolloutFailed) as raised:
        watch(STARTING, CRASHED)
    assert str(raised.value).splitlines() == [
        "Pod stage-fastapi-new-x: Back-off",
        "Log of pod stage-fastapi-new-x, container fastapi:",
        "boom True",
        "",
        "Deployment stage-fastapi in stage fails with CrashLoopBackOff: "
        "pod stage-fastapi-new-x, container fastapi: exits with 3 (restarts: 1).",
    ]


def test_rollout_that_takes_too_long() -> None:
    """At the limit it is said how far it came, with what the cluster says of it."""
    with pytest.raises(RolloutFailed, match="0 of 2 pods available.* --timeout") as raised:
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
