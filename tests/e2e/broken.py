"""Releases that go wrong: images made of the service's own, and changes to a checkout's overlay."""

from pathlib import Path
from typing import Any

import yaml

from local.host.paths import REGISTRY
from local.pipeline import signing
from local.tools.catalogue import COSIGN, DAGGER
from tests.e2e.conftest import run
from tests.project import NAME

EXITS_AT_ONCE = "raise SystemExit('no such setting')"
CRASHES_AFTER_5_S = "import time; time.sleep(5); raise SystemExit('lost the connection')"
NEEDS_MEMORY = "kept = b'x' * (1 << 30)"
STARTS_SLOWLY = """
import os, time
time.sleep(15)
os.execvp('python', ['python', '-m', 'app'])
"""
# Its first process ends when it has served for a while, as one does that leaks.
CRASHES_WHILE_IT_SERVES = """
import subprocess, sys, time
subprocess.Popen(['python', '-m', 'app'])
time.sleep(14)
sys.exit('out of connections')
"""
# /dev/shm belongs to the pod, and so outlives a container that is restarted.
EXITS_ONCE = """
import os, pathlib, sys
mark = pathlib.Path('/dev/shm/started')
if not mark.exists():
    mark.touch()
    sys.exit('not yet')
os.execvp('python', ['python', '-m', 'app'])
"""
_REQUESTS = """
import asyncio, random
import app.__main__ as program
whole = program.app
async def beside(scope, receive, send):
    if scope["type"] == "http" and b"user-agent" not in dict(scope["headers"]):
        {what}
    await whole(scope, receive, send)
program.app = beside
program.main()
"""
# Probes and `verify` say who they are; those who send load do not.
FAILS_A_FIFTH = _REQUESTS.format(what="""if random.random() < 0.2:
            head = {"type": "http.response.start", "status": 500}
            await send(head | {"headers": [(b"content-length", b"0")]})
            await send({"type": "http.response.body"})
            return""")

Patch = dict[str, Any]


def image_that_runs(program: str, instead_of: str, folder: Path) -> str:
    """Push and sign an image that differs from another in what it runs; gives its digest."""
    return signed(unsigned_image_that_runs(program, instead_of, folder))


def unsigned_image_that_runs(program: str, instead_of: str, folder: Path) -> str:
    """Push an image that differs from another in what it runs; gives its digest."""
    (folder / "program.py").write_text(program)
    command = 'COPY program.py /srv/program.py\nCMD ["python", "/srv/program.py"]'
    return _pushed(f"FROM {instead_of}\n{command}\n", folder)


def slow(milliseconds: float) -> str:
    """A program of which one answer in twenty takes that much longer."""
    what = f"await asyncio.sleep({milliseconds / 1000} if random.random() < 0.05 else 0)"
    return _REQUESTS.format(what=what)


def image_that_tells_another_commit(instead_of: str, folder: Path) -> str:
    """Push and sign an image whose label and whose /version do not agree."""
    return signed(_pushed(f"FROM {instead_of}\nENV APP_REVISION=another\n", folder))


def signed(image: str) -> str:
    """The image, signed with the stack's key: what is wrong with it is something else."""
    how = ("sign", "--yes", "--key", signing.KEY, "--use-signing-config=false")
    password = {"COSIGN_PASSWORD": signing.PASSWORD.read_text()}
    done = run(COSIGN.program("cosign"), *how, "--tlog-upload=false", image, env=password)
    assert done.code == 0, done.printed
    return image


def _pushed(dockerfile: str, folder: Path) -> str:
    (folder / "Dockerfile").write_text(dockerfile)
    build = ("host", "directory", "--path", folder, "docker-build")
    to = f"{REGISTRY}/{NAME}:broken"
    pushed = run(DAGGER.program("dagger"), "core", *build, "publish", "--address", to)
    assert pushed.code == 0, pushed.printed
    return pushed.stdout.strip().replace(":broken@", "@")


def patch_deployment(checkout: Path, environment: str, *operations: Patch) -> None:
    """Change the Deployment of an environment's overlay."""
    patch(checkout, environment, "Deployment", list(operations))


def patch(checkout: Path, environment: str, kind: str, change: list[Patch] | Patch) -> None:
    """Change what an environment's overlay holds of a kind."""
    file = checkout / "manifests" / "overlays" / environment / "kustomization.yaml"
    content = yaml.safe_load(file.read_text())
    added = {"target": {"kind": kind}, "patch": yaml.safe_dump(change)}
    content.setdefault("patches", []).append(added)
    file.write_text(yaml.safe_dump(content))


