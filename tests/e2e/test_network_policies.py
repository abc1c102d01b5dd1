"""What pods of the environments can reach, and who can reach them."""

import time
from collections.abc import Iterator

import pytest

from local.host.paths import KUBECONFIG
from local.tools.catalogue import KUBERNETES
from tests.e2e.conftest import call_in, run
from tests.project import NAME

pytestmark = pytest.mark.e2e

CONNECT = """
import socket, sys
try:
    socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=4).close()
    print("reached")
except OSError as error:
    print("not reached:", error)
"""
DNS, API_SERVER = ("kube-dns.kube-system.svc", 53), ("kubernetes.default.svc", 443)


@pytest.fixture(scope="module")
def environments(published: str) -> None:
    """The service in dev and prod."""
    for env in ("dev", "prod"):
        result = call_in("deploy", "--env", env, "--image", published, "--force", "a trial")
        assert result.code == 0, result.error


@pytest.fixture(scope="module")
def stranger(published: str) -> Iterator[str]:
    """A pod in a namespace without policies, which so can reach whatever lets it."""
    kubectl("default", "delete", "pod", "stranger", "--ignore-not-found", "--now")
    sleep = ("--command", "--", "python", "-c", "import time; time.sleep(3600)")
    kubectl("default", "run", "stranger", f"--image={published}", "--restart=Never", *sleep)
    kubectl("default", "wait", "pod/stranger", "--for=condition=Ready", "--timeout=60s")
    time.sleep(2)  # The policies learn of a new pod a moment later.
    yield "pod/stranger"
    kubectl("default", "delete", "pod", "stranger", "--now")


def kubectl(namespace: str, *arguments: str) -> str:
    """What kubectl prints in a namespace."""
    program = KUBERNETES.program("kubectl")
    done = run(program, "--kubeconfig", KUBECONFIG, "--namespace", namespace, *arguments)
    assert done.code == 0, done.printed
    return done.stdout


def reaches(namespace: str, pod: str, host: str, port: int) -> bool:
    """Whether a connection from a pod comes about."""
    tried = kubectl(namespace, "exec", pod, "--", "python", "-c", CONNECT, host, str(port))
    assert "reached" in tried
    return "not reached" not in tried


class TestService:
    @pytest.mark.parametrize("env", ["dev", "prod"])
    def test_resolves_names_and_reaches_nothing_else(self, environments: None, env: str) -> None:
        """It asks the cluster's DNS, and neither the API server nor the other environment."""
        other = {"dev": "prod", "prod": "dev"}[env]
        pod = f"deployment/{env}-{NAME}"
        assert reaches(env, pod, *DNS)
        assert not reaches(env, pod, *API_SERVER)
        assert not reaches(env, pod, f"{other}-{NAME}.{other}.svc", 8000)

    def test_is_not_reached_from_another_namespace(self, environments: None, stranger: str) -> None:
        """A pod that reaches the API server does not reach the service."""
        assert reaches("default", stranger, *API_SERVER)
        for env in ("dev", "prod"):
            assert not reaches("default", stranger, f"{env}-{NAME}.{env}.svc", 8000)

    def test_is_reached_through_the_gateway(self, environments: None) -> None:
        """The way in stays open."""
        for env in ("dev", "prod"):
            assert "through the gateway" in call_in("verify", "--env", env).stdout
