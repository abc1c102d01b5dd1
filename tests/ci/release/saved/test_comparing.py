"""A plan that is saved, and held against the cluster later."""

from functools import partial
from typing import Any, cast

import anyio
import pytest

from ci.cluster.client import Cluster
from ci.manifests.manifest import Manifest
from ci.registry.candidate import Candidate
from ci.release.saved import comparing
from ci.release.saved.planned import Planned
from ci.run.errors import NothingChanged
from tests.ci.objects import IMAGE, deployment, service
from tests.ci.sample import STAGE
from tests.ci.shown import THERE, Namespace, Unread

MANIFEST = Manifest.of([deployment(), service()])


def saved(cluster: Namespace, manifest: Manifest = MANIFEST) -> Planned:
    """The plan of a release."""
    here = cast(Cluster, cluster)
    return anyio.run(comparing.save, here, STAGE, manifest, Candidate(IMAGE, "abc"))


def hold(planned: Planned, cluster: Namespace, manifest: Manifest = MANIFEST) -> None:
    """Hold it against the cluster."""
    anyio.run(partial(comparing.hold, planned, cast(Cluster, cluster), STAGE, manifest))


def applied(cluster: Namespace, *resources: dict[str, Any]) -> Namespace:
    """The cluster with some resources."""
    cluster.kubectl.objects |= {each["metadata"]["name"]: each for each in resources}
    return cluster


def test_cluster_that_is_as_it_was() -> None:
    """The plan holds, and says what it would do."""
    cluster = Namespace(THERE)
    planned = saved(cluster)
    assert "create" in planned.changes[0]
    hold(planned, cluster)


def test_cluster_that_has_moved_on() -> None:
    """It is refused in a sentence that names what is different."""
    cluster = Namespace(THERE)
    planned = saved(cluster)
    applied(cluster, service())
    with pytest.raises(NothingChanged, match="stage is not as it was .*is there now; plan it anew"):
        hold(planned, cluster)


def test_sources_that_have_moved_on() -> None:
    """What would be applied is not what was planned."""
    cluster = Namespace(THERE)
    with pytest.raises(NothingChanged, match="the sources render other resources"):
        hold(saved(cluster), cluster, Manifest.of([deployment(3), service()]))


def test_credentials_that_may_not_read_releases() -> None:
    """What would be pruned is not known, and is no reason to refuse."""
    cluster = Unread(THERE)
    planned = saved(cluster)
    assert planned.gone is None
    hold(planned, cluster)
