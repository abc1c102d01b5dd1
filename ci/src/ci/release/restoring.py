"""Brings the last good release back where another one failed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import anyio

from ci.cluster.client import Cluster
from ci.manifests import waves
from ci.manifests.refusals import Refusal
from ci.project.environments import Environment
from ci.records import history
from ci.records.history import Release
from ci.release.admission import trial
from ci.release.establishing import Established, establish
from ci.release.wanted import Wanted
from ci.rollout.limits import Limits
from ci.run.errors import CiError
from ci.run.steps import Steps

RESTORE_LIMIT = timedelta(minutes=2)
RESTORE_MARGIN = timedelta(minutes=1)
"""What a restore may take beside its rollout."""


async def restore(
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
            found = await establish(cluster, environment, wanted, tried, applied, within, Steps())
    except (CiError, TimeoutError) as second:
        why = second.sentence if isinstance(second, CiError) else "its time is over."
    back_to = None if why else good.number
    told = (*found.told, *history.kept_after(releases, good))
    return restoration(good, refused, why), replace(found, back_to=back_to, told=told)


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
