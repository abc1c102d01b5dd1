"""Applies a release, wave by wave, and looks after it until it is verified."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from ci.canary.baking import Baking
from ci.canary.trying import Trying
from ci.cluster.client import Cluster
from ci.cluster.watching import Watch
from ci.manifests import prune, waves
from ci.manifests.manifest import Object, name_of
from ci.project.environments import Environment
from ci.release import pruning
from ci.release.admission import handover
from ci.release.admission.trial import Trial
from ci.release.pruning import Pruned
from ci.release.verification import verified
from ci.release.wanted import Wanted
from ci.rollout.limits import Limits
from ci.run.patience import patiently
from ci.run.steps import Steps


@dataclass(frozen=True)
class Established:
    """What came of applying a release: its pods, and what a report says besides."""

    pods: str = ""
    told: tuple[str, ...] = ()
    left: prune.Objects = ()
    back_to: int | None = None


async def establish(
    cluster: Cluster,
    environment: Environment,
    wanted: Wanted,
    tried: Trial,
    before: prune.Objects,
    limits: Limits,
    steps: Steps,
    trying: Trying | None = None,
    baking: Baking | None = None,
) -> Established:
    """Apply what the trial accepts, wave by wave, watch and verify; only then prune.

    What goes before the rollout goes before a canary, too.
    """
    namespace, manifest = environment.namespace, wanted.applied
    gone = prune.abandoned(before, wanted.manifest.objects)
    *first, rest = waves.waves(tried.accepted)
    for wave in first:
        watch = Watch(cluster, namespace, list(filter(waves.is_first, wave.objects)), limits)
        with steps.step("apply"):
            await pruning.make_way(cluster, namespace, prune.among(tried.anew, wave.objects))
            await patiently(partial(cluster.kubectl.apply, wave, namespace))
        with steps.step("before rollout"):
            await watch.current()
    judged: tuple[str, ...] = ()
    if trying:
        with steps.step("canary"):
            judged = (await trying.judged(limits),)
    watch = Watch(cluster, namespace, tried.accepted.objects, limits)
    with steps.step("apply"):
        await pruning.make_way(cluster, namespace, prune.among(tried.anew, rest.objects))
        await patiently(partial(handover.keep_replicas, cluster, namespace, manifest))
        await patiently(partial(cluster.kubectl.apply, rest, namespace))
        pruned = await pruning.delete(cluster, namespace, list(filter(prune.steers, gone)))
    with steps.step("rollout"):
        await watch.current()
    if baking:
        await baking.begun()
    with steps.step("verify"):
        release = (manifest, wanted.image, wanted.image, wanted.revision)
        found = await patiently(partial(verified, cluster, environment, watch, *release))
    if baking:
        with steps.step("bake"):
            judged += (await baking.judged(limits),)
            await watch.current()
    pruned += await _prune(cluster, namespace, gone, steps)
    anew = (f"{name_of(each)} was made anew: no Job can be changed." for each in tried.anew)
    return Established(found.summary, (*judged, *anew, *pruned.told), pruned.left)


async def _prune(cluster: Cluster, namespace: str, gone: Iterable[Object], steps: Steps) -> Pruned:
    needed = [each for each in gone if not prune.steers(each)]
    if not needed:
        return Pruned()
    with steps.step("prune"):
        return await pruning.delete(cluster, namespace, needed)
