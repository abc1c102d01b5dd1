"""Prometheus, built from its module, and Alertmanager out of Debian's package."""

from functools import partial
from pathlib import Path

from local.cluster.kubectl import kubectl
from local.host import command
from local.host.http import answers
from local.host.paths import LOGS, NODE_ADDRESS
from local.images import oci
from local.images.debian import on_python
from local.images.stand_in import StandIn
from local.platform.part import MANIFESTS, Part, wait_until
from local.terminal.steps import Progress
from local.tools.catalogue import PROMETHEUS

PORT = 30090
_ALERTMANAGER = "prometheus-alertmanager"
_USER = "65534:65534"
_MANIFESTS = MANIFESTS / "monitoring" / "base"


def images() -> list[StandIn]:
    """Both under the names of the official images.

    Debian's own Prometheus is built without the discovery of Kubernetes.
    """
    return [
        on_python(
            "prom/prometheus", PROMETHEUS.version, PROMETHEUS.home.name, _prometheus, user=_USER
        ),
        on_python("prom/alertmanager", "v0.25.0", "with templates", _alertmanager, user=_USER),
    ]


def _prometheus(_: Path) -> list[tuple[str, Path]]:
    programs = ("prometheus", "promtool")
    return [(f"usr/bin/{name}", PROMETHEUS.program(name)) for name in programs]


def _alertmanager(work: Path) -> list[tuple[str, Path]]:
    log = LOGS / "images.log"
    command.run("apt-get", "-qq", "download", _ALERTMANAGER, cwd=work, log=log)
    (archive,) = work.glob("*.deb")
    command.run("dpkg-deb", "--extract", archive, work / "root", log=log)
    root, templates = work / "root", "usr/share/prometheus/"
    program = ("usr/bin/alertmanager", root / "usr/bin" / _ALERTMANAGER)
    return [program, *oci.tree(root / templates, templates)]


def bring_up(progress: Progress) -> None:
    """Applies all of it, and waits until both answer."""
    kubectl("apply", "--server-side", "--force-conflicts", "-k", str(_MANIFESTS))
    progress("waiting for Prometheus and Alertmanager")
    wait_until(ready, "Monitoring")


def ready() -> bool:
    """Whether Prometheus answers, and Alertmanager has a pod that is ready."""
    available = "jsonpath={.status.readyReplicas}"
    told = partial(kubectl, "-n", "monitoring", "get", "deployment", "--ignore-not-found")
    return (
        answers(f"http://{NODE_ADDRESS}:{PORT}/-/ready")
        and told("alertmanager", "-o", available) == "1"
    )


PART = Part(
    name="monitoring",
    bring_up=bring_up,
    ready=ready,
    words=("manifests",),
    tools=(PROMETHEUS,),
    images=images,
)
