"""What an environment runs, over a namespace that keeps its releases."""

from typing import Any, cast

import anyio
import pytest

from ci.cluster.client import Cluster
from ci.records import presence
from ci.rollout.running import Running
from ci.run.errors import NotFound
from tests.ci.objects import IMAGE, OLD_IMAGE, deployment, snapshot
from tests.ci.sample import STAGE
from tests.ci.shown import THERE, Namespace


def runs(cluster: Namespace) -> Running | None:
    """What the environment runs."""
    return anyio.run(presence.running_in, cast(Cluster, cluster), STAGE)


def test_environment_without_a_release() -> None:
    """Nothing of ours is there, whatever is."""
    cluster = Namespace(THERE)
    assert runs(cluster) is None
    assert anyio.run(presence.revision_in, cast(Cluster, cluster), STAGE) == ""


def test_environment_whose_workload_is_gone() -> None:
    """It runs nothing."""
    cluster = Namespace(NotFound("404")).keep(deployment(), of=STAGE)
    assert runs(cluster) is None
    assert anyio.run(presence.revision_in, cast(Cluster, cluster), STAGE) == ""


def test_environment_that_runs_its_release() -> None:
    """Image and commit are those of the workload that is there."""
    cluster = Namespace(THERE).keep(deployment(), of=STAGE)
    found = runs(cluster)
    assert found and (found.image, found.revision, found.ready) == (IMAGE, "abc", 2)
    cluster.kubectl.objects["stage-web"] = deployment()
    assert anyio.run(presence.revision_in, cast(Cluster, cluster), STAGE) == "abc"


def test_environment_that_somebody_changed() -> None:
    """It runs what is there, and not what was released."""
    changed = deployment()
    changed["spec"]["template"]["spec"]["containers"][0]["image"] = OLD_IMAGE
    found = runs(Namespace(snapshot(of=changed)).keep(deployment(), of=STAGE))
    assert found and found.image == OLD_IMAGE


@pytest.mark.parametrize("others", [{}, {"image": "r.io/other@sha256:1"}])
def test_release_that_runs_the_image_nowhere(others: Any) -> None:
    """Nothing of it is ours."""
    there = deployment()
    there["spec"]["template"]["spec"]["containers"] = [{"name": "other", **others}]
    assert runs(Namespace(THERE).keep(there, of=STAGE)) is None
