"""Says how far the rollout of a Deployment has come, from the objects the cluster shows.

`kubectl rollout status` waits for a deadline where a pod can never start. This looks at the pods
as well, so that what cannot become ready is said within seconds.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ci.rollout import pods, waits
from ci.rollout.limits import Moment
from ci.rollout.status import (
    Object,
    Result,
    Status,
    annotation,
    conditions,
    count,
    current,
    failed,
    in_progress,
    label,
    unobserved,
)

_REVISION = "deployment.kubernetes.io/revision"
_HASH = "pod-template-hash"


@dataclass(frozen=True)
class Snapshot:
    """An object of a release and what belongs to it, read at one moment."""

    resource: Object
    replica_sets: Sequence[Object] = ()
    """Those of a Deployment, of all its revisions."""
    pods: Sequence[Object] = ()
    """Those that it or its ReplicaSets own; others may carry the same labels."""
    least: int = 0
    """How many pods its autoscaler wants at least: a new Deployment starts with fewer."""
    leaving: bool = False
    """Whether any pod of the namespace is on its way out, and frees what it takes."""
    warnings: Sequence[Object] = ()
    """Events of the namespace, read where only they say why a pod does not start."""

    @property
    def newest_replica_sets(self) -> list[Object]:
        """The ReplicaSets of the newest template: one, or none before the controller acts."""
        revision = annotation(self.resource, _REVISION)
        return [each for each in self.replica_sets if annotation(each, _REVISION) == revision]

    @property
    def is_available(self) -> bool:
        """The newest template has all the pods that it needs."""
        there = sum(count(each, "availableReplicas") for each in self.newest_replica_sets)
        return there >= wanted_replicas(self.resource)

    @property
    def living_pods(self) -> list[Object]:
        """Without those that ended and those on their way out."""
        return [pod for pod in self.pods if not pods.is_leaving(pod) and not pods.is_finished(pod)]

    @property
    def new_pods(self) -> list[Object]:
        """The living pods of the newest template."""
        hashes = {label(each, _HASH) for each in self.newest_replica_sets}
        return [pod for pod in self.living_pods if label(pod, _HASH) in hashes]


def compute(snapshot: Snapshot, moment: Moment) -> Result:
    """How far a Deployment is."""
    if result := unobserved(snapshot.resource):
        return result
    deployment = snapshot.resource
    troubles = [*_troubles(snapshot, moment), *_at_zero(deployment, snapshot.least)]
    progress = _progress(snapshot)
    if progress.status is not Status.CURRENT:
        troubles += _paused(deployment)
        # What may still come is given its own time, whatever the Deployment's deadline is.
        troubles = troubles or list(_overdue(snapshot))
    return weighed(progress, troubles)


def weighed(progress: Result, troubles: Sequence[Result]) -> Result:
    """What cannot come right counts first; then what is waited for, if it is not there yet."""
    for trouble in troubles:
        if trouble.status is Status.FAILED:
            return trouble
    if progress.status is Status.CURRENT or not troubles:
        return progress
    return troubles[0]


def least_replicas(autoscalers: Iterable[Object], kind: str, name: str) -> int:
    """The fewest replicas that the autoscalers of a namespace leave a workload; 0 for none."""
    return max(
        (
            scaler["spec"].get("minReplicas", 1)
            for scaler in autoscalers
            if scaler["spec"]["scaleTargetRef"]["name"] == name
            and scaler["spec"]["scaleTargetRef"].get("kind", kind) == kind
        ),
        default=0,
    )


def wanted_replicas(workload: Object) -> int:
    """How many pods its specification asks for."""
    return int(workload["spec"].get("replicas", 1))


def standstill(workload: Object, least: int) -> Iterator[Result]:
    """Why nothing rolls out until somebody acts, and what he does then."""
    yield from _paused(workload)
    yield from _at_zero(workload, least)


def _paused(workload: Object) -> Iterator[Result]:
    if workload["spec"].get("paused"):
        yield failed("Paused", f"it is paused; {_remedy(workload, 'rollout resume')}")


def _at_zero(workload: Object, least: int) -> Iterator[Result]:
    if least and wanted_replicas(workload) == 0:
        how = _remedy(workload, f"scale --replicas={least}")
        yield failed("ScaledToZero", f"it is scaled to 0, where its autoscaler leaves it; {how}")


def _remedy(workload: Object, action: str) -> str:
    metadata = workload["metadata"]
    where = f"--namespace {metadata.get('namespace', 'default')}"
    name = f"{workload['kind'].lower()}/{metadata['name']}"
    return f"`kubectl {where} {action} {name}`, and deploy again"


def _troubles(snapshot: Snapshot, moment: Moment) -> Iterator[Result]:
    for pod in snapshot.new_pods:
        yield from pods.troubles(pod, moment, snapshot.warnings)
    # Of the ReplicaSets and not of the Deployment, which may still tell of the release before.
    for replica_set in snapshot.newest_replica_sets:
        yield from refusals(replica_set, snapshot.leaving, moment)


def refusals(controller: Object, leaving: bool, moment: Moment) -> Iterator[Result]:
    """Why the cluster lets a ReplicaSet make no pod."""
    for each in conditions(controller):
        if each.type == "ReplicaFailure" and each.status == "True":
            freed = leaving and waits.FREED.fits(each.reason, each.message)
            wait = waits.FREED if freed else waits.find(each.reason, each.message)
            if wait:
                who = f"ReplicaSet {controller['metadata']['name']}"
                yield pods.judged(wait, who, each.reason, each.why, moment)


def _overdue(snapshot: Snapshot) -> Iterator[Result]:
    for each in conditions(snapshot.resource):
        overdue = each.type == "Progressing" and each.reason == "ProgressDeadlineExceeded"
        if overdue and not snapshot.is_available:
            yield failed(each.reason, pods.why_waiting(snapshot.new_pods) or each.message)


def _progress(snapshot: Snapshot) -> Result:
    deployment = snapshot.resource
    wanted = max(wanted_replicas(deployment), snapshot.least)
    updated = count(deployment, "updatedReplicas")
    total = count(deployment, "replicas")
    available = count(deployment, "availableReplicas")
    if updated < wanted:
        return in_progress("Updating", f"{updated} of {wanted} pods updated")
    if total > updated:
        # Which do not end before their successors are ready.
        old = total - updated
        ending = f"{old} old pod{'s' * (old > 1)} still to end"
        return in_progress("Replacing", pods.why_waiting(snapshot.new_pods) or ending)
    if available < updated:
        return in_progress("Starting", f"{available} of {updated} pods available")
    return current("Available", f"{available} of {wanted} pods available")
