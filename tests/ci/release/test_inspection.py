"""Plan, drift and status, over a namespace that keeps what is applied to it."""

from datetime import UTC, datetime
from typing import cast

import anyio
import pytest
from dagger import Directory

from ci.cluster.client import Cluster
from ci.manifests.manifest import Manifest, Object
from ci.project.environments import Environment
from ci.records import lease
from ci.records.store import Records
from ci.registry.candidate import Candidate
from ci.release import inspection
from ci.release.plan import Action, Change
from ci.run.errors import ClusterError, InvalidInput, NotFound, NothingChanged, Refused
from tests.ci.objects import IMAGE, deployment, snapshot
from tests.ci.release.test_releasing import Killed, bring, bring_and_be_killed, resource, wanted
from tests.ci.sample import STAGE
from tests.ci.shown import THERE, Namespace, Unread

BESIDE_A_BUILD = "With the image that stage runs: one that is built comes on top."

SERVICE = resource("Service", "s", port=1)


@pytest.fixture
def released() -> Namespace:
    """A namespace with one release."""
    cluster = Namespace(THERE)
    bring(cluster, wanted(SERVICE))
    return cluster


def drift(cluster: Namespace) -> str:
    """How the environment differs from its last release."""

    async def look() -> str:
        releases = await Records(cast(Cluster, cluster), STAGE).read()
        return await inspection.drift(cast(Cluster, cluster), STAGE, releases)

    return anyio.run(look)


def test_plan(released: Namespace) -> None:
    """What is there changes, what is new is made, what is gone is pruned; nothing is done yet."""
    next_one = Manifest.of([resource("Deployment", "stage-web", a=1), resource("Role", "r")])
    before = dict(released.kubectl.objects)
    found = anyio.run(inspection.planned, cast(Cluster, released), STAGE, next_one)
    assert found.environment == "stage"
    assert found.notes == ()
    assert [(each.action, each.resource) for each in found.changes] == [
        (Action.CHANGE, "Deployment stage-web"),
        (Action.CREATE, "Role r"),
        (Action.DELETE, "Service s"),
    ]
    assert released.kubectl.objects == before


def test_plan_of_what_a_deploy_refuses(released: Namespace) -> None:
    """It is refused in the same words."""
    cluster_role = {"apiVersion": "v1", "kind": "ClusterRole", "metadata": {"name": "r"}}
    released.kubectl.refused["w"] = NothingChanged("No.", reason="no matches for kind Widget")
    for resources, why in (
        ([cluster_role], "ClusterRole r is in no namespace"),
        ([resource("Widget", "w")], "Widget w: no matches for kind Widget; nothing was changed"),
    ):
        with pytest.raises(NothingChanged, match=why):
            manifest = Manifest.of(resources)
            anyio.run(inspection.planned, cast(Cluster, released), STAGE, manifest)


def test_plan_of_a_job_that_changed(released: Namespace) -> None:
    """It would be made anew."""
    bring(released, wanted(SERVICE, resource("Job", "j", image="1")))
    next_one = wanted(SERVICE, resource("Job", "j", image="2")).manifest
    found = anyio.run(inspection.planned, cast(Cluster, released), STAGE, next_one)
    assert Change(Action.ANEW, "Job j") in found.changes
    assert drift(released) == "none"


def test_plan_over_a_kind_that_is_not_there_any_more(released: Namespace) -> None:
    """What was of it is skipped with a line."""
    released.kubectl.unseen["s"] = NotFound("no matches for kind.")
    cluster = cast(Cluster, released)
    found = anyio.run(inspection.planned, cluster, STAGE, wanted().manifest)
    assert [each.action for each in found.changes] == [Action.KEEP]
    assert found.notes == ("Prune: Service s was left alone. no matches for kind.",)


