"""Dagger's engine in the cluster, by its official chart and through `kube-pod://`."""

import json
import os
import re
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from local.cluster.kubectl import kubectl
from local.host.errors import CommandFailed
from local.host.paths import KUBECONFIG, REGISTRY, REPOSITORY
from local.platform import engine
from local.tools.catalogue import DAGGER, KUBERNETES
from tests.e2e.conftest import Result, plain, run

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("stack")]

ACCESS = REPOSITORY / "manifests" / "platform" / "ci-access"
RUNNER = f"kube-pod://{engine.POD}?namespace={engine.NAMESPACE}&container=dagger-engine"
PATH = f"{KUBERNETES.home}:{os.environ['PATH']}"
ITS_OWN = ("-n", engine.NAMESPACE)
CACHE_IS_LOST = "local cache state invalid; resetting"
# Keys below these are handed on to Kubernetes as they are.
HANDED_ON = ("nodeSelector", "tolerations", "resources", "existingServiceAccount", "configJson")


class TestValues:
    def test_are_known_to_the_chart(self) -> None:
        """A key that the chart does not have would be passed over without a word."""
        known = yaml.safe_load((engine.CHART / "values.yaml").read_text())
        templates = "".join(
            file.read_text() for file in sorted((engine.CHART / "templates").iterdir())
        )
        for path in paths_of(yaml.safe_load(engine.VALUES.read_text())):
            assert has(known, path) or f".Values.{'.'.join(path)}" in templates, path

    def test_are_of_the_version_that_is_installed(self) -> None:
        """The chart and the engine that it installs are of the pinned version."""
        described = yaml.safe_load((engine.CHART / "Chart.yaml").read_text())
        pod = stateful_set()["spec"]["template"]["spec"]

        assert f"v{described['version']}" == DAGGER.version
        assert f"--version {described['version']} " in (REPOSITORY / "docs/scale.md").read_text()
        assert pod["containers"][0]["image"] == f"registry.dagger.io/engine:{DAGGER.version}"

    def test_make_the_pod_that_is_reached(self) -> None:
        """Its name and its container's are those of the guide."""
        made = stateful_set()

        assert f"{made['metadata']['name']}-0" == engine.POD
        assert made["spec"]["template"]["spec"]["containers"][0]["name"] == "dagger-engine"
        assert RUNNER in (REPOSITORY / "docs/scale.md").read_text()

    def test_leave_room_beside_the_cache(self) -> None:
        """What the cache may use and what has to be free fit on its volume."""
        values = yaml.safe_load(engine.VALUES.read_text())["engine"]
        limits = json.loads(values["configJson"])["gc"]
        claim = values["statefulSet"]["persistentVolumeClaim"]["resources"]["requests"]
        size = int(claim["storage"].removesuffix("Gi")) * 2**30

        assert gigabytes(limits["maxUsedSpace"]) + gigabytes(limits["minFreeSpace"]) < size
        assert gigabytes(limits["reservedSpace"]) < gigabytes(limits["maxUsedSpace"])


@pytest.fixture(scope="module")
def installed(stack: None) -> Iterator[None]:
    """The chart, installed while these tests run."""
    try:
        engine.bring_up(lambda _: None)
        yield
    finally:
        engine.take_down()


