"""infra/ as it is, on a libvirt whose machine boots: from `tofu apply` to nothing being left."""

import re

import pytest

from ci.rollout.pods import is_ready
from local.tools.catalogue import KUBERNETES
from tests.e2e.conftest import Result
from tests.machines.emulated.alone import NAME, PROXY, Alone
from tests.machines.pods import comes_to, pods

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.soak,
    # The programs of the machine's host outlive the calls that start them.
    pytest.mark.filterwarnings("ignore:subprocess:ResourceWarning"),
]

_TOKEN = r"\b[a-z0-9]{6}\.[a-z0-9]{16}\b"
_APPLY = ("apply", "-input=false", "-auto-approve")


class TestMachine:
    def test_is_made_by_one_apply(self, applied: Result) -> None:
        """OpenTofu returns when the machine is a cluster."""
        print(f"{applied.seconds:.0f} s")
        assert applied.code == 0, applied.stdout
        assert "Apply complete!" in applied.stdout

    def test_started_from_the_image_on_a_larger_disk(self, booted: Alone) -> None:
        """Its file system has grown, and cloud-init has nothing to complain of."""
        assert booted.on("cloud-init", "status").stdout == "status: done\n"
        size = booted.on("df", "--output=size", "--block-size=1G", "/").stdout.split()[-1]
        assert int(size) >= 9

    def test_is_a_node_that_is_ready(self, booted: Alone) -> None:
        """Of the version that was asked for, and without a taint."""
        [node] = booted.objects("nodes")
        assert node["metadata"]["name"] == NAME
        assert node["status"]["nodeInfo"]["kubeletVersion"] == KUBERNETES.version
        assert is_ready(node)
        assert not node["spec"].get("taints")

    def test_runs_all_of_its_own_pods(self, booted: Alone) -> None:
        """Calico among them, from its own manifest."""
        running = booted.objects("pods", "-n", "kube-system")
        assert {pod["status"]["phase"] for pod in running} == {"Running"}
        assert {"calico-node", "calico-kube-controllers", "kube-dns", "kube-proxy"} <= {
            pod["metadata"]["labels"].get("k8s-app") for pod in running
        }

    def test_takes_pods(self, booted: Alone) -> None:
        """They reach themselves by the address that Calico gave them."""
        with pods(booted, [NAME]) as [pod]:
            assert comes_to(booted, pod, pod, answered=True, seconds=120)


class TestProxy:
    def test_is_the_only_way_out(self, booted: Alone) -> None:
        """All that the machine has fetched came through it."""
        assert "CONNECT" in booted.proxy_log
        directly = ("curl", "--silent", "--max-time", "5", booted.outside)
        assert booted.on(*directly).code != 0
        through = ("--output", "/dev/null", "--proxy", PROXY)
        assert booted.on(*directly, *through).code == 0


class TestSecondApply:
    def test_changes_nothing(self, booted: Alone) -> None:
        """There is nothing to do."""
        ran = booted.tofu("plan", "-input=false", "-detailed-exitcode")
        assert ran.code == 0, ran.printed

    def test_brings_a_lost_kubeconfig_back(self, booted: Alone) -> None:
        """It is the same, and only its owner reads it."""
        before = booted.kubeconfig.read_text()
        booted.kubeconfig.unlink()
        ran = booted.tofu(*_APPLY)
        assert ran.code == 0, ran.printed
        assert booted.kubeconfig.read_text() == before
        assert booted.kubeconfig.stat().st_mode & 0o777 == 0o600


class TestToken:
    def test_is_in_no_state(self, booted: Alone) -> None:
        """What OpenTofu keeps is without one."""
        assert not re.search(_TOKEN, (booted.infra / "terraform.tfstate").read_text())

    def test_is_nowhere_on_the_machine(self, booted: Alone) -> None:
        """Neither kubeadm's nor one of ours, in a log, in the journal or in a file."""
        invitation = booted.on("sudo", "cluster-invite")
        assert re.search(_TOKEN, invitation.stdout), invitation.printed
        places = ("/etc", "/root", "/home", "/tmp", "/var/log", "/var/tmp", "/var/lib/cloud")
        search = ("sudo", "grep", "-rlEI", "--devices=skip", f"'{_TOKEN}'", *places)
        assert booted.on(*search).stdout == ""
        counted = booted.on("sudo", "journalctl", "--output=cat", "|", "grep", "-cE", f"'{_TOKEN}'")
        assert counted.stdout == "0\n"


class TestDestroyed:
    def test_leaves_nothing(self, booted: Alone) -> None:
        """Neither in libvirt nor in the work folder."""
        assert booted.left()
        ran = booted.tofu("destroy", "-input=false", "-auto-approve")
        assert ran.code == 0, ran.printed
        assert booted.left() == []
