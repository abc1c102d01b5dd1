"""Verifying an environment, over a cluster that shows what a test says."""

from collections.abc import Sequence
from datetime import timedelta
from typing import cast

import anyio
import pytest

from ci.cluster.client import Cluster
from ci.cluster.watching import Watch
from ci.manifests.manifest import Manifest, Object
from ci.project.environments import Environment
from ci.release import verification
from ci.rollout.limits import Limits
from ci.rollout.running import Running
from ci.run.errors import KeptOut, NotFound, NotVerified, ReleaseError, RolloutFailed
from tests.ci.objects import IMAGE, OLD_IMAGE, ago, container, deployment, pod, service, snapshot
from tests.ci.sample import STAGE
from tests.ci.shown import (
    ATTACHED,
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


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits are short."""
    monkeypatch.setattr(verification, "POLL_SECONDS", 0.001)
    monkeypatch.setattr(verification, "SETTLE_SECONDS", 0.05)
    monkeypatch.setattr(verification, "entrances", Way.into)


def verify(
    shown: Shown,
    image: str = IMAGE,
    revision: str = "abc",
    resources: Sequence[Object] = (deployment(), service(), ATTACHED),
    environment: Environment = STAGE,
) -> Running:
    """What verifying a release comes to, whose overlay has `IMAGE`."""

    async def verified() -> Running:
        cluster, manifest = cast(Cluster, shown), Manifest.of(resources)
        limits = Limits(timedelta(seconds=0.1), timedelta())
        watch = Watch(cluster, "stage", manifest.objects, limits)
        of = (manifest, IMAGE, image, revision)
        return await verification.verified(cluster, environment, watch, *of)

    return anyio.run(verified)


def test_environment_that_is_well() -> None:
    """What it runs is said."""
    shown = Shown(THERE)
    found = verify(shown)
    assert (found.image, found.revision, found.through) == (IMAGE, "abc", "the gateway")
    assert set(shown.ways) == {"gateway"}


def test_environment_whose_overlay_has_no_route() -> None:
    """It is asked through the API server, and that is said."""
    shown = Shown(THERE, route=NotFound("404"))
    found = verify(shown, resources=[deployment(), service()])
    assert found.through == "the API server, as it has no HTTPRoute"
    assert set(shown.ways) == {"API server"}


def test_environment_whose_pods_keep_the_api_server_out() -> None:
    """That they are ready is all that is known of them, and is said."""
    shown = Shown(THERE, health=KeptOut("The cluster answers 503."), route=NotFound("404"))
    found = verify(shown, resources=[deployment(), service()])
    assert found.through == ""
    [note] = found.notes
    assert note == (
        "Service stage-web is not asked, as no route leads there and a NetworkPolicy keeps the API "
        "server out"
    )


def test_time_that_ends_while_pods_are_asked_once_more() -> None:
    """What came of the question before counts, and not that there was no answer yet."""
    asked: list[str] = []

    async def question() -> str:
        if asked:
            await anyio.sleep_forever()
        asked.append("once")
        raise KeptOut("The cluster answers 503.")

    with pytest.raises(KeptOut):
        anyio.run(verification._settled, question)


@pytest.mark.parametrize(
    ("released", "way"),
    [
        ([deployment(), service(), ATTACHED], "gateway"),
        ([deployment(), service()], "API server"),
    ],
)
def test_environment_that_is_asked_after_its_release(released: list[Object], way: str) -> None:
    """The routes are those of the last good release."""
    shown = Namespace(THERE)
    shown.keep(*released, of=STAGE)
    anyio.run(verification.verify, cast(Cluster, shown), STAGE)
    assert set(shown.ways) == {way}


def test_other_resources_of_the_release() -> None:
    """One that is not Current is named; of one that says nothing, that is said."""
    shown = Namespace(THERE)
    widget = {"apiVersion": "example.com/v1", "kind": "Widget"}
    silent = widget | {"metadata": {"name": "w", "uid": "w", "creationTimestamp": ago(days=1)}}
    shown.keep(deployment(), silent, of=STAGE)
    found = anyio.run(verification.verify, cast(Cluster, shown), STAGE)
    assert found.notes == ("readiness of Widget w is not known, it exists",)
    stalled = silent | {"status": {"conditions": [{"type": "Stalled", "status": "True"}]}}
    shown.keep(deployment(), stalled, of=STAGE)
    with pytest.raises(RolloutFailed, match="Widget w in stage fails with Stalled"):
        anyio.run(verification.verify, cast(Cluster, shown), STAGE)


def test_endpoints_that_lag() -> None:
    """The service may answer for the commit before at first."""
    shown = Namespace(THERE, version={"revision": "before"})
    shown.keep(deployment(), service(), ATTACHED, of=STAGE)

    async def verify_while_they_catch_up() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(verification.verify, cast(Cluster, shown), STAGE)
            await anyio.sleep(0.01)
            shown.answers["/version"] = VERSION

    anyio.run(verify_while_they_catch_up)


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        (Shown(STARTING), "stage-web in stage is not there after .*: 0 of 2 pods available"),
        (Shown(CRASHED), "stage-web in stage fails with CrashLoopBackOff"),
        (
            Shown(snapshot(pod(container(), image=OLD_IMAGE))),
            "Not every pod of Deployment stage-web",
        ),
        (Shown(THERE, health={"status": "ill"}), "its health is"),
        (Shown(THERE, health=["ok"]), "its health is"),
        (Shown(THERE, health=SILENCE), "The cluster does not answer"),
        (Shown(THERE, version={"revision": "zzz"}), "answers for commit zzz, not for abc"),
        (Shown(THERE, version=NotFound("No /version.")), "No /version"),
        (Shown(THERE, route=NotFound("No such route.")), "HTTPRoute stage-web-route.*No such"),
        (Shown(THERE, route=route()), "no controller has answered for Gateway public"),
    ],
)
def test_environment_that_is_not_well(shown: Shown, said: str) -> None:
    """What is not right is named."""
    with pytest.raises(ReleaseError, match=said):
        verify(shown)


def test_environment_that_runs_another_release() -> None:
    """After a deploy, neither another image nor another commit will do."""
    with pytest.raises(NotVerified, match="Not every pod of Deployment stage-web in stage"):
        verify(Shown(THERE), image=OLD_IMAGE)
    with pytest.raises(NotVerified, match="answers for commit abc, not for new"):
        verify(Shown(THERE), image=IMAGE, revision="new")


def test_environment_without_a_release() -> None:
    """It is said that nothing is deployed, and what deploys it."""
    for shown in (Namespace(THERE), Namespace(NotFound("404"))):
        with pytest.raises(NotFound, match="Nothing is deployed to stage.*deploy --env stage"):
            anyio.run(verification.verify, cast(Cluster, shown), STAGE)
        shown.keep(deployment(), of=STAGE)
