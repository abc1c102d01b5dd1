"""Brings a release to an environment, and back to the last good one where it fails."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import anyio
from dagger import Directory

from ci.canary.asked import Canary
from ci.canary.standing import clear
from ci.canary.trying import Trying, beside
from ci.cluster.client import Cluster
from ci.cluster.entrance import Entrance, entrances
from ci.cluster.watching import Watch
from ci.manifests import prune, services, waves
from ci.manifests.kustomize import render
from ci.manifests.manifest import Manifest, Object, name_of
from ci.manifests.refusals import Refusal
from ci.project.environments import Environment
from ci.records import history, lease
from ci.records.history import Origin, Release, State
from ci.records.presence import revision_in
from ci.records.report import DEPLOYED, FAILED, REFUSED, Report
from ci.records.store import Records
from ci.registry.candidate import Candidate
from ci.release import admission, handover, pruning, trial
from ci.release.pruning import Pruned
from ci.release.succession import Succession
from ci.release.trial import Trial
from ci.release.verification import verified
from ci.rollout.limits import Limits
from ci.run.errors import CanaryFailed, CiError, NothingChanged, ReleaseFailed
from ci.run.patience import patiently
from ci.run.steps import Steps, Task, side_by_side

First = Callable[[], Awaitable[Sequence[str]]]
"""What is done before a release, and what a report says of it."""

Holds = Callable[[Manifest], Awaitable[None]]
"""Raises NothingChanged where a release is not to be made after all."""

RESTORE_LIMIT = timedelta(minutes=2)
RESTORE_MARGIN = timedelta(minutes=1)
"""What a restore may take beside its rollout."""


@dataclass(frozen=True)
class Wanted:
    """What an environment is to run, and what its report says of that."""

    image: str
    revision: str
    manifest: Manifest
    """All resources of it, as they are kept on record."""

    checks: tuple[str, ...] = ()
    verdict: str = DEPLOYED
    origin: Origin = Origin()
    canary: Canary | None = None
    """How real requests judge it first; None where they do not."""

    back_to: int | None = None
    """The release that it is again."""

    again: Manifest | None = None
    """What of it is applied where it was there before, and goes back to that."""

    @classmethod
    def back(cls, to: Release, verdict: str = DEPLOYED, by: str = "") -> "Wanted":
        """A release that was there before: what went before its rollout is not done again."""
        made = cls(to.report.image, to.report.revision, to.manifest, verdict=verdict)
        origin, again = Origin(by=by, committed=to.origin.committed), waves.lasting(to.manifest)
        return replace(made, origin=origin, back_to=to.number, again=again)

    @property
    def applied(self) -> Manifest:
        """Those of its resources that are applied and looked after."""
        return self.again or self.manifest

    @property
    def is_of_one_wave(self) -> bool:
        """Whether nothing of it is applied before its canary is judged."""
        return len(waves.waves(self.applied)) == 1


@dataclass(frozen=True)
class Established:
    """What came of applying a release: its pods, and what a report says besides."""

    pods: str = ""
    told: tuple[str, ...] = ()
    left: prune.Objects = ()
    back_to: int | None = None


async def foresee(
    cluster: Cluster,
    environment: Environment,
    manifests: Directory,
    candidate: Candidate,
    *beside: Task,
) -> None:
    """Fail where a release would be refused, before anything is made for it.

    The candidate's image need not exist yet. `beside` is done beside, for whom the cluster admits.
    """

    async def admit() -> None:
        manifest = await render(manifests, environment, candidate)
        admission.admit(manifest, environment.namespace)
        await patiently(partial(handover.admit, cluster, environment.namespace, manifest))
        for way in await patiently(partial(_ways, cluster, environment, manifest, candidate.image)):
            await way.known()

    await cluster.admits(environment.namespace)
    await side_by_side(admit, *beside)


async def nothing() -> Sequence[str]:
    """There is nothing to do before a release."""
    return ()


async def deploy(
    cluster: Cluster,
    environment: Environment,
    manifests: Directory,
    candidate: Candidate,
    succession: Succession,
    limits: Limits,
    steps: Steps,
    run: str = "",
    first: First = nothing,
    canary: Canary | None = None,
    holds: Holds | None = None,
) -> Report:
    """Bring the candidate to the environment, as its overlay says.

    `first` is done before that, and only once nobody else releases to the environment; what it
    returns is said in the report. `holds` is asked about what is rendered, before all else.
    """
    purpose = f"deploy of commit {candidate.revision}"
    async with lease.held(cluster, environment, purpose) as user:
        candidate = await succession.admitted(cluster, environment, candidate)
        checks = (*candidate.checks, *await first())
        with steps.step("render"):
            manifest = await render(manifests, environment, candidate)
        if holds:
            await holds(manifest)
        origin = Origin(run, user, candidate.committed)
        wanted = Wanted(
            candidate.image, candidate.revision, manifest, checks, origin=origin, canary=canary
        )
        return await bring(cluster, environment, wanted, limits, steps)


async def rollback(
    cluster: Cluster, environment: Environment, number: int | None, limits: Limits, steps: Steps
) -> Report:
    """Bring a good release back, whole, as a release of its own."""
    async with lease.held(cluster, environment, "rollback") as user:
        releases = await Records(cluster, environment).read()
        to = history.target(releases, number, environment)
        wanted = Wanted.back(to, f"rolled back to release {to.number} and verified", user)
        return await bring(cluster, environment, wanted, limits, steps)


async def bring(
    cluster: Cluster, environment: Environment, wanted: Wanted, limits: Limits, steps: Steps
) -> Report:
    """Record, apply, watch and verify; on failure, bring back the last good release."""
    ways = await patiently(partial(_ways, cluster, environment, wanted.applied, wanted.image))
    records = Records(cluster, environment)
    releases = await patiently(records.read)
    before = await patiently(partial(revision_in, cluster, environment, releases))
    number = history.next_number(releases)
    cleared = await patiently(partial(clear, cluster, environment.namespace, releases))
    interrupted = history.unfinished(releases)
    good, namespace = history.last_good(releases), environment.namespace
    begun = Report(
        environment=environment.name,
        image=wanted.image,
        revision=wanted.revision,
        previous=before,
        url=next((way.url for way in ways if way.url), ""),
        checks=(*wanted.checks, *map(history.interruption, interrupted), *cleared),
        release=number,
        began=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    release = Release(number, State.PENDING, begun, wanted.manifest.text, wanted.origin)
    await records.close(releases, number)

    def reported(**found: Any) -> Report:
        return replace(begun, seconds=dict(steps.seconds), total=steps.total, **found)

    try:
        tried = await _try(cluster, environment, wanted.applied, ways, steps)
        with steps.step("dry run"):
            made = (wanted.applied, wanted.image, number)
            trying = await beside(cluster, namespace, wanted.canary, made, good, tried.would_be)
    except NothingChanged as refusal:
        sentence, evidence = refusal.sentence, refusal.evidence
        report = reported(verdict=REFUSED, reason=sentence, evidence=evidence)
        unkept = await records.ended_in_failure(release.refused(report), releases)
        raise NothingChanged(" ".join(filter(None, [sentence, unkept])), evidence) from None
    if wanted.canary and trying is None:
        passed = f"Canary: passed over, as nothing runs in {environment.name} yet."
        begun = replace(begun, checks=(*begun.checks, passed))
    if trying:
        begun = replace(begun, canary=str(wanted.canary))
        release = replace(release, report=begun).leaving(trying.names)
    await records.put(release)
    applied = history.applied(releases)
    try:
        found = await _establish(
            cluster, environment, wanted, tried, applied, limits, steps, trying
        )
    except CiError as failure:
        sentence, evidence = failure.sentence, failure.evidence
        if isinstance(failure, CanaryFailed) and good and wanted.is_of_one_wave:
            found = Established(back_to=good.number)
            restored = f"{environment.name} goes on with {good.name}, which was not touched."
        else:
            every = [*releases, release]
            restored, found = await _restore(cluster, environment, every, limits, steps)
        found = await _without(trying, found)
        checks = (*begun.checks, *found.told)
        report = reported(
            verdict=FAILED, reason=sentence, restored=restored, evidence=evidence, checks=checks
        )
        ended = release.closed(State.FAILED, report, found.left, found.back_to)
        unkept = await records.ended_in_failure(ended, releases)
        told = " ".join(filter(None, [sentence, restored, unkept]))
        raise ReleaseFailed(told, evidence) from None
    found = await _without(trying, found)
    checks = (*begun.checks, *found.told)
    report = reported(verdict=wanted.verdict, pods=found.pods, checks=checks)
    ended = release.closed(State.DEPLOYED, report, found.left, wanted.back_to)
    await records.ended(ended, releases)
    return report


async def _without(trying: Trying | None, found: Established) -> Established:
    """The same once the canary is gone, if there was one."""
    if trying is None:
        return found
    left, told = await trying.removed()
    return replace(found, told=(*found.told, *told), left=[*found.left, *left])


async def _ways(
    cluster: Cluster, environment: Environment, manifest: Manifest, image: str
) -> list[Entrance]:
    """The ways in that a manifest has by its own routes."""
    asked = services.asked(manifest.objects, image, environment.service)
    routes = manifest.http_routes
    return await entrances(cluster, environment.namespace, asked.endpoints, routes)


async def _try(
    cluster: Cluster,
    environment: Environment,
    manifest: Manifest,
    ways: Sequence[Entrance],
    steps: Steps,
) -> Trial:
    """Find out whether the environment takes the manifest; raises NothingChanged if not."""
    with steps.step("dry run"):
        admission.admit(manifest, environment.namespace)
        await patiently(partial(handover.admit, cluster, environment.namespace, manifest))
        for way in ways:
            await way.known()
        return await trial.admitted(cluster, environment.namespace, manifest)


async def _establish(
    cluster: Cluster,
    environment: Environment,
    wanted: Wanted,
    tried: Trial,
    before: prune.Objects,
    limits: Limits,
    steps: Steps,
    trying: Trying | None = None,
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
    with steps.step("verify"):
        release = (manifest, wanted.image, wanted.image, wanted.revision)
        found = await patiently(partial(verified, cluster, environment, watch, *release))
    pruned += await _prune(cluster, namespace, gone, steps)
    anew = (f"{name_of(each)} was made anew: no Job can be changed." for each in tried.anew)
    return Established(found.summary, (*judged, *anew, *pruned.told), pruned.left)


async def _prune(cluster: Cluster, namespace: str, gone: Iterable[Object], steps: Steps) -> Pruned:
    needed = [each for each in gone if not prune.steers(each)]
    if not needed:
        return Pruned()
    with steps.step("prune"):
        return await pruning.delete(cluster, namespace, needed)


async def _restore(
    cluster: Cluster,
    environment: Environment,
    releases: history.Releases,
    limits: Limits,
    steps: Steps,
) -> tuple[str, Established]:
    """Bring the last good release back, within a time of its own; what came of that.

    What of it cannot be put back is left as it is, and named.
    """
    good = history.last_good(releases)
    if good is None:
        return (
            f"{environment.name} has no good release to go back to, so this one is left in place: "
            "correct it and deploy again."
        ), Established()
    wanted = Wanted.back(good)
    within = replace(limits, rollout=max(limits.rollout, RESTORE_LIMIT))
    rollouts = within.rollout * len(waves.waves(wanted.applied))
    refused: Sequence[Refusal] = ()
    found, why = Established(), ""
    try:
        with (
            steps.step("restore"),
            anyio.fail_after((rollouts + within.settle + RESTORE_MARGIN).total_seconds()),
        ):
            tried = await trial.attempt(cluster, environment.namespace, wanted.applied)
            refused = tried.refused
            applied = history.applied(releases)
            found = await _establish(cluster, environment, wanted, tried, applied, within, Steps())
    except (CiError, TimeoutError) as second:
        why = second.sentence if isinstance(second, CiError) else "its time is over."
    back_to = None if why else good.number
    return restoration(good, refused, why), replace(found, back_to=back_to)


def restoration(good: Release, refused: Sequence[Refusal], why: str) -> str:
    """What a report says of a restore: whether it was verified, and what was left out."""
    left_out = "; ".join(map(str, refused))
    if why:
        besides = f" These could not be put back: {left_out}." if refused else ""
        return f"Nor could {good.name} be brought back, the last good one: {why}{besides}"
    if refused:
        return (
            f"The last good one is back and verified: {good.name}, but for what could not be put "
            f"back: {left_out}."
        )
    return f"The last good one is back and verified: {good.name}."
