"""Tries a release out on the cluster, which changes nothing: what would be, and what may not be."""

from dataclasses import dataclass, field
from functools import partial
from time import monotonic

import anyio

from ci.cluster import kubectl
from ci.cluster.client import Cluster
from ci.manifests import jobs, prune, refusals
from ci.manifests.manifest import Manifest, Object
from ci.manifests.refusals import Refusal
from ci.run.errors import ClusterError, NothingChanged
from ci.run.patience import patiently
from ci.run.together import gather

GOING_SECONDS, PAUSE_SECONDS = 10.0, 1.0
"""How long a resource that is being deleted is waited for."""


@dataclass
class Trial:
    """What a cluster says of resources that are not applied yet."""

    manifest: Manifest
    would_be: list[Object] = field(default_factory=list)
    anew: list[Object] = field(default_factory=list)
    """Jobs that have to be deleted first, as they are now."""
    refused: list[Refusal] = field(default_factory=list)

    @property
    def accepted(self) -> Manifest:
        """The resources without those that are refused."""
        if not self.refused:
            return self.manifest
        out = {prune.key(each.resource) for each in self.refused}
        return self.manifest.only(lambda each: prune.key(each) not in out)


async def admitted(cluster: Cluster, namespace: str, manifest: Manifest) -> Trial:
    """The trial of a manifest that may be applied whole; raises NothingChanged of any other."""
    trial = await attempt(cluster, namespace, manifest)
    if trial.refused:
        raise refusals.refusal(namespace, trial.refused)
    return trial


async def attempt(cluster: Cluster, namespace: str, manifest: Manifest) -> Trial:
    """Try all resources. One that is being deleted is waited for, and refused if it stays."""
    until = monotonic() + GOING_SECONDS
    while True:
        trial = await _attempt(cluster, namespace, manifest)
        going = [each for each in trial.would_be if prune.going(each)]
        if not going:
            return trial
        if monotonic() > until:
            trial.refused += [Refusal(each, prune.lost(each)) for each in going]
            return trial
        await anyio.sleep(PAUSE_SECONDS)


async def _attempt(cluster: Cluster, namespace: str, manifest: Manifest) -> Trial:
    """Try each resource for itself, as an apply of all of them does."""
    trial = Trial(manifest)

    async def one(resource: Object) -> None:
        try:
            trial.would_be.append(await _would_be(cluster, namespace, resource))
        except NothingChanged as refusal:
            if jobs.is_job(resource):
                await _job(cluster, namespace, resource, refusal, trial)
            else:
                trial.refused.append(Refusal(resource, refusal.reason))

    await gather(*(partial(one, each) for each in manifest.objects))
    places = {prune.key(each): place for place, each in enumerate(manifest.objects)}
    trial.would_be.sort(key=lambda each: places.get(prune.key(each), 0))
    trial.refused.sort(key=lambda each: places[prune.key(each.resource)])
    return trial


async def _would_be(cluster: Cluster, namespace: str, resource: Object) -> Object:
    return await patiently(partial(cluster.resources.would_be, namespace, resource))


async def _job(
    cluster: Cluster, namespace: str, job: Object, refusal: NothingChanged, trial: Trial
) -> None:
    """Find out whether only the Job that is there stands in the way, and whether it may go."""
    reason = refusal.reason
    try:
        await cluster.resources.would_be(namespace, jobs.under_another_name(job))
        there = await cluster.resources.live(namespace, job)
    except (NothingChanged, ClusterError):
        there = None
    if there and prune.ours([there], kubectl.FIELD_MANAGER):
        if not jobs.at_work(there):
            trial.anew.append(there)
            return
        reason = "it is at work, and no Job can be changed: wait for its end, or delete it"
    trial.refused.append(Refusal(job, reason))
