"""Deletes what a release leaves behind, and says what stays; a release never fails for that."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from ci.cluster import kubectl
from ci.cluster.client import Cluster
from ci.manifests import prune
from ci.manifests.manifest import Manifest, Object, name_of
from ci.manifests.prune import Objects
from ci.run.errors import ClusterError, NotFound, Unreachable
from ci.run.patience import patiently
from ci.run.together import gather


@dataclass(frozen=True)
class Looked:
    """Those resources that are there, and why others cannot be asked for."""

    there: Sequence[Object]
    told: tuple[str, ...] = ()
    unknown: tuple[Object, ...] = ()
    """Those that may be there all the same: only who asks may not see them."""


@dataclass(frozen=True)
class Pruned:
    """What a report says of resources that were to go, and which of them are still there."""

    told: tuple[str, ...] = ()
    left: tuple[Object, ...] = ()

    def __add__(self, other: "Pruned") -> "Pruned":
        return Pruned(self.told + other.told, self.left + other.left)


async def delete(cluster: Cluster, namespace: str, resources: Objects) -> Pruned:
    """Delete those of the resources that are still as we applied them."""
    if not resources:
        return Pruned()
    try:
        return await _delete(cluster, namespace, resources)
    except Unreachable as silence:
        names = ", ".join(map(name_of, resources))
        return Pruned((f"Prune: {names} may still be there. {silence.sentence}",), tuple(resources))


async def make_way(cluster: Cluster, namespace: str, resources: Objects) -> None:
    """Delete what the same release makes anew."""
    if resources:
        names = Manifest.of(map(prune.named, resources))
        await patiently(partial(cluster.kubectl.delete, names, namespace))


async def look(cluster: Cluster, namespace: str, resources: Objects) -> Looked:
    """Ask for resources, and go on where one of them cannot be asked for."""
    there: list[Object] = []
    told: list[str] = []
    unknown: list[Object] = []

    async def ask(resource: Object) -> None:
        try:
            found = await cluster.resources.live(namespace, resource)
        except Unreachable:
            raise
        except ClusterError as error:
            told.append(prune.skipped(resource, error.sentence))
            if not isinstance(error, NotFound):
                unknown.append(resource)
        else:
            there.extend([found] if found else [])

    await gather(*(partial(ask, each) for each in resources))
    return Looked(there, tuple(told), tuple(unknown))


async def _delete(cluster: Cluster, namespace: str, resources: Objects) -> Pruned:
    looked = await look(cluster, namespace, resources)
    ours = prune.ours(looked.there, kubectl.FIELD_MANAGER)
    if not ours:
        return Pruned(looked.told, looked.unknown)
    refused = await _deleted(cluster, namespace, [each for each in ours if not prune.going(each)])
    after = (await look(cluster, namespace, list(map(prune.named, ours)))).there
    left = prune.ours(after, kubectl.FIELD_MANAGER)
    told = (prune.remains(each, refused) for each in left)
    return Pruned((*looked.told, *told), (*looked.unknown, *map(prune.named, left)))


async def _deleted(cluster: Cluster, namespace: str, resources: Objects) -> str:
    """Nothing to say where all could be deleted."""
    try:
        await make_way(cluster, namespace, resources)
    except Unreachable:
        raise
    except ClusterError as error:
        return error.sentence
    return ""
