"""Verifying an environment, over a cluster that shows what a test says."""

from collections.abc import Sequence
from functools import partial
from typing import cast

import anyio
import pytest

from ci import verification
from ci.cluster import Cluster
from ci.environments import ENVIRONMENTS, Env
from ci.errors import NotFound, NotVerified
from ci.history import Release, State
from ci.report import Report
from ci.running import Running
from tests.ci.objects import IMAGE, OLD_IMAGE, container, pod, snapshot
from tests.ci.shown import (
    CRASHED,
    SILENCE,
    STARTING,
    THERE,
    VERSION,
    Namespace,
    Shown,
    Way,
    route,
)

STAGE = ENVIRONMENTS[Env.stage]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits are short."""
    monkeypatch.setattr(verification, "POLL_SECONDS", 0.001)
    monkeypatch.setattr(verification, "SETTLE_SECONDS", 0.05)
    monkeypatch.setattr(verification, "entrance", Way.into)


def verify(
    shown: Shown,
    image: str | None = None,
    revision: str = "",
    routes: Sequence[str] | None = (STAGE.route,),
) -> Running:
    """What verifying the environment comes to."""
    release = (image, revision, routes)
    return anyio.run(partial(verification.verify, cast(Cluster, shown), STAGE, *release))


def test_environment_that_is_well() -> None:
    """What it runs is said."""
    shown = Shown(THERE)
    found = verify(shown)
    assert (found.image, found.revision, found.through) == (IMAGE, "abc", "the gateway")
    assert set(shown.ways) == {"gateway"}


def test_environment_whose_overlay_has_no_route() -> None:
    """It is asked through the API server, and that is said."""
    shown = Shown(THERE, route=NotFound("404"))
    found = verify(shown, routes=())
    assert found.through == "the API server, as it has no HTTPRoute"
    assert set(shown.ways) == {"API server"}


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("", "gateway"),
        ("kind: HTTPRoute\nmetadata: {name: stage-fastapi-route}", "gateway"),
        ("kind: Service", "API server"),
    ],
)
def test_environment_that_is_asked_after_its_release(text: str, way: str) -> None:
    """The routes are those of the last good release, or the one that every environment has."""
    shown = Namespace(THERE)
    if text:
        report = Report("stage", IMAGE, "abc")
        kept = Release(1, State.DEPLOYED, report, text).to_secret(STAGE)
        shown.kept[kept["metadata"]["name"]] = kept
    verify(shown, routes=None)
    assert set(shown.ways) == {way}


def test_endpoints_that_lag() -> None:
    """The service may answer for the commit before at first."""
    shown = Shown(THERE, version={"revision": "before"})

    async def verify_while_they_catch_up() -> None:
        async with anyio.create_task_group() as group:
            release = (None, "", [STAGE.route])
            group.start_soon(verification.verify, cast(Cluster, shown), STAGE, *release)
            await anyio.sleep(0.01)
            shown.answers["version"] = VERSION

    anyio.run(verify_while_they_catch_up)


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        (Shown(STARTING), "stage-fastapi in stage is InProgress: 0 of 2 pods available"),
        (Shown(CRASHED), "stage-fastapi in stage is Failed"),
        (Shown(snapshot(pod(container(), image=OLD_IMAGE))), "Not every pod of stage-fastapi"),
        (Shown(THERE, health={"status": "ill"}), "its health is"),
        (Shown(THERE, health=["ok"]), "does not answer"),
        (Shown(THERE, health=SILENCE), "The cluster does not answer"),
        (Shown(THERE, version={"revision": "zzz"}), "answers for commit zzz, not for abc"),
        (Shown(THERE, version=NotFound("No /version.")), "No /version"),
        (Shown(THERE, route=NotFound("No such route.")), "HTTPRoute stage-fastapi-route.*No such"),
        (Shown(THERE, route=route()), "no controller has answered for Gateway public"),
    ],
)
def test_environment_that_is_not_well(shown: Shown, said: str) -> None:
    """What is not right is named."""
    with pytest.raises(NotVerified, match=said):
        verify(shown)


def test_environment_that_runs_another_release() -> None:
    """After a deploy, neither another image nor another commit will do."""
    with pytest.raises(NotVerified, match="Not every pod"):
        verify(Shown(THERE), image=OLD_IMAGE)
    with pytest.raises(NotVerified, match="answers for commit abc, not for new"):
        verify(Shown(THERE), image=IMAGE, revision="new")


def test_environment_without_a_release() -> None:
    """It is said that nothing is deployed, and what deploys it."""
    with pytest.raises(NotFound, match="Nothing is deployed to stage.*deploy --env stage"):
        verify(Shown(NotFound("404")))
