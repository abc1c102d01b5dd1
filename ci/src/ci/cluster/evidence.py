"""Gathers what the cluster says of an object that fails: warnings, and what its pods wrote."""

from collections.abc import Sequence
from datetime import datetime

from ci.cluster import events
from ci.cluster.client import Cluster
from ci.rollout import pods
from ci.rollout.deployments import Snapshot
from ci.rollout.status import Object
from ci.run.errors import CiError


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
                log = await _last_words(cluster, namespace, pod, container, previous)
                found.append(_titled(pod, container, log))
    except CiError as error:
        found.append(f"There may be more: {error.sentence}")
    return "\n".join(found)


async def said(
    cluster: Cluster, namespace: str, workloads: Sequence[Object], began: datetime
) -> str:
    """All that has been said of some workloads since then, and what their containers wrote last."""
    found: list[str] = []
    try:
        for each in await cluster.snapshots(namespace, workloads):
            found.append(await evidence(cluster, namespace, each, began))
            found.append(await spoken(cluster, namespace, each))
    except CiError as error:
        found.append(f"There may be more: {error.sentence}")
    return "\n".join(filter(None, found))


async def spoken(cluster: Cluster, namespace: str, snapshot: Snapshot | None) -> str:
    """What its containers wrote last, though none of them has fallen."""
    found: list[str] = []
    try:
        for pod in events.pods_to_ask(snapshot) if snapshot else ():
            for container in pod["spec"]["containers"]:
                name = container["name"]
                log = await cluster.log(namespace, pod["metadata"]["name"], name, False)
                found.append(_titled(pod, name, log))
    except CiError as error:
        found.append(f"There may be more: {error.sentence}")
    return "\n".join(found)


def _titled(pod: Object, container: str, log: str) -> str:
    return f"Log of pod {pod['metadata']['name']}, container {container}:\n{log.rstrip()}"


async def _last_words(
    cluster: Cluster, namespace: str, pod: Object, container: str, previous: bool
) -> str:
    """What it wrote in the life that ended, also where the kubelet has begun the next since."""
    name = pod["metadata"]["name"]
    log = await cluster.log(namespace, name, container, previous)
    if previous:
        return log
    uid = pod["metadata"]["uid"]
    since = [each for each in await cluster.pods(namespace) if each["metadata"]["uid"] == uid]
    if pods.restarts(since) <= pods.restarts([pod]):
        return log
    return await cluster.log(namespace, name, container, True)
