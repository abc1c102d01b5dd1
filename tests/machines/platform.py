"""The platform's prerequisites on a cluster of machines, as the README applies them."""

import os
import tempfile
from pathlib import Path
from typing import Any

from ci.rollout.pods import is_ready
from local.host import command
from local.host.paths import REPOSITORY
from local.platform import gateway
from local.platform.part import wait_until
from local.tools.catalogue import GATEWAY_API, KUBERNETES
from tests.machines.cluster import Cluster

PLATFORM = REPOSITORY / "manifests" / "platform"
_OF_THE_GATEWAY = (
    "-n",
    gateway.NAMESPACE,
    "-l",
    "gateway.envoyproxy.io/owning-gateway-name=public",
)
# As manifests/platform/gateway/base has them.
_PROXIES = 2
_APPLY = ("apply", "--server-side", "--force-conflicts")


def bring_up(cluster: Cluster) -> None:
    """Applies namespaces, CI's access and the gateway, and waits for the gateway's proxies."""
    cluster.kubectl(*_APPLY, "-f", str(GATEWAY_API.home / "config" / "crd" / "standard"))
    cluster.kubectl(*_APPLY, "-k", str(PLATFORM / "namespaces"))
    cluster.kubectl(*_APPLY, "-f", str(PLATFORM / "gateway" / "base" / "namespace.yaml"))
    cluster.kubectl(*_APPLY, "-k", str(PLATFORM / "ci-access"))
    cluster.kubectl(*_APPLY, "-f", str(gateway.ENVOY_CRDS))
    with tempfile.TemporaryDirectory() as work:
        rendered = Path(work, "rendered.yaml")
        rendered.write_text(gateway.render(Path(work)))
        cluster.kubectl(*_APPLY, "-f", str(rendered))
    cluster.kubectl(*_APPLY, "-k", str(PLATFORM / "gateway" / "base"))
    wait_until(lambda: len(_ready_proxies(cluster)) == _PROXIES, "The gateway", seconds=300)


def port(cluster: Cluster) -> int:
    """The port of each node behind which the gateway is."""
    [service] = cluster.objects("services", *_OF_THE_GATEWAY)
    return next(int(each["nodePort"]) for each in service["spec"]["ports"] if each["port"] == 80)


def nodes_with_a_proxy(cluster: Cluster) -> set[str]:
    """The nodes that have one of the gateway's proxies that is ready."""
    return {pod["spec"]["nodeName"] for pod in _ready_proxies(cluster)}


def _ready_proxies(cluster: Cluster) -> list[dict[str, Any]]:
    return [pod for pod in cluster.objects("pods", *_OF_THE_GATEWAY) if is_ready(pod)]


def credentials(cluster: Cluster, environment: str) -> Path:
    """A kubeconfig for CI, made as the documentation says."""
    kubectl = KUBERNETES.program("kubectl")
    env = {
        "KUBECONFIG": str(cluster.kubeconfig),
        "PATH": f"{kubectl.parent}:{os.environ['PATH']}",
    }
    file = cluster.folder / f"ci-{environment}"
    file.touch(mode=0o600)
    file.write_text(command.output(PLATFORM / "ci-access" / "kubeconfig.sh", environment, env=env))
    return file
