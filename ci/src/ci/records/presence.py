"""What an environment runs: its releases say which workloads, and the cluster of what image."""

from collections.abc import Sequence
from datetime import UTC, datetime

from ci.cluster.client import Cluster
from ci.manifests import containers
from ci.manifests.manifest import Object
from ci.project.environments import Environment
from ci.records import history
from ci.records.history import Releases
from ci.records.store import Records
from ci.rollout import running
from ci.rollout.running import Running


async def running_in(
    cluster: Cluster, environment: Environment, releases: Releases | None = None
) -> Running | None:
    """What one environment runs, or None; `releases` are its own, where they were read before."""
    if releases is None:
        releases = await Records(cluster, environment).read()
    standing = history.standing_release(releases)
    if standing is None:
        return None
    resources, image = standing.manifest.objects, standing.report.image
    return await running_of(cluster, environment.namespace, resources, image)


async def running_of(
    cluster: Cluster, namespace: str, resources: Sequence[Object], image: str
) -> Running | None:
    """What those of the resources run now that run `image` as they were rendered, or None."""
    wanted = containers.workloads(resources, image)
    shown = await cluster.snapshots(namespace, wanted) if wanted else []
    parts = running.parts(wanted, shown, image)
    return Running.of(parts, datetime.now(UTC)) if parts else None


async def revision_in(
    cluster: Cluster, environment: Environment, releases: Releases | None = None
) -> str:
    """The commit of what one environment runs; empty where that is nothing."""
    if releases is None:
        releases = await Records(cluster, environment).read()
    standing = history.standing_release(releases)
    if standing is None:
        return ""
    for each in containers.workloads(standing.manifest.objects, standing.report.image):
        if live := await cluster.find(environment.namespace, each):
            return running.revision(live)
    return ""
