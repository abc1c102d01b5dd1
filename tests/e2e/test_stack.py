"""The laptop stack: brought up, hurt, repaired and taken down."""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.host.paths import BRIDGE, CABLE, COMMAND, KUBECONFIG, NAME, RUN, STATE
from local.images.cluster import COREDNS_VERSION, PAUSE_VERSION
from local.machines.sandbox import CONTROL_PLANE, others
from local.stack import stack
from local.tools.catalogue import KUBERNETES
from tests.e2e import processes
from tests.e2e.conftest import Result, call_in, local, run

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("stack")]


SETTLING_SECONDS = 20
"""For so long the API server may go on saying what it last heard of an etcd that was killed."""


def serves() -> bool:
    """Whether every part serves and the pipeline answers, soon if not at once."""
    until = time.monotonic() + SETTLING_SECONDS
    while True:
        if stack.is_up() and call_in("status").code == 0:
            return True
        if time.monotonic() > until:
            print(local("status").printed)
            return False


def traces() -> dict[str, list[str]]:
    """What of a stack there is on this machine, kind by kind."""
    mounts = Path("/proc/self/mounts").read_text().splitlines()
    interfaces = [path.name for path in Path("/sys/class/net").iterdir()]
    rules = run("iptables-save").stdout.splitlines()
    groups = Path("/sys/fs/cgroup").glob(f"**/{NAME}")
    return {
        "mounts": [line for line in mounts if NAME in line or "/netns/" in line],
        "interfaces": [name for name in interfaces if name.startswith(CABLE)],
        "rules": [line for line in rules if NAME in line or BRIDGE in line],
        "sockets": [str(path) for path in RUN.glob("**/*") if path.is_socket()],
        "control groups": [str(path) for path in groups],
        "files": [str(path) for path in (RUN, COMMAND) if os.path.lexists(path)],
        "processes": _processes(),
    }


def _processes() -> list[str]:
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                words = (folder / "cmdline").read_bytes().decode().split("\0")
            except OSError:
                continue
            if any(str(STATE) in word or f"/{NAME}/tools/" in word for word in words):
                found.append(" ".join(words))
    return found


class TestStackThatIsUp:
    def test_up_again_changes_nothing_within_two_seconds(self) -> None:
        """`up` on a stack that is up starts no process anew."""
        before = [service.process for service in stack.services()]
        again = local("up")
        assert (again.code, [service.process for service in stack.services()]) == (0, before)

    def test_leaves_the_machines_own_files_alone(self) -> None:
        """The engine's resolv.conf and packet filter links are seen in its sandbox only."""
        assert "dnsmasq" not in Path("/etc/resolv.conf").read_text()
        assert "10.213.0" not in Path("/etc/resolv.conf").read_text()
        assert not Path("/usr/local/bin/dagger-init").exists()
        assert not Path("/usr/bin/xtables-nft-multi").exists()

    def test_keeps_credentials_to_root(self) -> None:
        """Files that hold a key can be read by root only."""
        keys = [KUBECONFIG, *STATE.glob("kubeconfigs/*"), *STATE.glob("pki/**/*.key")]
        assert len(keys) > 10
        assert {oct(file.stat().st_mode & 0o777) for file in keys} == {"0o600"}

    @pytest.mark.parametrize("port", [80, 5000, 6443])
    def test_does_not_need_the_machines_own_ports(self, port: int) -> None:
        """A port that another program of the machine has taken is no concern of the stack's."""
        with socket.socket() as taken:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                taken.bind(("0.0.0.0", port))
                taken.listen()
            except OSError:
                pytest.skip(f"port {port} is taken already, and the stack is up all the same")
            assert stack.is_up()
            assert local("up").code == 0


