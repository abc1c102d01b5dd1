"""Pods that ask each other, one on each of some nodes."""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from ci.run.images import PYTHON
from local.host.errors import CommandFailed
from tests.machines.administered import Administered

_NAMESPACE = "asking"
_PORT = 8000
_ASK = "import sys, urllib.request as u; print(u.urlopen(sys.argv[1], timeout=3).status)"


@dataclass(frozen=True)
class Pod:
    """A pod by its name and its address."""

    name: str
    address: str
    namespace: str = _NAMESPACE


@contextmanager
def pods(cluster: Administered, nodes: Sequence[str]) -> Iterator[list[Pod]]:
    """Meanwhile one pod runs on each node, and answers."""
    cluster.kubectl("create", "namespace", _NAMESPACE)
    try:
        described = {"apiVersion": "v1", "kind": "List", "items": [_on(node) for node in nodes]}
        cluster.kubectl("apply", "-n", _NAMESPACE, "-f", "-", stdin=json.dumps(described))
        ready = ("wait", "--for=condition=Ready", "pods", "--all", "--timeout=15m")
        cluster.kubectl("-n", _NAMESPACE, *ready)
        found = cluster.objects("pods", "-n", _NAMESPACE)
        yield [Pod(pod["metadata"]["name"], pod["status"]["podIP"]) for pod in found]
    finally:
        cluster.kubectl("delete", "namespace", _NAMESPACE, "--timeout=15m")


def comes_to(
    cluster: Administered, one: Pod, other: Pod, answered: bool, seconds: float = 30
) -> bool:
    """Whether, within some seconds, one is or is not answered by the other."""
    until = time.monotonic() + seconds
    while _asked(cluster, one, other) is not answered:
        if time.monotonic() > until:
            return False
        time.sleep(1)
    return True


def _asked(cluster: Administered, one: Pod, other: Pod) -> bool:
    address = f"http://{other.address}:{_PORT}/"
    try:
        cluster.kubectl("-n", _NAMESPACE, "exec", one.name, "--", "python3", "-c", _ASK, address)
    except CommandFailed:
        return False
    return True


def _on(node: str) -> dict[str, object]:
    container = {
        "name": "web",
        "image": PYTHON,
        "command": ["python3", "-m", "http.server", str(_PORT)],
        "readinessProbe": {"tcpSocket": {"port": _PORT}, "periodSeconds": 1},
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": f"on-{node}"},
        "spec": {
            "nodeName": node,
            "containers": [container],
            "terminationGracePeriodSeconds": 1,
        },
    }
