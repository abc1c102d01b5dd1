"""Objects as an API server shows them, with only what the tests look at."""

from datetime import UTC, datetime, timedelta
from typing import Any

from ci.rollout.deployments import Snapshot
from ci.rollout.limits import Limits, Moment
from ci.rollout.status import Object

NOW = datetime(2026, 5, 9, 12, tzinfo=UTC)
IMAGE = "r.io/web@sha256:" + "1" * 64
OLD_IMAGE = "r.io/web@sha256:" + "0" * 64
LABELS = {"app": "web"}
SERVING: Object = {
    "name": "web",
    "image": IMAGE,
    "ports": [{"name": "http", "containerPort": 8000}],
    "readinessProbe": {"httpGet": {"path": "/", "port": "http"}},
}
"""The container of the service, which says at its root whether it is well."""


def ago(**span: float) -> str:
    """A time before now, as the API writes it."""
    return (NOW - timedelta(**span)).strftime("%Y-%m-%dT%H:%M:%SZ")


def deployment(wanted: int = 2, conditions: Any = (), generation: int = 3, **status: Any) -> Object:
    """A Deployment at its second revision, all of whose pods are there."""
    there = {
        "observedGeneration": 3,
        "replicas": wanted,
        "updatedReplicas": wanted,
        "readyReplicas": wanted,
        "availableReplicas": wanted,
        "conditions": list(conditions),
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {
            "name": "stage-web",
            "namespace": "stage",
            "uid": "d1",
            "generation": generation,
            "creationTimestamp": ago(days=9),
            "annotations": {"deployment.kubernetes.io/revision": "2"},
            "labels": {"app.kubernetes.io/version": "abc"},
        },
        "spec": {
            "replicas": wanted,
            "template": {"metadata": {"labels": LABELS}, "spec": {"containers": [dict(SERVING)]}},
        },
        "status": there | status,
    }


def service(port: int = 8000, **more: Any) -> Object:
    """The Service that leads to the Deployment."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "stage-web", "namespace": "stage"},
        "spec": {"selector": LABELS, "ports": [{"port": port, "targetPort": "http"}], **more},
    }


def replica_set(revision: str, template: str, **age: float) -> Object:
    """The ReplicaSet of one revision."""
    return {
        "metadata": {
            "name": f"stage-web-{template}",
            "uid": f"r-{template}",
            "creationTimestamp": ago(**age),
            "annotations": {"deployment.kubernetes.io/revision": revision},
            "labels": {"pod-template-hash": template},
            "ownerReferences": [{"kind": "Deployment", "uid": "d1"}],
        }
    }


SETS = (replica_set("1", "old", days=9), replica_set("2", "new", minutes=3))


def container(restarts: int = 0, last: Any = None, **state: Any) -> Object:
    """A container's status in one state, `running` if none is given."""
    return {
        "name": "web",
        "restartCount": restarts,
        "ready": not state,
        "imageID": IMAGE,
        "state": state or {"running": {}},
        "lastState": {"terminated": last} if last else {},
    }


def pod(
    *containers: Object,
    template: str = "new",
    image: str = IMAGE,
    conditions: Any = (),
    init: Any = (),
    phase: str = "Running",
    **metadata: Any,
) -> Object:
    """A pod of the newest template, ready for a minute unless conditions say otherwise."""
    return {
        "metadata": {
            "name": f"stage-web-{template}-x",
            "uid": f"p-{template}",
            "labels": {"pod-template-hash": template},
            "ownerReferences": [{"kind": "ReplicaSet", "uid": f"r-{template}"}],
            **metadata,
        },
        "spec": {"containers": [{"name": "web", "image": image}]},
        "status": {
            "phase": phase,
            "conditions": list(conditions) or [ready(minutes=1)],
            "initContainerStatuses": list(init),
            "containerStatuses": list(containers),
        },
    }


def ready(status: str = "True", **span: float) -> Object:
    """What is said of a pod's readiness, since so long ago."""
    return {"type": "Ready", "status": status, "lastTransitionTime": ago(**span)}


class Since(dict[str, datetime]):
    """Everybody was first seen at the same time."""

    def __init__(self, time: datetime) -> None:
        super().__init__()
        self._time = time

    def setdefault(self, key: str, default: Any = None) -> datetime:
        """That time."""
        return self._time


def moment(waited: float = 0, timeout: float = 300, settle: float = 15) -> Moment:
    """A look at a release in which whoever waits has done so for some seconds."""
    limits = Limits(timedelta(seconds=timeout), timedelta(seconds=settle))
    return Moment(NOW, limits, Since(NOW - timedelta(seconds=waited)))


def snapshot(*pods: Object, of: Object | None = None, least: int = 0) -> Snapshot:
    """A moment of the Deployment with these pods."""
    return Snapshot(of or deployment(), SETS, pods, least)
