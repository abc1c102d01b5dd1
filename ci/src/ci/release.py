"""Brings a release to an environment, and back to the last good one where it fails."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

import anyio
from dagger import Directory

from ci import admission, history, kubectl, lease, prune
from ci.candidate import Candidate
from ci.cluster import Cluster
from ci.environments import Environment
from ci.errors import CiError, NothingChanged, ReleaseFailed
from ci.history import Release, State
from ci.kustomize import render
from ci.manifest import Manifest
from ci.patience import patiently
from ci.records import Records
from ci.report import DEPLOYED, FAILED, Report
from ci.steps import Steps
from ci.verification import running_in, verify
from ci.watching import watch

RESTORE_LIMIT = timedelta(minutes=2)


@dataclass(frozen=True)
class Wanted:
    """What an environment is to run, and what its report says of that."""

    image: str
    revision: str
    manifest: Manifest
    checks: tuple[str, ...] = ()
    verdict: str = DEPLOYED
    run: str = ""


async def deploy(
    cluster: Cluster,
    environment: Environment,
    manifests: Directory,
    candidate: Candidate,
    limit: timedelta,
    steps: Steps,
    run: str = "",
) -> Report:
    """Bring the candidate to the environment, as its overlay says."""
    async with lease.held(cluster, environment, f"deploy of commit {candidate.revision}"):
        with steps.step("render"):
            manifest = await render(manifests, environment, candidate)
        wanted = Wanted(candidate.image, candidate.revision, manifest, candidate.checks, run=run)
        return await bring(cluster, environment, wanted, limit, steps)


async def rollback(
    cluster: Cluster, environment: Environment, number: int | None, limit: timedelta, steps: Steps
) -> Report:
    """Bring a good release back, whole, as a release of its own."""
    async with lease.held(cluster, environment, "rollback"):
        releases = await Records(cluster, environment).read()
        to = history.target(releases, number, environment)
        wanted = Wanted(
            to.report.image,
            to.report.revision,
            to.manifest,
            verdict=f"rolled back to release {to.number} and verified",
        )
        return await bring(cluster, environment, wanted, limit, steps)


async def bring(
    cluster: Cluster, environment: Environment, wanted: Wanted, limit: timedelta, steps: Steps
) -> Report:
    """Record, apply, watch and verify; on failure, bring back the last good release."""
    records = Records(cluster, environment)
    releases = await patiently(records.read)
    before = await patiently(partial(running_in, cluster, environment))
    number = history.next_number(releases)
    begun = Report(
        environment=environment.name,
        image=wanted.image,
        revision=wanted.revision,
        previous=before.revision if before else "",
        url=wanted.manifest.url,
        checks=wanted.checks,
        release=number,
        began=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    release = Release(number, State.PENDING, begun, wanted.manifest.text, wanted.run)
    await records.put(release)
    await records.close(releases, number)

    async def end(state: State, report: Report) -> Report:
        ended = replace(report, seconds=dict(steps.seconds), total=steps.total)
        await records.put(release.ended(state, ended))
        await records.tidy([*releases, release.ended(state, ended)])
        return ended

    try:
        pods = await _establish(
            cluster, environment, wanted, history.applied(releases), limit, steps
        )
    except CiError as failure:
        restored = await _restore(cluster, environment, [*releases, release], failure, steps)
        report = replace(
            begun,
            verdict=FAILED,
            reason=failure.sentence,
            restored=restored,
            evidence=failure.evidence,
        )
        told = [failure.sentence, restored]
        try:
            await end(State.FAILED, report)
        except CiError as third:
            told.append(f"The report could not be kept: {third.sentence}")
        raise ReleaseFailed(" ".join(filter(None, told)), failure.evidence) from None
    return await end(State.DEPLOYED, replace(begun, verdict=wanted.verdict, pods=pods))


async def _establish(
    cluster: Cluster,
    environment: Environment,
    wanted: Wanted,
    before: prune.Objects,
    limit: timedelta,
    steps: Steps,
) -> str:
    """Apply, prune, watch and verify; how many pods are there in the end."""
    namespace, manifest = environment.namespace, wanted.manifest
    if objections := admission.objections(manifest.objects, namespace):
        raise NothingChanged(f"{' '.join(objections)} Nothing was changed.")
    with steps.step("apply"):
        await patiently(partial(cluster.kubectl.apply, manifest, namespace))
        abandoned = prune.abandoned(before, manifest.objects)
        await patiently(partial(_prune, cluster, namespace, abandoned))
    with steps.step("rollout"):
        for deployment in manifest.deployments:
            await watch(cluster, namespace, deployment, limit)
    with steps.step("verify"):
        release = (wanted.image, wanted.revision, manifest.routes)
        found = await patiently(partial(verify, cluster, environment, *release))
    return f"{found.ready} of {found.wanted} ready, asked through {found.through}"


async def _prune(cluster: Cluster, namespace: str, resources: prune.Objects) -> None:
    if resources:
        live = await cluster.kubectl.live(Manifest.of(resources), namespace)
        if gone := prune.abandoned(prune.ours(live, kubectl.FIELD_MANAGER), ()):
            await cluster.kubectl.delete(Manifest.of(gone), namespace)


async def _restore(
    cluster: Cluster,
    environment: Environment,
    releases: history.Releases,
    failure: CiError,
    steps: Steps,
) -> str:
    """Bring the last good release back, within a time of its own; what came of that."""
    if isinstance(failure, NothingChanged):
        return ""
    good = history.last_good(releases)
    if good is None:
        return (
            f"{environment.name} has no good release to go back to, so this one is left in place: "
            "correct it and deploy again."
        )
    wanted = Wanted(good.report.image, good.report.revision, good.manifest)
    restoring = Steps()
    try:
        with steps.step("restore"), anyio.fail_after(RESTORE_LIMIT.total_seconds()):
            await _establish(
                cluster, environment, wanted, history.applied(releases), RESTORE_LIMIT, restoring
            )
    except (CiError, TimeoutError) as second:
        why = second.sentence if isinstance(second, CiError) else "its time is over."
        return f"Nor could {good.name} be brought back, the last good one: {why}"
    return f"The last good one is back and verified: {good.name}."
