"""Objects as an API server shows them, with only what the tests look at."""

from datetime import UTC, datetime, timedelta
from typing import Any

from ci.rollout import Object, Snapshot

NOW = datetime(2026, 5, 9, 12, tzinfo=UTC)
IMAGE = "r.io/fastapi@sha256:" + "1" * 64
OLD_IMAGE = "r.io/fastapi@sha256:" + "0" * 64


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
        "metadata": {
            "name": "stage-fastapi",
            "uid": "d1",
            "generation": generation,
            "creationTimestamp": ago(days=9),
            "annotations": {"deployment.kubernetes.io/revision": "2"},
            "labels": {"app.kubernetes.io/version": "abc"},
        },
        "spec": {
            "replicas": wanted,
            "template": {"spec": {"containers": [{"name": "fastapi", "image": IMAGE}]}},
        },
        "status": there | status,
    }


def replica_set(revision: str, template: str, **age: float) -> Object:
    """The ReplicaSet of one revision."""
    return {
        "metadata": {
            "name": f"stage-fastapi-{template}",
            "creationTimestamp": ago(**age),
            "annotations": {"deployment.kubernetes.io/revision": revision},
            "labels": {"pod-template-hash": template},
        }
    }


SETS = (replica_set("1", "old", days=9), replica_set("2", "new", minutes=3))


def container(restarts: int = 0, last: Any = None, **state: Any) -> Object:
    """A container's status in one state, `running` if none is given."""
    return {
        "name": "fastapi",
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
    **metadata: Any,
) -> Object:
    """A pod of the newest template."""
    return {
        "metadata": {
            "name": f"stage-fastapi-{template}-x",
            "labels": {"pod-template-hash": template},
            **metadata,
        },
        "spec": {"containers": [{"name": "fastapi", "image": image}]},
        "status": {
            "conditions": list(conditions),
            "initContainerStatuses": list(init),
            "containerStatuses": list(containers),
        },
    }


def snapshot(*pods: Object, of: Object | None = None, least: int = 0) -> Snapshot:
    """A moment of the Deployment with these pods."""
    return Snapshot(of or deployment(), SETS, pods, least)
