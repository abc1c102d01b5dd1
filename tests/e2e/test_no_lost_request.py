"""Requests that clients send while pods come and go: none of them is lost."""

import json
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from local.host.paths import KUBECONFIG, NODE_ADDRESS
from local.tools.catalogue import KUBERNETES
from tests.e2e import broken
from tests.e2e.conftest import Result, call_in, run
from tests.e2e.load import load_on
from tests.e2e.releases import APP, ENV, lead_to
from tests.project import NAME

pytestmark = [pytest.mark.e2e, pytest.mark.soak]

Call = Callable[..., Result]
Kubectl = Callable[..., Any]
UPDATES = 5
ENOUGH = 20_000


@pytest.fixture(scope="module")
def deployed(published: str) -> str:
    """The service in stage and prod."""
    for env in ("stage", "prod"):
        result = call_in("deploy", "--env", env, "--image", published, "--force", "a trial")
        assert result.code == 0, result.error
    return published


def kubectl_in(env: str, *arguments: str) -> str:
    """What kubectl prints in an environment's namespace."""
    kubectl = KUBERNETES.program("kubectl")
    done = run(kubectl, "--kubeconfig", KUBECONFIG, "--namespace", env, *arguments)
    assert done.code == 0, done.printed
    return done.stdout


def update(env: str) -> None:
    """Replace every pod by a new one, and wait until the old ones are gone for clients."""
    deployment = f"deployment/{env}-{NAME}"
    kubectl_in(env, "rollout", "restart", deployment)
    kubectl_in(env, "rollout", "status", deployment, "--timeout=120s")


def pods_of(env: str) -> list[str]:
    """The pods that are not on their way out."""
    found = json.loads(kubectl_in(env, "get", "pods", "-l", f"app={NAME}", "-o", "json"))["items"]
    return [
        each["metadata"]["name"] for each in found if "deletionTimestamp" not in each["metadata"]
    ]


def whole_again(env: str) -> None:
    """Wait until what was taken away has been replaced, and has ended."""
    kubectl_in(env, "rollout", "status", f"deployment/{env}-{NAME}", "--timeout=120s")
    time.sleep(8)


def evict(env: str, pod: str) -> None:
    """What draining a node does to each of its pods."""
    eviction = {
        "apiVersion": "policy/v1",
        "kind": "Eviction",
        "metadata": {"name": pod, "namespace": env},
    }
    raw = f"/api/v1/namespaces/{env}/pods/{pod}/eviction"
    pipe = 'printf %s "$1" | "$2" --kubeconfig "$3" create --raw "$4" -f -'
    kubectl = KUBERNETES.program("kubectl")
    done = run("sh", "-c", pipe, "sh", json.dumps(eviction), kubectl, KUBECONFIG, raw)
    assert done.code == 0, done.printed


class TestEnvironmentUnderLoad:
    @pytest.mark.parametrize("env", ["stage", "prod"])
    def test_is_updated_five_times(self, deployed: str, env: str) -> None:
        """Of 20,000 requests and more, none fails while every pod is replaced five times."""
        with load_on(f"{env}.{NAME}.local") as load:
            for _ in range(UPDATES):
                update(env)
            while load.total < ENOUGH:
                time.sleep(0.5)
        print(f"{env}: {load}")
        assert load.failures == {}

    def test_loses_a_pod_by_hand_and_one_by_eviction(self, deployed: str) -> None:
        """Neither a deleted pod nor a drained one takes a request along."""
        with load_on(f"stage.{NAME}.local") as load:
            kubectl_in("stage", "delete", "pod", pods_of("stage")[0], "--wait=false")
            whole_again("stage")
            evict("stage", pods_of("stage")[0])
            whole_again("stage")
        print(load)
        assert load.failures == {}
        assert load.total > 1000


SLOW = """
import asyncio
from app.main import app

@app.get("/slow/{seconds}")
async def slow(seconds: float) -> str:
    await asyncio.sleep(seconds)
    return "done"

from app.__main__ import main
main()
"""


class TestRequestInFlight:
    def test_of_a_pod_that_is_told_to_end(self, call: Call, good: str, folder: Path) -> None:
        """It is five seconds old at SIGTERM, takes seven more, and is answered."""
        image = broken.image_that_runs(SLOW, good, folder)
        assert call("deploy", "--env", ENV, "--image", image).code == 0
        lead_to(ENV, "/slow")
        url = f"http://{NODE_ADDRESS}/slow/12"
        request = urllib.request.Request(url, headers={"Host": f"{ENV}.{NAME}.local"})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with ThreadPoolExecutor() as threads:
            answer = threads.submit(lambda: opener.open(request, timeout=60).read())
            time.sleep(0.3)
            kubectl_in(ENV, "delete", "pod", "-l", f"app={NAME}", "--wait=false")
            assert answer.result() == b'"done"'
        kubectl_in(ENV, "rollout", "status", f"deployment/{APP}", "--timeout=120s")
