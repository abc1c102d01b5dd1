"""Gathers what the cluster says of an object that fails: warnings, and what its pods wrote."""

from datetime import datetime

from ci import events, pods
from ci.cluster import Cluster
from ci.errors import CiError
from ci.rollout import Snapshot


async def evidence(
    cluster: Cluster, namespace: str, snapshot: Snapshot | None, began: datetime
) -> str:
    """All that has been said of it since the release began; nothing where it is not there."""
    if snapshot is None:
        return ""
    found: list[str] = []
    try:
        found += events.told(await cluster.warnings(namespace), snapshot, began)
        for pod in events.pods_to_ask(snapshot):
            for container, previous in pods.fallen(pod):
                name = pod["metadata"]["name"]
                log = await cluster.log(namespace, name, container, previous)
                found.append(f"Log of pod {name}, container {container}:\n{log.rstrip()}")
    except CiError as error:
        found.append(f"There may be more: {error.sentence}")
    return "\n".join(found)