def add_resource(checkout: Path, environment: str, resource: Patch) -> None:
    """Give an environment's overlay one more resource."""
    folder = checkout / "manifests" / "overlays" / environment
    (folder / "more.yaml").write_text(yaml.safe_dump(resource))
    content = yaml.safe_load((folder / "kustomization.yaml").read_text())
    content["resources"].append("more.yaml")
    (folder / "kustomization.yaml").write_text(yaml.safe_dump(content))


def add(path: str, value: Any) -> Patch:
    """An operation that sets a field of the Deployment's specification."""
    return {"op": "add", "path": f"/spec/{path}", "value": value}


CONTAINER = "template/spec/containers/0"
THREE_PODS = add("replicas", 3)
AS_MANY_AS_THE_AUTOSCALER_SAYS: Patch = {"op": "remove", "path": "/spec/replicas"}
NEVER_READY = (
    add("progressDeadlineSeconds", 10),
    add(f"{CONTAINER}/readinessProbe/httpGet/path", "/nowhere"),
)
WRONG_REFERENCE = (add(f"{CONTAINER}/envFrom", [{"configMapRef": {"name": "no-such-settings"}}]),)
LATE_SECRET = (add(f"{CONTAINER}/envFrom", [{"secretRef": {"name": "late"}}]),)
REFUSED_BY_THE_CLUSTER = (add(f"{CONTAINER}/ports/0/containerPort", 99999),)
_NO_SUCH_IMAGE = f"{REGISTRY}/no-such-image@sha256:{'0' * 64}"
_POD = {
    "automountServiceAccountToken": False,
    "securityContext": {
        "runAsNonRoot": True,
        "runAsUser": 10001,
        "seccompProfile": {"type": "RuntimeDefault"},
    },
}
_RESOURCES = {"cpu": "50m", "memory": "64Mi"}
_CONTAINER = {
    "name": "main",
    "image": NAME,
    "resources": {"requests": _RESOURCES, "limits": _RESOURCES},
    "securityContext": {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    },
}
SIDECAR_WITHOUT_IMAGE = (
    add(
        "template/spec/containers/-",
        _CONTAINER | {"name": "beside", "image": _NO_SUCH_IMAGE},
    ),
)
EXITS_WITH_3 = ["python", "-c", "raise SystemExit('no such table')"]


def pod(restart: str = "Always", **container: Any) -> Patch:
    """A pod's specification, with one container of the service's image unless it says another."""
    return {**_POD, "restartPolicy": restart, "containers": [_CONTAINER | container]}


FAILED_JOB = {
    "apiVersion": "batch/v1",
    "kind": "Job",
    "metadata": {"name": "migration"},
    "spec": {"backoffLimit": 0, "template": {"spec": pod("Never", command=EXITS_WITH_3)}},
}
_QUEUE = {"app": "queue"}
STATEFUL_SET_WITHOUT_IMAGE = {
    "apiVersion": "apps/v1",
    "kind": "StatefulSet",
    "metadata": {"name": "queue"},
    "spec": {
        "serviceName": "queue",
        "selector": {"matchLabels": _QUEUE},
        "template": {
            "metadata": {"labels": _QUEUE},
            "spec": pod(image=_NO_SUCH_IMAGE),
        },
    },
}
AUTOSCALER = {
    "apiVersion": "autoscaling/v2",
    "kind": "HorizontalPodAutoscaler",
    "metadata": {"name": NAME},
    "spec": {
        "minReplicas": 3,
        "maxReplicas": 4,
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": NAME},
    },
}
_ANYTHING = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
GADGETS = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "gadgets.e2e.example.com"},
    "spec": {
        "group": "e2e.example.com",
        "scope": "Namespaced",
        "names": {"kind": "Gadget", "plural": "gadgets", "singular": "gadget"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "subresources": {"status": {}},
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "properties": {"spec": _ANYTHING, "status": _ANYTHING},
                    }
                },
            }
        ],
    },
}


def gadget(parts: int) -> Patch:
    """A resource of a kind that only its test knows."""
    return {
        "apiVersion": "e2e.example.com/v1",
        "kind": "Gadget",
        "metadata": {"name": "gadget"},
        "spec": {"parts": parts},
    }


NOT_ACCEPTED = [{"op": "add", "path": "/spec/parentRefs/0/sectionName", "value": "no-listener"}]
NOT_RESOLVED = [{"op": "replace", "path": "/spec/rules/0/backendRefs/0/port", "value": 8001}]
NO_ROUTE = {
    "$patch": "delete",
    "apiVersion": "gateway.networking.k8s.io/v1",
    "kind": "HTTPRoute",
    "metadata": {"name": f"{NAME}-route"},
}