@pytest.mark.soak
@pytest.mark.usefixtures("installed")
class TestEngineInTheCluster:
    @pytest.fixture
    def credentials(self, tmp_path: Path) -> Path:
        """CI's, made as the guide says."""
        administrator = {"KUBECONFIG": str(KUBECONFIG), "PATH": PATH}
        made = run(ACCESS / "kubeconfig.sh", engine.NAMESPACE, env=administrator)
        assert made.code == 0, made.printed
        file = tmp_path / "kubeconfig"
        file.touch(mode=0o600)
        file.write_text(made.stdout)
        return file

    def test_lints_for_whoever_has_cis_credentials(self, credentials: Path) -> None:
        """The call passes, and it is the pod that it was connected to."""
        asked = ("exec", engine.POD, "--", "dagger", "core", "version")
        program = KUBERNETES.program("kubectl")
        answer = run(program, "--kubeconfig", credentials, *ITS_OWN, *asked)
        assert answer.stdout.strip() == DAGGER.version, answer.printed

        assert_linted(lint(credentials))

    def test_is_all_that_the_credentials_reach(self, credentials: Path) -> None:
        """Neither another namespace nor anything else in this one."""
        for may in ("create pods", "list pods", "get secrets", "patch statefulsets.apps"):
            assert not allowed(credentials, engine.NAMESPACE, *may.split()), may
        for may in ("get pods", "get pods --subresource=exec", "create pods --subresource=exec"):
            assert allowed(credentials, engine.NAMESPACE, *may.split()), may
            assert not allowed(credentials, "prod", *may.split()), may

    def test_tells_the_figures_that_it_is_sized_by(self) -> None:
        """Its own, those of its pod, and what has happened to it."""
        forward = ("--kubeconfig", str(KUBECONFIG), *ITS_OWN, "port-forward", engine.POD, ":9090")
        program = str(KUBERNETES.program("kubectl"))
        with subprocess.Popen([program, *forward], stdout=subprocess.PIPE, text=True) as forwarding:
            assert forwarding.stdout
            address = forwarding.stdout.readline().split()[2]
            with urllib.request.urlopen(f"http://{address}/metrics", timeout=10) as answer:
                figures = answer.read().decode()
            forwarding.terminate()

        assert re.search(r"^dagger_connected_clients \d", figures, re.MULTILINE)
        assert "dagger_local_cache_total_disk_size_bytes" in figures
        assert "Scheduled" in kubectl(*ITS_OWN, "describe", "pod", engine.POD)
        assert "Mi" in wait_for(lambda: kubectl(*ITS_OWN, "top", "pod", engine.POD))

    def test_is_reached_from_a_pod_without_a_kubeconfig(self) -> None:
        """A runner in the cluster needs its own account and the binding, and no more."""
        binding = ("--role=ci", "--serviceaccount=default:default")
        reach = f"exec --container=dagger-engine -i {engine.POD} -- buildctl --help"
        # As Dagger calls it, which names a context even where there is none.
        called = ("--context=", f"--namespace={engine.NAMESPACE}", *reach.split())
        image = f"--image={REGISTRY}/kubectl:{KUBERNETES.version}"
        kubectl(*ITS_OWN, "create", "rolebinding", "runners", *binding)
        kubectl("run", "runner", image, "--restart=Never", "--command", "--", "kubectl", *called)
        try:
            phase = "--for=jsonpath={.status.phase}=Succeeded"
            kubectl("wait", "pod/runner", phase, "--timeout=60s")
            assert "dial-stdio" in kubectl("logs", "runner")
        finally:
            kubectl("delete", "pod", "runner", "--now")

    def test_that_is_moved_keeps_its_cache(self, credentials: Path) -> None:
        """A pod that is deleted stops in order, and the next one has what it had built."""
        kubectl(*ITS_OWN, "delete", "pod", engine.POD, "--timeout=400s")
        wait_until_ready()

        assert_linted(lint(credentials))
        assert CACHE_IS_LOST not in log()

    def test_that_is_killed_serves_again_without_its_cache(self, credentials: Path) -> None:
        """It starts by itself, says that it has thrown away what it had, and does its work."""
        kill = ("exec", engine.POD, "--", "sh", "-c", "kill -9 $(pidof engine)")
        kubectl(*ITS_OWN, *kill)

        assert_linted(lint(credentials))
        assert CACHE_IS_LOST in log()


def paths_of(values: dict[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for key, value in values.items():
        path = (*above, key)
        if isinstance(value, dict) and key not in HANDED_ON:
            yield from paths_of(value, path)
        else:
            yield path


def has(values: Any, path: tuple[str, ...]) -> bool:
    for key in path:
        if not isinstance(values, dict) or key not in values:
            return False
        values = values[key]
    return True


def stateful_set() -> dict[str, Any]:
    """The one that the chart renders."""
    rendered = [each for each in yaml.safe_load_all(engine.render()) if each]
    [found] = [each for each in rendered if each["kind"] == "StatefulSet"]
    made: dict[str, Any] = found
    return made


def gigabytes(text: str) -> int:
    return int(text.removesuffix("GB")) * 10**9


def lint(credentials: Path) -> Result:
    """Calls `lint` on the engine in the cluster."""
    env = {"KUBECONFIG": str(credentials), "PATH": PATH, "_EXPERIMENTAL_DAGGER_RUNNER_HOST": RUNNER}
    return run(DAGGER.program("dagger"), "--progress=plain", "call", "lint", env=env)


def assert_linted(result: Result) -> None:
    """It found nothing, and the pod's engine did it."""
    assert result.code == 0, result.error
    assert "found nothing" in result.stdout
    assert f"connected name={engine.POD} " in plain(result.stderr)


def allowed(credentials: Path, namespace: str, *may: str) -> bool:
    asked = ("auth", "can-i", *may, "--namespace", namespace)
    answer = run(KUBERNETES.program("kubectl"), "--kubeconfig", credentials, *asked)
    return answer.stdout.strip() == "yes"


def log() -> str:
    """What the engine printed since it started."""
    return kubectl(*ITS_OWN, "logs", engine.POD)


def wait_for(ask: Callable[[], str]) -> str:
    """An answer of something that first has to measure."""
    until = time.monotonic() + 60
    while True:
        try:
            return ask()
        except CommandFailed:
            if time.monotonic() > until:
                raise
        time.sleep(2)


def wait_until_ready() -> None:
    ready = ("--for=condition=Ready", "--timeout=300s")
    kubectl(*ITS_OWN, "rollout", "status", "statefulset/dagger-engine", "--timeout=300s")
    kubectl(*ITS_OWN, "wait", f"pod/{engine.POD}", *ready)
