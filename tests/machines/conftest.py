"""The cluster that all tests of machines examine: it is made once, and nothing is left of it."""

import shutil
from collections.abc import Iterator

import pytest

from local.host import command, packages
from local.host.paths import LOGS
from local.platform.part import wait_until
from tests.e2e.conftest import call_in, local
from tests.machines import catalogue, platform
from tests.machines.cluster import WORKERS, Cluster, started


@pytest.fixture(scope="session")
def built() -> None:
    """The stack is up, and there is what machines' packages and images are made of."""
    brought_up = local("up")
    assert brought_up.code == 0, brought_up.printed
    if not shutil.which("gpg"):
        packages.install(["gpg", "gpg-agent"], LOGS / "machines.log")
    catalogue.build(print)


@pytest.fixture(scope="session")
def machines(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Three machines that were switched on; workers are set up, and have not joined."""
    with started(tmp_path_factory.mktemp("machines")) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def cut_off(machines: Cluster) -> str:
    """The worker that lost its power while it installed its packages, and has it again."""
    machine = machines.machines[WORKERS[-1]]
    installs = machine.enter("pgrep", "--exact", "dpkg")
    wait_until(lambda: command.succeeds(*installs), "dpkg on a worker", seconds=900)
    machine.start()
    return machine.name


@pytest.fixture(scope="session")
def waiting(machines: Cluster, cut_off: str) -> dict[str, str]:
    """What systemd said of each worker's kubelet while it had not joined."""
    machines.fetch_kubeconfig()
    for worker in WORKERS:
        machines.script(
            "wait.sh", machines.machines[worker].address, "cluster-node", "/etc/cluster/prepared"
        )
    asked = ("systemctl", "show", "--property=NRestarts,ConditionResult", "kubelet")
    return {worker: machines.on(worker, *asked).stdout for worker in WORKERS}


@pytest.fixture(scope="session")
def cluster(machines: Cluster, waiting: dict[str, str]) -> Cluster:
    """The cluster that they became."""
    for worker in WORKERS:
        machines.join(worker)
    machines.kubectl("wait", "--for=condition=Ready", "nodes", "--all", "--timeout=10m")
    machines.kubectl(
        *("-n", "kube-system", "wait", "--for=condition=Ready", "pods", "--all", "--timeout=10m")
    )
    return machines


@pytest.fixture(scope="session")
def gateway(cluster: Cluster) -> int:
    """The port of the gateway at each node, with the platform's prerequisites applied."""
    platform.bring_up(cluster)
    return platform.port(cluster)


@pytest.fixture(scope="session")
def published(cluster: Cluster) -> str:
    """The service's image, by digest."""
    result = call_in("publish")
    assert result.code == 0, result.error
    return result.stdout.strip()
