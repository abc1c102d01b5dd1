"""What an environment holds: whether a test has left it as a good release had."""

import json
from collections.abc import Callable
from typing import Any

KINDS = (
    "configmaps,cronjobs,deployments,horizontalpodautoscalers,httproutes,jobs,leases,limitranges,"
    "networkpolicies,persistentvolumeclaims,poddisruptionbudgets,pods,resourcequotas,secrets,"
    "serviceaccounts,services,statefulsets"
)
BOOKKEEPING = ("deployment.kubernetes.io/", "kubectl.kubernetes.io/")


def held(kubectl: Callable[..., Any], env: str) -> str:
    """All that was asked for there, and how its pods are; the same text for the same things."""
    items = kubectl("-n", env, "get", KINDS)["items"]
    return "\n".join(sorted(filter(None, map(_told, items))))


def _told(found: Any) -> str:
    metadata, spec = found["metadata"], found.get("spec", {})
    if found["kind"] == "Pod":
        return "" if "deletionTimestamp" in metadata else _pod(spec, found["status"])
    if found.get("type") == "ci/release.v1":
        state = metadata["labels"]["ci/release"]
        return f"release {metadata['name']}" if state == "pending" else ""
    if found["kind"] == "Lease":
        return f"Lease of {spec['holderIdentity']}" if spec.get("holderIdentity") else ""
    annotations = {
        name: value
        for name, value in metadata.get("annotations", {}).items()
        if not name.startswith(BOOKKEEPING)
    }
    content = {name: found[name] for name in ("spec", "data") if name in found}
    who = [found["kind"], metadata["name"], metadata.get("labels"), annotations]
    return json.dumps([*who, content], sort_keys=True)


def _pod(spec: Any, status: Any) -> str:
    ready = [each["status"] for each in status.get("conditions", ()) if each["type"] == "Ready"]
    images = [each["image"] for each in spec["containers"]]
    return f"Pod {images} {status.get('phase')} {ready}"
