"""Three nodes: where pods go, and what clients notice when one of the nodes does."""

import os
import random
import signal
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from ci.rollout.pods import is_ready
from local.cluster import membership, nodes
from local.host.paths import KUBECONFIG
from local.machines.sandbox import CONTROL_PLANE, WORKERS, Sandbox, others
from local.stack import stack
from local.tools.catalogue import KUBERNETES
from tests.e2e import broken, processes
from tests.e2e.conftest import Result, call_in, local, run
from tests.e2e.load import Load, load_on
from tests.e2e.releases import objects, serves
from tests.project import NAME

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.usefixtures("stack"),
    pytest.mark.skipif(len(nodes.wanted()) == 1, reason="the stack has one node"),
]

Call = Callable[..., Result]
Kubectl = Callable[..., Any]

ENV = "stage"
HOST = f"{ENV}.{NAME}.local"
LOST, OTHER = WORKERS
ENOUGH = 20_000
NOTICED_SECONDS = 2
"""So long a client may notice that a node has gone."""
REPLACED_SECONDS = 60
KILLS = 50


def kubectl_does(*arguments: str) -> str:
    """What kubectl prints that changes nodes and pods."""
    done = run(KUBERNETES.program("kubectl"), "--kubeconfig", KUBECONFIG, *arguments)
    assert done.code == 0, done.printed
    return done.stdout


def standing() -> list[Any]:
    """Stage's pods that are ready and stay."""
    return [
        each
        for each in objects("pods", "-l", f"app={NAME}", env=ENV)
        if "deletionTimestamp" not in each["metadata"] and is_ready(each)
    ]


def places() -> list[str]:
    """On which node each of them is, in order."""
    return sorted(each["spec"]["nodeName"] for each in standing())


def wait_for(holds: Callable[[], bool], seconds: float, what: str) -> float:
    """Waits until something holds; gives how long that took, in seconds."""
    begun = time.monotonic()
    while not holds():
        assert time.monotonic() - begun < seconds, f"not so after {seconds:.0f} s: {what}"
        time.sleep(0.5)
    return time.monotonic() - begun


def end(sandbox: Sandbox) -> None:
    """Kill all that runs on a machine at once, as a loss of power does."""
    assert sandbox.init
    for pid in processes.inside(sandbox.init):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def enough(load: Load) -> None:
    """Wait until as many requests were sent as the result is to be of."""
    while load.total < ENOUGH:
        time.sleep(0.5)


@pytest.fixture(scope="module")
def released(published: str) -> str:
    """The service in stage, on nodes that are all there."""
    result = call_in("deploy", "--env", ENV, "--image", published, "--allow-older", "a trial")
    assert result.code == 0, result.error
    return published


@pytest.fixture
def spread(released: str) -> Iterator[str]:
    """The service in stage, a pod on each worker; afterwards all nodes are there again."""
    if places() != [LOST.name, OTHER.name]:
        kubectl_does("-n", ENV, "rollout", "restart", f"deployment/{ENV}-{NAME}")
        kubectl_does("-n", ENV, "rollout", "status", f"deployment/{ENV}-{NAME}", "--timeout=120s")
        wait_for(lambda: places() == [LOST.name, OTHER.name], 60, "a pod on each worker")
    yield released
    assert local("up").code == 0
    kubectl_does("uncordon", LOST.name)


class TestNodes:
    def test_are_told_of(self, call: Call) -> None:
        """By the stack's status and by the pipeline's, each ready."""
        assert [state for _, state, _ in membership.standing()] == ["ready"] * 3
        table = call("status").stdout
        for node in nodes.wanted():
            [line] = [each for each in table.splitlines() if each.startswith(f"{node.name} ")]
            role = node.name if node.reserved else "worker"
            assert line.split() == [node.name, role, "Ready", KUBERNETES.version]

    def test_have_a_kubelet_with_a_certificate_of_its_own(self) -> None:
        """Where all wrote one file, one of them read half of it at the first start, and ended."""
        shown = {ssl.get_server_certificate((node.address, 10250)) for node in nodes.wanted()}
        assert len(shown) == len(nodes.wanted())

    def test_take_pods_of_environments_if_they_are_workers(self, spread: str) -> None:
        """Two pods are on two of them, and none is on the control plane."""
        assert places() == [LOST.name, OTHER.name]

    def test_pods_of_one_know_those_of_another_by_their_addresses(self, spread: str) -> None:
        """No pod on either worker gets at the service; the gateway on the control plane does."""
        serves(spread, ENV)
        address = {each["spec"]["nodeName"]: each["status"]["podIP"] for each in standing()}
        try:
            tries = [tried(spread, node.name, address[OTHER.name]) for node in WORKERS]
        finally:
            kubectl_does("-n", "default", "delete", "pods", "-l", "run=stranger", "--now")
        assert tries == ["not reached"] * 2


CONNECT = """
import socket, sys, time
time.sleep(3)  # The policies learn of a new pod a moment later.
socket.create_connection((sys.argv[2], 53), timeout=4).close()
try:
    socket.create_connection((sys.argv[1], 8000), timeout=4).close()
    print("reached")
except OSError:
    print("not reached")
"""


