"""Decides which images may move on from one environment to another."""

from dataclasses import replace

from ci.cluster.client import Cluster
from ci.project.environments import ENVIRONMENTS, Env, Environment
from ci.records.history import Releases, State, latest
from ci.records.presence import running_in
from ci.records.store import Records
from ci.registry.candidate import Candidate
from ci.release.verification import verify
from ci.run.errors import InvalidInput, Refused

PROD, BEFORE_PROD = ENVIRONMENTS[Env.prod], ENVIRONMENTS[Env.stage]


async def candidate(cluster: Cluster, source: Environment) -> Candidate:
    """What `source` runs, once it is found to be well there at this moment."""
    releases = await Records(cluster, source).read()
    runs = await verify(cluster, source)
    return Candidate(
        promoted(releases, source, runs.image),
        runs.revision,
        (f"Promoted from {source.name}, where it was verified.",),
    )


async def admitted(
    cluster: Cluster, environment: Environment, image: Candidate, force: str
) -> Candidate:
    """The candidate, where the environment may take it; why, if only by force."""
    if environment != PROD:
        return image
    try:
        runs = await running_in(cluster, BEFORE_PROD)
        stage_runs = runs.image if runs else "nothing"
    except Refused:
        stage_runs = "not to be seen with this kubeconfig"
    forced = admit(image.image, stage_runs, force)
    return replace(image, checks=(*image.checks, forced)) if forced else image


def promoted(releases: Releases, source: Environment, runs: str) -> str:
    """The image that `source` runs, where its newest release was verified and is what runs.

    One that was refused left everything as it was, and does not count.
    """
    newest = latest(releases)
    if newest is None or newest.state is not State.DEPLOYED:
        what = f"its {newest.name} is {newest.state.value}" if newest else "it has no release"
        raise InvalidInput(
            f"{source.name} has nothing to promote: {what}; deploy to {source.name} first."
        )
    if newest.report.image != runs:
        raise InvalidInput(
            f"{source.name} runs {runs or 'nothing'}, and not {newest.report.image}, which was "
            f"verified there: deploy to {source.name} first."
        )
    return runs


def admit(image: str, stage_runs: str, force: str) -> str:
    """Nothing to say of what stage runs; of anything else the reason why prod takes it."""
    if image == stage_runs:
        return ""
    if not force.strip():
        raise InvalidInput(
            f"{PROD.name} only takes what {BEFORE_PROD.name} runs, and that is "
            f"{stage_runs}: deploy {image} to {BEFORE_PROD.name} first, or give "
            "the reason not to with --force."
        )
    return f"Not what {BEFORE_PROD.name} runs; forced: {force.strip()}"
