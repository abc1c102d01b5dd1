"""Asks what a release would change, and what differs from the last one. Changes nothing."""

from collections.abc import Sequence
from functools import partial

from ci import history, kubectl, plan, prune, report
from ci.candidate import Candidate
from ci.cluster import Cluster
from ci.environments import Environment
from ci.errors import CiError, InvalidInput
from ci.manifest import Manifest, Object
from ci.plan import Change
from ci.records import Records
from ci.report import Report, Standing
from ci.steps import side_by_side
from ci.verification import running_in


async def status(cluster: Cluster, wanted: Sequence[Environment]) -> list[Standing]:
    """What each environment runs, or None where nothing was deployed, and how it has drifted."""
    found: dict[str, Standing] = {}

    async def look(environment: Environment) -> None:
        runs = await running_in(cluster, environment)
        off = await drift(cluster, environment) if runs else "-"
        found[environment.name] = (environment, runs, off)

    await side_by_side(*(partial(look, environment) for environment in wanted))
    return [found[environment.name] for environment in wanted]


async def reported(
    cluster: Cluster, environment: Environment, number: int | None, run: str
) -> Report:
    """The report of the release with that number, of that run of CI, or else of the newest."""
    releases = await Records(cluster, environment).read()
    if not run:
        return history.chosen(releases, number, environment).report
    if made := history.of_run(releases, run):
        return made.report
    return report.not_begun(environment, run, await running_in(cluster, environment))


async def candidate(cluster: Cluster, environment: Environment) -> Candidate:
    """What the environment runs already, so that a plan shows what its overlay changes."""
    runs = await running_in(cluster, environment)
    if runs is None:
        raise InvalidInput(
            f"{environment.name} runs no image yet: name one with --image, as `publish` prints it."
        )
    return Candidate(runs.image, runs.revision)


async def planned(cluster: Cluster, environment: Environment, manifest: Manifest) -> list[Change]:
    """What applying the manifest would change, and what it would prune."""
    before = history.applied(await Records(cluster, environment).read())
    gone = prune.abandoned(before, manifest.objects)
    return await _compared(cluster, environment, manifest, gone)


async def drift(cluster: Cluster, environment: Environment) -> str:
    """Which resources are not as the last good release left them."""
    good = history.last_good(await Records(cluster, environment).read())
    if good is None:
        return "no release"
    try:
        return plan.drift(await _compared(cluster, environment, good.manifest, ()))
    except CiError as error:
        return f"unknown: {error.sentence}"


async def _compared(
    cluster: Cluster, environment: Environment, manifest: Manifest, gone: prune.Objects
) -> list[Change]:
    namespace = environment.namespace
    live: list[Object] = []
    would_be: list[Object] = []
    pruned: list[Object] = []

    async def look() -> None:
        live.extend(await cluster.kubectl.live(manifest, namespace))

    async def try_out() -> None:
        would_be.extend(await cluster.kubectl.would_be(manifest, namespace))

    async def look_for_what_goes() -> None:
        if gone:
            there = await cluster.kubectl.live(Manifest.of(gone), namespace)
            pruned.extend(prune.ours(there, kubectl.FIELD_MANAGER))

    await side_by_side(look, try_out, look_for_what_goes)
    return plan.changes(live, would_be, pruned)