class TestKubernetes:
    def test_is_of_one_version(self) -> None:
        """API server, kubelets and kubectl are of the release that the catalogue names."""
        kubectl = (KUBERNETES.program("kubectl"), "--kubeconfig", KUBECONFIG)
        told = json.loads(run(*kubectl, "version", "--output=json").stdout)
        nodes = "jsonpath={.items[*].status.nodeInfo.kubeletVersion}"
        kubelets = run(*kubectl, "get", "nodes", "--output", nodes).stdout.split()
        versions = {told[each]["gitVersion"] for each in ("clientVersion", "serverVersion")}
        assert versions | set(kubelets) == {KUBERNETES.version}

    def test_has_the_images_of_its_generation(self) -> None:
        """The DNS server and the pause image are those that its kubeadm names."""
        names = (KUBERNETES.program("kubeadm"), "config", "images", "list")
        named = run(*names, "--kubernetes-version", KUBERNETES.version).stdout.splitlines()
        assert f"registry.k8s.io/coredns/coredns:{COREDNS_VERSION}" in named
        assert f"registry.k8s.io/pause:{PAUSE_VERSION}" in named

    def test_lets_kubelets_be_asked_for_logs(self) -> None:
        """The API server has the right to, with the certificate that kubeadm makes for it."""
        kubectl = (KUBERNETES.program("kubectl"), "--kubeconfig", KUBECONFIG)
        dns = ("--namespace=kube-system", "logs", "deployment/coredns", "--tail=1")
        asked = run(*kubectl, *dns)
        assert asked.code == 0, asked.printed


class TestStackWithAPartKilled:
    @pytest.fixture(autouse=True)
    def repaired(self) -> Iterator[None]:
        """Each test ends with the stack up."""
        yield
        assert local("up").code == 0

    @pytest.mark.parametrize(
        "name",
        [
            "etcd",
            *(
                pytest.param(name, marks=pytest.mark.soak)
                for name in (
                    "engine",
                    "registry",
                    "kube-apiserver",
                    "kube-controller-manager",
                    "kube-scheduler",
                    "containerd",
                    "kubelet",
                    "kube-proxy",
                    "containerd-worker-1",
                    "kubelet-worker-1",
                    "kube-proxy-worker-1",
                )
            ),
        ],
    )
    def test_up_repairs_it(self, name: str) -> None:
        """After kill -9 of one part, `up` brings back the whole stack."""
        service = next(one for one in stack.services() if one.name == name)
        assert service.process
        os.kill(service.process.pid, signal.SIGKILL)
        assert local("up").code == 0
        assert serves()

    @pytest.mark.soak
    def test_up_repairs_all_of_them_killed_at_once(self) -> None:
        """After kill -9 of every process, with what they leave behind, `up` brings all back."""
        for sandbox in others(()):
            assert sandbox.init
            for pid in processes.inside(sandbox.init):
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
        assert local("up").code == 0
        assert serves()

    @pytest.mark.parametrize(
        ("name", "port"), [("registry", 5000), ("kube-apiserver", 6443)], ids=str
    )
    def test_a_port_taken_in_the_sandbox_is_named(self, name: str, port: int) -> None:
        """A part whose port something else took says which program that is."""
        service = next(one for one in stack.services() if one.name == name)
        service.down()
        taken = subprocess.Popen(
            CONTROL_PLANE.enter("socat", f"TCP-LISTEN:{port},reuseaddr,fork", "/dev/null")
        )
        try:
            time.sleep(0.5)
            refused = local("up")
        finally:
            subprocess.run(CONTROL_PLANE.enter("pkill", "socat"), check=False)
            taken.wait(timeout=10)
        assert refused.code != 0
        assert (
            f"{name} cannot listen on {CONTROL_PLANE.address}:{port}, because socat"
            in refused.stderr
        )


class TestStackThatIsDown:
    def test_leaves_no_trace_and_comes_back_with_its_data(self) -> None:
        """`down` leaves no process, mount, device, rule, socket or file; `up` finds the data."""
        before = traces()
        assert all(before[kind] for kind in ("interfaces", "rules", "processes", "sockets"))
        assert local("down").code == 0
        assert {kind: found for kind, found in traces().items() if found} == {}
        assert _last(local("up"))
        assert serves()


def _last(result: Result) -> bool:
    return result.code == 0 and "is up" in result.stderr