def tried(image: str, node: str, address: str) -> str:
    """What a pod on a node says that asks DNS, and then a pod of the environment."""
    name = f"stranger-{node}"
    place = f'{{"spec": {{"nodeName": "{node}"}}}}'
    words = ("--labels=run=stranger", "--restart=Never", f"--overrides={place}", "--command")
    asks = ("--", "python", "-c", CONNECT, address, "kube-dns.kube-system.svc")
    kubectl_does("-n", "default", "run", name, f"--image={image}", *words, *asks)
    ended = ("--for=jsonpath={.status.phase}=Succeeded", "--timeout=60s")
    kubectl_does("-n", "default", "wait", f"pod/{name}", *ended)
    return kubectl_does("-n", "default", "logs", name).strip()


@pytest.mark.soak
class TestWorkerUnderLoad:
    def test_is_drained_and_comes_back(self, spread: str) -> None:
        """Of 20,000 requests and more, none fails."""
        with load_on(HOST) as load:
            away = ("--ignore-daemonsets", "--delete-emptydir-data", "--force", "--timeout=180s")
            kubectl_does("drain", LOST.name, *away)
            wait_for(lambda: places() == [OTHER.name] * 2, 60, "two pods on the other node")
            time.sleep(10)
            kubectl_does("uncordon", LOST.name)
            enough(load)
        print(f"drained: {load}")
        assert load.failures == {}

    def test_loses_its_power(self, spread: str, call: Call, checkout: Path) -> None:
        """Clients notice for two seconds at most, the pods are replaced, and it comes back.

        What is deployed meanwhile is verified, on the node that is left; the first release
        afterwards is on both again.
        """
        with load_on(HOST) as load:
            time.sleep(5)
            assert load.failures == {}
            end(LOST)
            time.sleep(NOTICED_SECONDS)
            noticed = load.failures.copy()
            seconds = wait_for(
                lambda: places() == [OTHER.name] * 2,
                REPLACED_SECONDS - NOTICED_SECONDS,
                "two pods on the other node",
            )
            enough(load)
            print(f"lost: {noticed} at first, replaced after {seconds + 2:.0f} s, {load}")
            assert load.failures == noticed
            broken.patch_deployment(checkout, ENV, broken.add("revisionHistoryLimit", 8))
            result = call("deploy", "--env", ENV, "--image", spread, cwd=checkout)
            assert result.code == 0, result.error
            assert result.stdout.startswith(f"{ENV}: deployed and verified")
            assert local("up").code == 0
            wait_for(
                lambda: {s for _, s, _ in membership.standing()} == {"ready"}, 60, "it is ready"
            )
            annotation = broken.add("template/metadata/annotations/trial", "spread again")
            broken.patch_deployment(checkout, ENV, annotation)
            result = call("deploy", "--env", ENV, "--image", spread, cwd=checkout)
            assert result.code == 0, result.error
            wait_for(lambda: places() == [LOST.name, OTHER.name], 60, "a pod on each worker")
        print(f"back: {load}")
        assert load.failures == noticed


@pytest.mark.soak
class TestStack:
    def test_becomes_one_node_and_three_again(
        self, spread: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What was deployed is there on the one, and then on both workers, or one of them."""
        try:
            monkeypatch.setenv(nodes.VARIABLE, "1")
            assert local("up").code == 0
            wait_for(lambda: answered(spread), 60, "stage serves from one node")
            assert set(places()) == {CONTROL_PLANE.name}
            monkeypatch.delenv(nodes.VARIABLE)
            assert "was up" in local("up").stderr
        finally:
            monkeypatch.setenv(nodes.VARIABLE, "3")
            assert local("up").code == 0
        wait_for(lambda: answered(spread), 60, "stage serves from three nodes")
        assert set(places()) <= {LOST.name, OTHER.name}


@pytest.mark.soak
class TestStackOfWhichPartsAreKilledAtRandom:
    def test_up_repairs_each(self, spread: str) -> None:
        """Whatever was killed, `up` brings all back, and no release and no pod is lost."""
        seed = int(os.environ.get("SEED") or time.time_ns())
        print(f"SEED={seed}")
        chance = random.Random(seed)
        before = [each["metadata"]["uid"] for each in objects("secrets", env=ENV)]
        for number in range(KILLS):
            name, kill = chance.choice(victims())
            print(f"{number + 1}: {name}")
            kill()
            assert local("up").code == 0
            wait_for(lambda: answered(spread), 90, f"stage serves after {name} was killed")
        assert [each["metadata"]["uid"] for each in objects("secrets", env=ENV)] == before


def victims() -> list[tuple[str, Callable[[], None]]]:
    """What can be killed: each program, each machine with all that runs on it, and the gateway."""
    programs = {
        one.name: (lambda pid=one.process.pid: os.kill(pid, signal.SIGKILL))
        for one in stack.services()
        if one.process
    }
    machines = {f"machine {one.name}": (lambda one=one: end(one)) for one in others(())}
    return [*programs.items(), *machines.items(), ("gateway", kill_the_gateway)]


def kill_the_gateway() -> None:
    """Kill each Envoy."""
    CONTROL_PLANE.run("pkill", "-KILL", "-x", "envoy")


def answered(image: str) -> bool:
    """Whether stage runs an image, whole, and answers."""
    try:
        serves(image, ENV)
    except (AssertionError, OSError):
        return False
    return True
