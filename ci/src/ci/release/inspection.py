"""Asks what a release would change, and what differs from the last one. Changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from dagger import Directory

from ci.cluster import kubectl
from ci.cluster.client import Cluster
from ci.manifests import prune, refusals, waves
from ci.manifests.kustomize import render
from ci.manifests.manifest import Manifest
from ci.manifests.refusals import Refusal
from ci.project.environments import Environment
from ci.records import history, lease, nodes, report
from ci.records.history import Releases, State
from ci.records.presence import running_in, running_of
from ci.records.report import Report, Standing
from ci.records.store import Records
from ci.registry.candidate import Candidate
from ci.registry.references import unmade
from ci.release import plan, pruning
from ci.release.admission import handover, overlay, trial
from ci.release.admission.trial import Trial
from ci.release.plan import Change, Plan
from ci.release.pruning import Looked
from ci.rollout.running import Running
from ci.rollout.status import Object
from ci.run.errors import CiError, InvalidInput, Refused
from ci.run.steps import side_by_side

NO_RELEASE = "no release"


async def shown(cluster: Cluster, wanted: Sequence[Environment]) -> str:
    """What each environment runs, and the nodes, where these credentials may see them."""
    standing: list[Standing] = []
    seen: list[Object] = []

    async def stand() -> None:
        standing.extend(await status(cluster, wanted))

    async def look() -> None:
        try:
            seen.extend(await cluster.nodes())
        except Refused:  # Those of CI end at their environment's namespace.
            pass

    await side_by_side(stand, look)
    return "\n\n".join(filter(None, (report.table(standing), nodes.table(seen))))


async def status(cluster: Cluster, wanted: Sequence[Environment]) -> list[Standing]:
    """What each environment runs, or None where nothing was deployed, and how it has drifted."""
    releases: dict[str, Releases] = {}
    runs: dict[str, Running | None] = {}
    drifted: dict[str, str] = {}

    async def look(environment: Environment) -> None:
        found = await Records(cluster, environment).read()
        runs[environment.name] = await running_in(cluster, environment, found)
        releases[environment.name] = found

    async def compare(environment: Environment) -> None:
        name = environment.name
        off = await drift(cluster, environment, releases[name])
        drifted[name] = off if runs[name] or off != NO_RELEASE else "-"

    # All of the one before any of the other: what is asked for at the same time is asked at once.
    await side_by_side(*(partial(look, each) for each in wanted))
    await side_by_side(*(partial(compare, each) for each in wanted))
    return [(each, runs[each.name], drifted[each.name]) for each in wanted]


async def reported(
    cluster: Cluster, environment: Environment, number: int | None, run: str
) -> Report:
    """The report of the release with that number, of that run of CI, or else of the newest."""
    releases = await Records(cluster, environment).read()
    found = history.of_run(releases, run) if run else history.chosen(releases, number, environment)
    if found and found.state is State.PENDING:
        goes_on = bool(await lease.alive(cluster, environment))
        return replace(found.report, reason=f"{history.standing(found, goes_on)}.")
    if found:
        return found.report
    return report.not_begun(environment, run, await running_in(cluster, environment, releases))


async def candidate(cluster: Cluster, environment: Environment, manifests: Directory) -> Candidate:
    """What the environment runs already, so that a plan shows what its overlay changes.

    Which workloads that are, its releases say, or its overlay where they may not be read.
    """
    any_image = Candidate(unmade(f"localhost/{environment.service.name}"), "unknown")
    overlay = partial(render, manifests, environment, any_image)
    try:
        runs = await running_in(cluster, environment)
    except Refused:
        where = (environment.namespace, (await overlay()).objects, any_image.image)
        runs = await running_of(cluster, *where)
    if runs is None:
        await overlay()  # Whose own faults are told of first.
        raise InvalidInput(
            f"{environment.name} runs no image yet: name one with --image, as `publish` prints it."
        )
    return Candidate(
        runs.image,
        runs.revision,
        (f"With the image that {environment.name} runs: one that is built comes on top.",),
    )


async def planned(
    cluster: Cluster, environment: Environment, manifest: Manifest, notes: tuple[str, ...] = ()
) -> Plan:
    """What a deploy of the manifest would change and prune, and what else it would say.

    Raises NothingChanged where it would be refused.
    """
    overlay.admit(manifest, environment.namespace)
    await handover.admit(cluster, environment.namespace, manifest)
    gone: prune.Objects = ()
    try:
        before = history.applied(await Records(cluster, environment).read())
        gone = prune.abandoned(before, manifest.objects)
    except Refused:
        notes += (
            "Without what would be pruned: these credentials may not read the releases of "
            f"{environment.name}.",
        )
    found = await _compare(cluster, environment.namespace, manifest, gone)
    if found.refused:
        raise refusals.refusal(environment.namespace, found.refused)
    return Plan(environment.name, found.changes, (*notes, *found.told))


async def drift(cluster: Cluster, environment: Environment, releases: Releases) -> str:
    """Which resources are not as the last good release left them; or what has not ended yet."""
    newest = history.latest(releases)
    if newest and newest.state is State.PENDING:
        return history.standing(newest, bool(await lease.alive(cluster, environment)))
    good = history.last_good(releases)
    if good is None:
        return NO_RELEASE
    try:
        found = await _compare(cluster, environment.namespace, waves.lasting(good.manifest))
    except CiError as error:
        return f"unknown: {error.sentence}"
    return plan.drift(found.changes, [each.resource for each in found.refused])


@dataclass(frozen=True)
class _Compared:
    changes: list[Change]
    refused: Sequence[Refusal]
    told: tuple[str, ...]


async def _compare(
    cluster: Cluster, namespace: str, manifest: Manifest, gone: prune.Objects = ()
) -> _Compared:
    tries: list[Trial] = []
    looks: dict[str, Looked] = {}

    async def try_out() -> None:
        tries.append(await trial.attempt(cluster, namespace, manifest))

    async def look(name: str, resources: prune.Objects) -> None:
        looks[name] = await pruning.look(cluster, namespace, resources)

    both = (partial(look, "live", manifest.objects), partial(look, "gone", gone))
    await side_by_side(try_out, *both)
    [tried], pruned = tries, prune.ours(looks["gone"].there, kubectl.FIELD_MANAGER)
    found = plan.changes(looks["live"].there, tried.would_be, pruned, tried.anew)
    return _Compared(found, tried.refused, looks["gone"].told)
