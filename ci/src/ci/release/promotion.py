"""Decides which images may move on from one environment to another."""

from dataclasses import replace

from ci.cluster.client import Cluster
from ci.project.environments import Environment
from ci.records.history import Releases, State, last_good, latest
from ci.records.presence import running_in
from ci.records.store import Records
from ci.registry.candidate import Candidate
from ci.release.verification import verify
from ci.run.errors import InvalidInput, Refused


async def candidate(cluster: Cluster, source: Environment) -> Candidate:
    """What `source` runs, once it is found to be well there at this moment."""
    releases = await Records(cluster, source).read()
    runs = await verify(cluster, source)
    good = last_good(releases)
    return Candidate(
        promoted(releases, source, runs.image),
        runs.revision,
        (f"Promoted from {source.name}, where it was verified.",),
        good.origin.committed if good else "",
    )


async def admitted(
    cluster: Cluster,
    environment: Environment,
    feeder: Environment | None,
    image: Candidate,
    force: str,
) -> Candidate:
    """The candidate, where the environment may take it; why, if only by force.

    `feeder` is the environment that it is promoted from, where the project has one for it.
    """
    if feeder is None:
        return image
    try:
        runs = await running_in(cluster, feeder)
        feeder_runs = runs.image if runs else "nothing"
    except Refused:
        feeder_runs = "not to be seen with this kubeconfig"
    forced = admit(image.image, environment, feeder, feeder_runs, force)
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


def admit(
    image: str, environment: Environment, feeder: Environment, feeder_runs: str, force: str
) -> str:
    """Nothing to say of what the feeder runs; of anything else the reason why it is taken."""
    if image == feeder_runs:
        return ""
    if not force.strip():
        raise InvalidInput(
            f"{environment.name} only takes what {feeder.name} runs, and that is "
            f"{feeder_runs}: deploy {image} to {feeder.name} first, or give "
            "the reason not to with --force."
        )
    return f"Not what {feeder.name} runs; forced: {force.strip()}"
