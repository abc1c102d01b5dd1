"""Dagger's engine in the cluster, by its official chart: what docs/scale.md describes, for tests.

It is no part of `up`: a laptop has one engine, and that is outside of the cluster.
"""

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from local.cluster import nodes
from local.cluster.kubectl import kubectl
from local.engine import engine
from local.host import command
from local.host.keys import digest
from local.host.paths import STATE
from local.images import oci
from local.images.debian import PATH, on_debian
from local.images.program import CERTIFICATES
from local.images.stand_in import StandIn
from local.platform.part import MANIFESTS
from local.terminal.line import tell
from local.terminal.steps import Progress
from local.tools.catalogue import DAGGER, DIAL_STDIO, ENVOY_GATEWAY
from local.tools.get import get

NAMESPACE = "dagger"
POD = "dagger-engine-0"
VALUES = MANIFESTS / "engine" / "values.yaml"
CHART = DAGGER.patch.source.home / "helm" / "dagger" if DAGGER.patch else Path()
CACHE = STATE / "engine-in-cluster"
_STATEFUL_SET = POD.removesuffix("-0")
_VOLUME = "dagger-engine"
_LABEL = "dagger-engine"
_PACKAGES = (
    *("ca-certificates", "containernetworking-plugins", "dnsmasq-base", "git", "iproute2"),
    *("iptables", "netbase", "openssh-client", "pigz", "runc", "tini"),
)
_OWN_CERTIFICATES = Path("/usr/local/share/ca-certificates")
_HOME = "/usr/local/lib/dagger"
_SOCKET = "/run/dagger/engine.sock"


def image() -> StandIn:
    """The engine under the name of its official image, with all that it starts."""
    start = ("sh", f"{_HOME}/engine.sh", _HOME, f"{_HOME}/content")
    described = oci.Image(
        entrypoint=("tini", "--", *start, "/etc/dagger/engine.toml", "/var/lib/dagger", _SOCKET),
        env={
            "PATH": PATH,
            "TMPDIR": "/tmp/dagger",
            # What runs in the pod, as the chart's probes do, asks the engine beside it.
            "_EXPERIMENTAL_DAGGER_RUNNER_HOST": f"unix://{_SOCKET}",
            engine.SDK_VARIABLE: engine.sdk_digest(),
        },
    )
    key = digest(engine.START, DAGGER.home.name, DIAL_STDIO.home.name, repr(described))
    return on_debian("engine", DAGGER.version, _PACKAGES, described, key, _files)


def _files(work: Path) -> list[tuple[str, Path]]:
    run = work / "dagger"
    run.mkdir()
    home = _HOME.lstrip("/")
    return [
        *((f"{home}/{name}", DAGGER.program(name)) for name in ("dnsname", "engine", "init")),
        (f"{home}/engine.sh", engine.START),
        *oci.tree(engine.CONTENT, f"{home}/content/"),
        ("usr/local/bin/dagger", DAGGER.program("dagger")),
        # The name under which `kube-pod://` calls it.
        ("usr/local/bin/buildctl", DIAL_STDIO.program("dialstdio")),
        ("etc/ssl/certs/ca-certificates.crt", CERTIFICATES),
        *oci.tree(_OWN_CERTIFICATES, f"{_OWN_CERTIFICATES}/".lstrip("/")),
        ("run/dagger", run),
    ]


def bring_up(progress: Progress) -> None:
    """Makes the image, and installs the chart; ends when the engine is ready."""
    progress("building what reaches it")
    get(DIAL_STDIO, None, tell, progress)
    progress("its image")
    image().push()
    apply = ("apply", "--server-side", "--force-conflicts")
    kubectl(*apply, "-k", str(MANIFESTS / "engine"))
    kubectl("label", "node", nodes.wanted()[-1].name, f"{_LABEL}=true", "--overwrite")
    with tempfile.TemporaryDirectory() as work:
        rendered, fitting = Path(work, "rendered.yaml"), Path(work, "fitting.json")
        rendered.write_text(render())
        read = kubectl("create", "--dry-run=client", "-o", "json", "-f", str(rendered))
        fitting.write_text(json.dumps(fitted(documents(read))))
        kubectl(*apply, "-n", NAMESPACE, "-f", str(fitting))
    progress("waiting until it is ready")
    kubectl("-n", NAMESPACE, "rollout", "status", f"statefulset/{_STATEFUL_SET}", "--timeout=300s")


def take_down() -> None:
    """Removes it, its namespace and its cache."""
    quiet = ("--ignore-not-found", "--timeout=400s")
    # First by itself, so that it stops as it does elsewhere.
    kubectl("-n", NAMESPACE, "delete", "statefulset", _STATEFUL_SET, "--cascade=foreground", *quiet)
    kubectl("delete", "-k", str(MANIFESTS / "engine"), *quiet)
    kubectl("delete", "persistentvolume", _VOLUME, *quiet)
    kubectl("label", "node", nodes.wanted()[-1].name, f"{_LABEL}-")
    shutil.rmtree(CACHE, ignore_errors=True)


def render() -> str:
    """What the official chart makes of the project's values."""
    return command.output(ENVOY_GATEWAY.program("chart"), CHART, "dagger", NAMESPACE, VALUES)


def fitted(objects: list[dict[str, Any]]) -> dict[str, Any]:
    """What the chart renders, made to fit the stack: its registry, its size and its disk."""
    for each in objects:
        if each["kind"] == "ConfigMap":
            config = json.loads(each["data"]["engine.json"])
            config["registries"] = engine.registries()
            each["data"]["engine.json"] = json.dumps(config)
        if each["kind"] == "StatefulSet":
            [container] = each["spec"]["template"]["spec"]["containers"]
            container["resources"] = {"requests": {"cpu": "100m", "memory": "256Mi"}}
            [claim] = each["spec"]["volumeClaimTemplates"]
            objects = [*objects, _volume(claim["spec"])]
    return {"apiVersion": "v1", "kind": "List", "items": objects}


def _volume(claim: dict[str, Any]) -> dict[str, Any]:
    """A folder of the node for the only claim: nothing on the stack provides volumes."""
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": _VOLUME},
        "spec": {
            "accessModes": claim["accessModes"],
            "capacity": claim["resources"]["requests"],
            "claimRef": {"namespace": NAMESPACE, "name": f"data-{POD}"},
            "hostPath": {"path": str(CACHE), "type": "DirectoryOrCreate"},
            "persistentVolumeReclaimPolicy": "Retain",
        },
    }


def documents(text: str) -> list[dict[str, Any]]:
    """JSON documents that follow one another, or those of a list."""
    found: list[dict[str, Any]] = []
    decoder, rest = json.JSONDecoder(), text.strip()
    while rest:
        document, end = decoder.raw_decode(rest)
        found.extend(document["items"] if document["kind"] == "List" else [document])
        rest = rest[end:].strip()
    return found
