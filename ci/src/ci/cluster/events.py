"""Picks the events that tell of one object of one release: by UID, and since that began."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from ci.rollout import pods, workloads
from ci.rollout.deployments import Snapshot
from ci.rollout.status import Object, seen_last

SHOWN = 10
CLOCKS_APART = timedelta(seconds=30)
"""How far the clocks of those who write events may be behind ours."""


def told(warnings: Iterable[Object], snapshot: Snapshot, began: datetime) -> list[str]:
    """A line for each of the last warnings, with whom it is about."""
    about = [snapshot.resource, *snapshot.newest_replica_sets, *pods_to_ask(snapshot)]
    uids = {each["metadata"]["uid"] for each in about}
    ours = [
        event
        for event in warnings
        if event["involvedObject"].get("uid") in uids and seen_last(event) >= began - CLOCKS_APART
    ]
    return [_line(event) for event in sorted(ours, key=seen_last)[-SHOWN:]]


def pods_to_ask(snapshot: Snapshot) -> list[Object]:
    """Its new pods, and the last one that failed where they are to come to an end."""
    ended = [
        pod
        for pod in snapshot.pods
        if pods.is_finished(pod) and not pods.is_to_stay(pod) and not pods.is_leaving(pod)
    ]
    ended.sort(key=lambda pod: str(pod["metadata"]["creationTimestamp"]))
    return [*workloads.new_pods(snapshot), *ended[-1:]]


def _line(event: Object) -> str:
    about = event["involvedObject"]
    return f"{about['kind']} {about['name']}: {event.get('message', '').strip()}"
