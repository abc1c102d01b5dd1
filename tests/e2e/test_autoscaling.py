"""Metrics of pods and nodes, and prod's autoscaler, which lives on them."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from local.cluster import nodes
from local.host.paths import KUBECONFIG
from local.tools.catalogue import KUBERNETES
from tests.e2e.conftest import Result, call_in, run
from tests.e2e.load import load_on
from tests.project import NAME

pytestmark = [pytest.mark.e2e, pytest.mark.soak]

Kubectl = Callable[..., Any]
SCALER = f"prod-{NAME}"
LEAST, MOST = 3, 10


def kubectl_in(env: str, *arguments: str) -> Result:
    """Runs kubectl in an environment's namespace."""
    kubectl = KUBERNETES.program("kubectl")
    done = run(kubectl, "--kubeconfig", KUBECONFIG, "--namespace", env, *arguments)
    assert done.code == 0, done.printed
    return done


def replicas() -> int:
    """How many pods the autoscaler wants at the moment."""
    return int(
        kubectl_in("prod", "get", "deployment", SCALER, "-o", "jsonpath={.spec.replicas}").stdout
    )


def seconds_until(count: Callable[[int], bool], limit: float) -> float:
    """How long it takes until the number of pods is such; fails past the limit."""
    begun = time.monotonic()
    while not count(found := replicas()):
        assert found <= MOST
        assert time.monotonic() - begun < limit, f"{found} replicas after {limit:.0f} s"
        time.sleep(1)
    return time.monotonic() - begun


@pytest.fixture
def quick_scaler(published: str) -> Iterator[None]:
    """prod, with an autoscaler that does not wait five minutes before it scales down."""
    deployed = call_in("deploy", "--env", "prod", "--image", published, "--force", "a trial")
    assert deployed.code == 0, deployed.error
    down = {
        "stabilizationWindowSeconds": 5,
        "policies": [{"type": "Percent", "value": 100, "periodSeconds": 5}],
    }
    patch = json.dumps({"spec": {"behavior": {"scaleDown": down}}})
    kubectl_in("prod", "patch", "hpa", SCALER, "--type=merge", "-p", patch)
    yield
    restored = call_in("deploy", "--env", "prod", "--image", published, "--force", "a trial")
    assert restored.code == 0, restored.error


class TestMetrics:
    def test_of_pods_and_nodes_are_there(self, good: str) -> None:
        """`kubectl top` tells what each uses."""
        assert NAME in kubectl_in("dev", "top", "pods").stdout
        told = kubectl_in("dev", "top", "nodes").stdout.splitlines()[1:]
        assert [line.split()[0] for line in told] == [each.name for each in nodes.wanted()]


class TestProd:
    def test_grows_under_load_and_shrinks_after_it(self, quick_scaler: None) -> None:
        """From 3 pods to more within a minute, never past 10, and back, without a lost request."""
        seconds_until(lambda count: count == LEAST, limit=90)
        with load_on(f"prod.{NAME}.local") as load:
            grown = seconds_until(lambda count: count > LEAST, limit=60)
            time.sleep(20)
            assert LEAST < replicas() <= MOST
        # Few requests, so that the pods are let go of, and not none, so that one could be lost.
        with load_on(f"prod.{NAME}.local", connections=4, pause=0.2) as quiet:
            shrunk = seconds_until(lambda count: count == LEAST, limit=150)
            time.sleep(10)
        print(f"more than {LEAST} after {grown:.0f} s, {LEAST} again after {shrunk:.0f} s: {load}")
        assert load.failures == quiet.failures == {}
