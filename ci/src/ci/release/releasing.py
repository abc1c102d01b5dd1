"""Brings a release to an environment, and back to the last good one where it fails."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from dagger import Directory

from ci.canary import baking
from ci.canary.asked import Asked
from ci.canary.baking import Baking
from ci.canary.standing import clear
from ci.canary.trying import Trying, beside
from ci.cluster.client import Cluster
from ci.cluster.entrance import Entrance, entrances
from ci.manifests import services
from ci.manifests.kustomize import render
from ci.manifests.manifest import Manifest
from ci.project.environments import Environment
from ci.records import history, lease
from ci.records.history import Origin, Release, State
from ci.records.presence import revision_in
from ci.records.report import FAILED, REFUSED, Report
from ci.records.store import Records
from ci.registry.candidate import Candidate
from ci.release.admission import handover, overlay, trial
from ci.release.admission.trial import Trial
from ci.release.establishing import Established, establish
from ci.release.restoring import restore
from ci.release.succession import Succession
from ci.release.wanted import Wanted
from ci.rollout.limits import Limits
from ci.run.errors import CanaryFailed, CiError, NothingChanged, ReleaseFailed
from ci.run.patience import patiently
from ci.run.steps import Steps, Task, side_by_side

First = Callable[[], Awaitable[Sequence[str]]]
"""What is done before a release, and what a report says of it."""

Holds = Callable[[Manifest], Awaitable[None]]
"""Raises NothingChanged where a release is not to be made after all."""


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
        overlay.admit(manifest, environment.namespace)
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
    asked: Asked = Asked(),
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
            candidate.image, candidate.revision, manifest, checks, origin=origin, asked=asked
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
        wanted = replace(wanted, checks=tuple(history.kept_after(releases, to)))
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
            canary = wanted.asked.canary
            trying = await beside(cluster, namespace, canary, made, good, tried.would_be)
        baked = await _baking(cluster, namespace, wanted, good, steps)
    except NothingChanged as refusal:
        sentence, evidence = refusal.sentence, refusal.evidence
        report = reported(verdict=REFUSED, reason=sentence, evidence=evidence)
        unkept = await records.ended_in_failure(release.refused(report), releases)
        raise NothingChanged(" ".join(filter(None, [sentence, unkept])), evidence) from None
    if good is None:
        begun = replace(begun, checks=(*begun.checks, *_passed_over(environment, wanted.asked)))
    if trying:
        begun = replace(begun, canary=str(canary))
        release = replace(release, report=begun).leaving(trying.names)
    await records.put(release)
    applied = history.applied(releases)
    try:
        found = await establish(
            cluster, environment, wanted, tried, applied, limits, steps, trying, baked
        )
    except CiError as failure:
        sentence, evidence = failure.sentence, failure.evidence
        if isinstance(failure, CanaryFailed) and good and wanted.is_of_one_wave:
            found = Established(back_to=good.number)
            restored = f"{environment.name} goes on with {good.name}, which was not touched."
        else:
            every = [*releases, release]
            restored, found = await restore(cluster, environment, every, limits, steps)
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


async def _baking(
    cluster: Cluster,
    namespace: str,
    wanted: Wanted,
    good: Release | None,
    steps: Steps,
) -> Baking | None:
    """The bake of a release that comes after another one."""
    bake = wanted.asked.bake
    if bake is None or good is None:
        return None
    with steps.step("before bake"):
        return await baking.after(cluster, namespace, bake, wanted.applied, wanted.image)


def _passed_over(environment: Environment, asked: Asked) -> list[str]:
    """What a report says of a first release, with which nothing can be compared."""
    why = f"passed over, as nothing runs in {environment.name} yet."
    each = {"Canary": asked.canary, "Bake": asked.bake}
    return [f"{name}: {why}" for name, one in each.items() if one]


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
        overlay.admit(manifest, environment.namespace)
        await patiently(partial(handover.admit, cluster, environment.namespace, manifest))
        for way in ways:
            await way.known()
        return await trial.admitted(cluster, environment.namespace, manifest)
