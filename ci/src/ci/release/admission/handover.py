"""Prepares an environment's workloads for a release, before anything of it is applied."""

from functools import partial

from ci.cluster.client import Cluster
from ci.cluster.kubectl import FIELD_MANAGER
from ci.manifests.manifest import Manifest
from ci.release.admission import scaling
from ci.run.errors import NothingChanged
from ci.run.together import gather

HEIR = f"{FIELD_MANAGER}-handover"
"""Our second field manager: it owns what the first one gives up until somebody changes it."""


async def admit(cluster: Cluster, namespace: str, manifest: Manifest) -> None:
    """Fail where a workload would stand still, whatever is applied."""
    wanted = scaling.workloads(manifest.objects)
    found = zip(wanted, await cluster.snapshots(namespace, wanted))
    if objections := scaling.objections(found, namespace):
        raise NothingChanged(f"{' '.join(objections)} Nothing was changed.")


async def keep_replicas(cluster: Cluster, namespace: str, manifest: Manifest) -> None:
    """Keep as many pods as there are of what the manifest no longer counts."""
    wanted = scaling.uncounted(manifest.objects)
    live = await gather(*(partial(cluster.find, namespace, each) for each in wanted))
    for fields in scaling.handovers(live, FIELD_MANAGER):
        await cluster.hand_over(namespace, fields, HEIR)
