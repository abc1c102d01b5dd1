"""Dagger's engine in the cluster, by its official chart and through `kube-pod://`."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from local.cluster import kubectl
from local.paths import KUBECONFIG, REPOSITORY
from local.platform import engine
from local.toolchain.catalogue import DAGGER, KUBERNETES
from tests.e2e.conftest import Result, plain, run
from tests.manifests.rendering import objects_of

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
        """Its name, its container's and its labels are those of the guide and of the policy."""
        made = stateful_set()
        [policy] = [
            each for each in objects_of(engine.VALUES.parent) if each["kind"] == "NetworkPolicy"
        ]
        selected = policy["spec"]["podSelector"]["matchLabels"]

        assert f"{made['metadata']['name']}-0" == engine.POD
        assert made["spec"]["template"]["spec"]["containers"][0]["name"] == "dagger-engine"
        assert selected.items() <= made["spec"]["template"]["metadata"]["labels"].items()
        assert RUNNER in (REPOSITORY / "docs/scale.md").read_text()

    def test_leave_room_beside_the_cache(self) -> None:
        """What the cache may use and what has to be free fit on its volume."""
        values = yaml.safe_load(engine.VALUES.read_text())["engine"]
        limits = json.loads(values["configJson"])["gc"]
        claim = values["statefulSet"]["persistentVolumeClaim"]["resources"]["requests"]
        size = int(claim["storage"].removesuffix("Gi")) * 2**30

        assert gigabytes(limits["maxUsedSpace"]) + gigabytes(limits["minFreeSpace"]) < size
        assert gigabytes(limits["reservedSpace"]) < gigabytes(limits["maxUsedSpace"])


@pytest.mark.soak
class TestEngineInTheCluster:
    @pytest.fixture(scope="class", autouse=True)
    def installed(self, stack: None) -> Iterator[None]:
        """The chart, installed while these tests run."""
        try:
            engine.bring_up(lambda _: None)
            yield
        finally:
            engine.take_down()

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
        assert_linted(lint(credentials))

    def test_is_all_that_the_credentials_reach(self, credentials: Path) -> None:
        """Neither another namespace nor anything else in this one."""
        for may in ("create pods", "list pods", "get secrets", "patch statefulsets.apps"):
            assert not allowed(credentials, engine.NAMESPACE, *may.split()), may
        for may in ("get pods", "create pods/exec", "get pods/exec"):
            assert allowed(credentials, engine.NAMESPACE, *may.split()), may
            assert not allowed(credentials, "prod", *may.split()), may

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


def wait_until_ready() -> None:
    ready = ("--for=condition=Ready", "--timeout=300s")
    kubectl(*ITS_OWN, "rollout", "status", "statefulset/dagger-engine", "--timeout=300s")
    kubectl(*ITS_OWN, "wait", f"pod/{engine.POD}", *ready)
