"""Watches a rollout, and gathers what the cluster says of one that fails."""

from datetime import UTC, datetime, timedelta

import anyio

from ci import durations
from ci.cluster import Cluster
from ci.errors import CiError, RolloutFailed, Unreachable
from ci.rollout import Result, Snapshot, Status, compute, fallen

POLL_SECONDS = 0.5
EVENTS_SHOWN = 10


async def watch(cluster: Cluster, namespace: str, deployment: str, limit: timedelta) -> Result:
    """Wait until the Deployment is Current; fail as soon as it has Failed, or at the limit."""
    snapshot: Snapshot | None = None
    after = durations.show(limit)
    sentence = f"is not there after {after}: the cluster has not answered."
    with anyio.move_on_after(limit.total_seconds()):
        while True:
            try:
                snapshot = await cluster.snapshot(namespace, deployment)
            except Unreachable as silence:
                sentence = f"is not there after {after}: {silence.sentence}"
            else:
                result = compute(snapshot, datetime.now(UTC))
                if result.status is Status.CURRENT:
                    return result
                if result.status is Status.FAILED:
                    sentence = f"fails with {result.reason}: {result.message}."
                    break
                sentence = (
                    f"is not there after {after}: {result.message}. Look at its pods, or give it "
                    "longer with --timeout."
                )
            await anyio.sleep(POLL_SECONDS)
    raise RolloutFailed(
        f"Deployment {deployment} in {namespace} {sentence}",
        await evidence(cluster, namespace, snapshot) if snapshot else "",
    )


async def evidence(cluster: Cluster, namespace: str, snapshot: Snapshot) -> str:
    """What the cluster says of a rollout that fails: its warnings, and what its pods wrote."""
    objects = [snapshot.deployment, *snapshot.newest_replica_sets, *snapshot.new_pods]
    names = {each["metadata"]["name"] for each in objects}
    found = []
    try:
        for event in await cluster.warnings(namespace):
            about = event["involvedObject"]
            if about.get("name") in names:
                found.append(f"{about['kind']} {about['name']}: {event.get('message', '').strip()}")
        found = found[-EVENTS_SHOWN:]
        for pod in snapshot.new_pods:
            for container, previous in fallen(pod):
                name = pod["metadata"]["name"]
                log = await cluster.log(namespace, name, container, previous)
                found.append(f"Log of pod {name}, container {container}:\n{log.rstrip()}")
    except CiError as error:
        found.append(f"There may be more: {error.sentence}")
    return "\n".join(found)
