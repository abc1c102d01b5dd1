"""What Prometheus knows of the environments, and each alert, made to fire and to resolve."""

import json
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from local.cluster.control_plane import API_SERVER
from local.host.paths import KUBECONFIG, NODE_ADDRESS, PKI, REPOSITORY
from local.platform.monitoring import PORT
from local.tools.catalogue import KUBERNETES
from tests.e2e import broken
from tests.e2e.conftest import call_in, run
from tests.e2e.releases import lead_to
from tests.e2e.repeated import repeated
from tests.project import NAME

pytestmark = [pytest.mark.e2e, pytest.mark.soak]

MONITORING = REPOSITORY / "manifests" / "platform" / "monitoring" / "base"
SERIES = ["cluster_health", "pod_cpu_usage", "pod_memory_usage", "http_requests", "uptime"]
ENVIRONMENTS = ["dev", "stage", "prod"]
ALERTS = [
    "CertificateNearExpiry",
    "DeployStuck",
    "ErrorRatioHigh",
    "PodMemoryNearLimit",
    "TargetDown",
]
# Dev's limit is 128 MiB; the interpreter and the service take some 40 of them.
NEARLY_FULL_AND_FAILING = """
kept = b"x" * (84 << 20)
from app.main import app

@app.get("/fail")
async def fail() -> None:
    raise RuntimeError("as it was asked to")

from app.__main__ import main
main()
"""


def get(path: str, **query: str) -> Any:
    """What Prometheus answers at the node's port."""
    url = f"http://{NODE_ADDRESS}:{PORT}/api/v1/{path}?{urllib.parse.urlencode(query)}"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=10) as answer:
        return json.loads(answer.read())["data"]


def samples(expression: str) -> list[dict[str, str]]:
    """The labels of what an expression gives now."""
    return [each["metric"] for each in get("query", query=expression)["result"]]


def kubectl(namespace: str, *arguments: str) -> str:
    """What kubectl prints in a namespace."""
    program = KUBERNETES.program("kubectl")
    done = run(program, "--kubeconfig", KUBECONFIG, "--namespace", namespace, *arguments)
    assert done.code == 0, done.printed
    return done.stdout


def deploy(env: str, image: str) -> None:
    """Bring an image to an environment."""
    done = call_in("deploy", "--env", env, "--image", image, "--force", "a trial")
    assert done.code == 0, done.error


def firing() -> list[str]:
    """The names of the alerts that fire."""
    alerts = get("alerts")["alerts"]
    return sorted({each["labels"]["alertname"] for each in alerts if each["state"] == "firing"})


def wait_for(wanted: list[str], limit: float) -> None:
    """Wait until these alerts fire, and no other."""
    until = time.monotonic() + limit
    while (found := firing()) != wanted:
        assert time.monotonic() < until, f"{found} fire, and not {wanted}"
        time.sleep(2)


@pytest.fixture(scope="module")
def environments(published: str) -> str:
    """The service in all three, for as long as a rate needs."""
    for env in ENVIRONMENTS:
        deploy(env, published)
    return published


class TestSeries:
    @pytest.mark.parametrize("series", SERIES)
    def test_has_values_for_every_environment(self, environments: str, series: str) -> None:
        """A minute after a deploy at the latest."""
        until = time.monotonic() + 60
        while {each.get("namespace") for each in samples(series)} & set(ENVIRONMENTS) != set(
            ENVIRONMENTS
        ):
            assert time.monotonic() < until, samples(series)
            time.sleep(2)

    def test_of_the_cluster_is_of_its_parts_too(self, environments: str) -> None:
        """The API server and the nodes answer."""
        healthy = samples("cluster_health == 1")
        assert {"api-server", "nodes"} <= {each.get("job") for each in healthy}


class TestDashboard:
    def test_queries_return_data(self, environments: str) -> None:
        """Every panel has something to show."""
        dashboard = json.loads((MONITORING / "dashboards" / "service.json").read_text())
        for panel in dashboard["panels"]:
            for target in panel["targets"]:
                query = target["expr"].replace("$namespace", "|".join(ENVIRONMENTS))
                assert samples(query), panel["title"]


@contextmanager
def failing_service(good: str, folder: Path) -> Iterator[None]:
    """dev nearly fills its memory, and fails at what it is asked."""
    deploy("dev", broken.image_that_runs(NEARLY_FULL_AND_FAILING, good, folder))
    lead_to("dev", "/fail")
    url = f"http://{NODE_ADDRESS}/fail"
    request = urllib.request.Request(url, headers={"Host": f"dev.{NAME}.local"})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def ask() -> None:
        try:
            opener.open(request, timeout=10).close()
        except urllib.error.HTTPError as error:
            error.close()

    with repeated(ask, 0.1):
        yield
    deploy("dev", good)


@contextmanager
def stuck_deploy(good: str) -> Iterator[None]:
    """A new pod of stage never gets ready."""
    path = "/spec/template/spec/containers/0/readinessProbe/httpGet/path"
    patch = json.dumps([{"op": "replace", "path": path, "value": "/nowhere"}])
    kubectl("stage", "patch", "deployment", f"stage-{NAME}", "--type=json", "-p", patch)
    yield
    deploy("stage", good)


@contextmanager
def target_that_is_down() -> Iterator[None]:
    """A pod says that it can be asked at a port at which nobody listens."""
    pod = kubectl("monitoring", "get", "pods", "-l", "app=alertmanager", "-o", "name").strip()
    kubectl("monitoring", "annotate", pod, "prometheus.io/scrape=true", "prometheus.io/port=9999")
    yield
    kubectl("monitoring", "annotate", pod, "prometheus.io/scrape-", "prometheus.io/port-")


@contextmanager
def certificate_near_expiry(folder: Path) -> Iterator[None]:
    """Somebody asks the API server with a certificate that is good for a day."""
    key, request, certificate = (folder / name for name in ("key.pem", "csr.pem", "crt.pem"))
    subject = ("-subj", "/O=nobody/CN=passing-by")
    authority = ("-CA", PKI / "ca.crt", "-CAkey", PKI / "ca.key", "-set_serial", "1")
    steps: list[tuple[str | Path, ...]] = [
        ("req", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", request, *subject),
        ("x509", "-req", "-in", request, *authority, "-days", "1", "-out", certificate),
    ]
    for step in steps:
        assert run("openssl", *step).code == 0

    def ask() -> None:
        words: list[str | Path] = [
            "curl",
            "-sk",
            "--noproxy",
            "*",
            "--cert",
            certificate,
            "--key",
            key,
        ]
        subprocess.run([*words, f"{API_SERVER}/version"], capture_output=True, check=False)

    with repeated(ask, 0.1):
        yield


class TestAlerts:
    def test_fire_and_resolve(self, environments: str, folder: Path) -> None:
        """Each of the five fires for what it is made for, and stops when that is over."""
        wait_for([], limit=240)
        with ExitStack() as trouble:
            trouble.enter_context(stuck_deploy(environments))
            trouble.enter_context(target_that_is_down())
            trouble.enter_context(certificate_near_expiry(folder))
            trouble.enter_context(failing_service(environments, folder))
            wait_for(ALERTS, limit=300)
        wait_for([], limit=480)