@pytest.mark.parametrize(("holder", "said"), [("me", "goes on"), (None, "was interrupted")])
def test_environment_whose_release_has_not_ended(
    released: Namespace, holder: str | None, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That is said, and not what differs meanwhile."""

    async def alive(cluster: Cluster, environment: Environment) -> object:
        return holder

    monkeypatch.setattr(lease, "alive", alive)
    with pytest.raises(Killed):
        bring_and_be_killed(released, wanted(resource("Service", "left")))
    [(_, _, off)] = anyio.run(inspection.status, cast(Cluster, released), [STAGE])
    assert off.startswith("release 2 (commit abc)")
    assert said in off


def test_plan_without_the_right_to_read_secrets(
    released: Namespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What would be pruned is not known, and that is said; the rest is."""

    async def secrets(*_: str) -> list[Object]:
        raise Refused("They may not be listed.")

    monkeypatch.setattr(released, "secrets", secrets)
    next_one = Manifest.of([resource("Role", "r")])
    found = anyio.run(inspection.planned, cast(Cluster, released), STAGE, next_one, ("A note.",))
    assert [(each.action, each.resource) for each in found.changes] == [(Action.CREATE, "Role r")]
    first, second = found.notes
    assert first == "A note."
    assert second.startswith("Without what would be pruned: ")


def test_plan_where_nothing_would_roll_out() -> None:
    """It is refused as the deploy would be."""
    there = deployment()
    paused = snapshot(of=there | {"spec": there["spec"] | {"paused": True}})
    manifest = Manifest.of([resource("Deployment", "stage-web")])
    with pytest.raises(NothingChanged, match="it is paused"):
        anyio.run(inspection.planned, cast(Cluster, Namespace(paused)), STAGE, manifest, ())


def test_environment_as_it_was_released(released: Namespace) -> None:
    """It has not drifted."""
    assert drift(released) == "none"


def test_environment_that_somebody_changed(released: Namespace) -> None:
    """What is not as it was is named."""
    released.kubectl.objects["s"] = resource("Service", "s", port=2)
    del released.kubectl.objects["stage-web"]
    assert drift(released) == "Deployment stage-web, Service s"


def test_environment_that_cannot_be_compared(released: Namespace) -> None:
    """That is no reason to say nothing else of it."""
    released.kubectl.failures = [ClusterError("No dry run.")]
    assert drift(released) == "unknown: No dry run."


def test_environment_without_a_release() -> None:
    """There is nothing to differ from, and nothing runs."""
    assert drift(Namespace(THERE)) == "no release"
    cluster = cast(Cluster, Namespace(NotFound("404")))
    assert anyio.run(inspection.status, cluster, [STAGE]) == [(STAGE, None, "-")]


def test_status(released: Namespace) -> None:
    """What runs, since when, and how it has drifted."""
    [(_, runs, off)] = anyio.run(inspection.status, cast(Cluster, released), [STAGE])
    assert runs is not None
    assert runs.age <= datetime.now(UTC) - datetime(2026, 5, 9, 11, 57, tzinfo=UTC)
    assert off == "none"


@pytest.mark.parametrize("visible", [True, False])
def test_status_with_the_nodes(released: Namespace, visible: bool) -> None:
    """They are shown to whoever may see them; to others nothing is said of them."""

    async def nodes() -> list[Object]:
        if not visible:
            raise Refused("They may not be listed.")
        return [{"metadata": {"name": "worker-1"}, "spec": {}}]

    released.nodes = nodes  # type: ignore[attr-defined]
    told = anyio.run(inspection.shown, cast(Cluster, released), [STAGE])
    assert told.startswith("ENVIRONMENT")
    assert ("worker-1" in told) is visible
    assert ("NODE" in told) is visible


def candidate(cluster: Namespace) -> Candidate:
    """What a plan is made with."""
    manifests = cast(Directory, None)
    return anyio.run(inspection.candidate, cast(Cluster, cluster), STAGE, manifests)


async def overlay(_: Directory, environment: Environment, of: Candidate) -> Manifest:
    """An overlay with a Deployment that runs the image."""
    there = deployment()
    there["spec"]["template"]["spec"]["containers"][0]["image"] = of.image
    return Manifest.of([there])


def test_image_to_plan_with(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the one that runs; without any, one has to be named."""
    monkeypatch.setattr(inspection, "render", overlay)
    released = Namespace(THERE).keep(deployment(), of=STAGE)
    assert candidate(released) == Candidate(IMAGE, "abc", (BESIDE_A_BUILD,))
    with pytest.raises(InvalidInput, match="runs no image yet.*--image"):
        candidate(Namespace(NotFound("404")))


def test_overlay_that_does_not_render_before_the_first_release(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is told of first: no image would help."""

    async def render(*_: object) -> Manifest:
        raise InvalidInput("manifests/overlays/stage does not render.")

    monkeypatch.setattr(inspection, "render", render)
    with pytest.raises(InvalidInput, match="does not render"):
        candidate(Namespace(NotFound("404")))


def test_image_to_plan_with_where_releases_may_not_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which workload runs it, the overlay says."""
    monkeypatch.setattr(inspection, "render", overlay)
    assert candidate(Unread(THERE)).image == IMAGE


def test_report_of_a_release_whose_call_was_killed() -> None:
    """It says that nobody is at it any more, and what to do."""
    cluster = Namespace(THERE)
    bring(cluster, wanted())
    with pytest.raises(Killed):
        bring_and_be_killed(cluster, wanted(SERVICE))

    found = anyio.run(inspection.reported, cast(Cluster, cluster), STAGE, None, "")

    assert found.release == 2
    assert "was interrupted: deploy again, or roll back" in found.reason
