"""Saves what a release would change, and refuses to deploy it where that is no longer so."""

from dataclasses import replace
from functools import partial

from ci.cluster import kubectl
from ci.cluster.client import Cluster
from ci.manifests import prune
from ci.manifests.manifest import Manifest, name_of
from ci.project.environments import Environment
from ci.records import history
from ci.records.store import Records
from ci.registry.candidate import Candidate
from ci.release import inspection, pruning
from ci.release.saved import planned
from ci.release.saved.planned import Planned
from ci.run.errors import NothingChanged, Refused
from ci.run.patience import patiently

FILE = "plan.json"


async def save(
    cluster: Cluster, environment: Environment, manifest: Manifest, candidate: Candidate
) -> Planned:
    """What a deploy of the candidate would change; raises NothingChanged where it is refused."""
    before = await _look(cluster, environment, manifest, candidate)
    found = await inspection.planned(cluster, environment, manifest, candidate.checks)
    after = await _look(cluster, environment, manifest, candidate)
    if told := ", ".join(planned.moved_on(before, after)):
        raise NothingChanged(f"{environment.name} is being changed: {told}; plan when it is not.")
    return replace(after, changes=found.lines)


async def hold(
    wanted: Planned, cluster: Cluster, environment: Environment, manifest: Manifest
) -> None:
    """Raise NothingChanged where what is rendered, or what is there, is not as it was planned."""
    candidate = Candidate(wanted.image, wanted.revision)
    now = await patiently(partial(_look, cluster, environment, manifest, candidate))
    if told := ", ".join(planned.moved_on(wanted, now)):
        raise NothingChanged(
            f"{environment.name} is not as it was when this was planned: {told}; plan it anew. "
            "Nothing was changed."
        )


async def _look(
    cluster: Cluster, environment: Environment, manifest: Manifest, candidate: Candidate
) -> Planned:
    namespace, wanted = environment.namespace, manifest.objects
    looked = await pruning.look(cluster, namespace, wanted)
    try:
        before = history.applied(await Records(cluster, environment).read())
        left = await pruning.look(cluster, namespace, prune.abandoned(before, wanted))
        gone = list(map(name_of, prune.ours(left.there, kubectl.FIELD_MANAGER)))
    except Refused:
        gone = None
    return Planned(
        environment.name,
        candidate.image,
        candidate.revision,
        planned.digest(wanted),
        planned.states(wanted, looked.there, looked.unknown),
        gone,
    )
