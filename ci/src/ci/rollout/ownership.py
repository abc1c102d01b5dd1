"""Finds what belongs to whom, by the UIDs of owners: labels may be anybody's."""

from collections.abc import Iterable, Sequence

from ci.rollout import pods as pod_states
from ci.rollout.deployments import Snapshot, least_replicas
from ci.rollout.status import Object


def snapshots(
    live: Iterable[Object | None],
    replica_sets: Sequence[Object],
    pods: Sequence[Object],
    autoscalers: Sequence[Object],
) -> list[Snapshot | None]:
    """Each object with its own ReplicaSets and pods; None where it is not there."""
    leaving = any(map(pod_states.is_leaving, pods))

    def of(resource: Object) -> Snapshot:
        sets = _owned(replica_sets, [resource])
        least = least_replicas(autoscalers, resource["kind"], resource["metadata"]["name"])
        return Snapshot(resource, sets, _owned(pods, [resource, *sets]), least, leaving)

    return [None if resource is None else of(resource) for resource in live]


def _owned(found: Iterable[Object], owners: Iterable[Object]) -> list[Object]:
    uids = {each["metadata"]["uid"] for each in owners}
    return [
        each
        for each in found
        if any(owner["uid"] in uids for owner in each["metadata"].get("ownerReferences", ()))
    ]
