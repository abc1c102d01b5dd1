"""What runs on a machine: in which order, what is trusted, and what a second run does."""

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.local.programs import Programs
from tests.test_repository import REPOSITORY

NODE = REPOSITORY / "infra" / "node"
_NODES = NODE.parent / "nodes.tf"
TOKEN = "abcdef.0123456789abcdef"
FINGERPRINT = "DE15B14486CD377B9E876E1A234654DA9A296436"
OTHER = "0" * 40
ENVIRONMENT = f"""
KUBERNETES_VERSION='1.36.3'
REPOSITORY='https://packages.example.com/v1.36/deb'
FINGERPRINT='{FINGERPRINT}'
DEBIAN_MIRROR=''
DEBIAN_SECURITY_MIRROR=''
"""
CONTROL_PLANE = """
CALICO_MANIFEST='https://calico.example.com/calico.yaml'
CALICO_SHA256=''
ENDPOINT='10.0.0.10:6443'
ALONE='false'
PATIENCE='1'
"""

Ran = subprocess.CompletedProcess[str]


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """The folder that stands in for the machine's root."""
    for folder in ("etc/cluster", "etc/apt/sources.list.d", "run", "var/lib/dpkg/updates"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "etc/cluster/node.env").write_text(ENVIRONMENT)
    (tmp_path / "etc/cluster/control-plane.env").write_text(CONTROL_PLANE)
    (tmp_path / "etc/os-release").write_text("VERSION_CODENAME=bookworm\n")
    return tmp_path


@pytest.fixture
def calls(machine: Path, programs: Programs) -> Callable[[], list[str]]:
    """The calls of programs that change a machine, each of which only notes its own."""
    log = machine / "calls"
    log.touch()
    for name in (
        "modprobe",
        "sysctl",
        "swapoff",
        "systemctl",
        "update-ca-certificates",
        "apt-get",
        "apt-mark",
        "dpkg",
        "sleep",
        "kubeadm",
        "kubectl",
        "cluster-node",
        "cluster-fetch",
    ):
        programs.write(name, f'echo "{name} $*" >>{log}')
    programs.write("gpg", f"""echo "gpg $*" >>{log}; {_keys(FINGERPRINT)}""")
    return lambda: log.read_text().splitlines()


def _keys(*fingerprints: str) -> str:
    """What gpg shows of a file with keys, each with a subkey."""
    shown = "".join(
        f"pub:-:4096::\\nfpr:::::::::{each}:\\nsub:-:4096::\\nfpr:::::::::{'F' * 40}:\\n"
        for each in fingerprints
    )
    return f"printf '{shown}'"


def run(script: str, machine: Path, stdin: str = "") -> Ran:
    """Runs a script of the machine's, on the folder that stands in for its root."""
    program = machine / script
    text = (NODE / script).read_text()
    program.write_text(re.sub(r"(?<!\w)/(etc|run|var)/", rf"{machine}/\1/", text))
    program.chmod(0o755)
    return subprocess.run(
        [program], input=stdin, capture_output=True, text=True, timeout=30, check=False
    )


def place(calls: list[str], beginning: str) -> int:
    """Where the first call that begins so is."""
    return next(number for number, call in enumerate(calls) if call.startswith(beginning))


class TestMachine:
    """node.sh"""

    def test_that_is_set_up(self, machine: Path, calls: Callable[[], list[str]]) -> None:
        """Authorities are trusted before anything is fetched, and containerd knows of them."""
        done = run("node.sh", machine)
        assert done.returncode == 0, done.stderr
        order = [
            "modprobe br_netfilter",
            "sysctl",
            "update-ca-certificates",
            "apt-get --quiet --yes",
            "systemctl daemon-reload",
            "systemctl restart containerd",
            "cluster-fetch https://packages.example.com/v1.36/deb/Release.key",
            "gpg --batch --yes --dearmor",
            "apt-mark hold kubelet kubeadm kubectl",
        ]
        places = [place(calls(), each) for each in order]
        assert places == sorted(places)
        assert (machine / "etc/cluster/prepared").exists()

    def test_whose_kernel_has_loaded_nothing(
        self, machine: Path, calls: Callable[[], list[str]]
    ) -> None:
        """kube-proxy ends where connections are not tracked yet; a restart loads the same."""
        run("node.sh", machine)
        modules = {"overlay", "br_netfilter", "nf_conntrack"}
        assert {f"modprobe {each}" for each in modules} <= set(calls())
        loaded = re.search(r'"/etc/modules-load.d/.*content = "(.*)"', _NODES.read_text())
        assert loaded and set(loaded[1].split("\\n")) - {""} == modules

    def test_with_swap(self, machine: Path, calls: Callable[[], list[str]]) -> None:
        """It has none from now on, after a restart either."""
        run("node.sh", machine)
        assert {"swapoff --all", "systemctl --quiet mask swap.target"} <= set(calls())

    def test_that_was_set_up(self, machine: Path, calls: Callable[[], list[str]]) -> None:
        """It stays as it is."""
        (machine / "etc/cluster/prepared").touch()
        assert run("node.sh", machine).returncode == 0
        assert calls() == []

    def test_whose_lists_are_locked(
        self, machine: Path, calls: Callable[[], list[str]], programs: Programs
    ) -> None:
        """Its packages' lists are fetched when whoever holds them has come to an end."""
        programs.write(
            "apt-get",
            f"""echo "apt-get $*" >>{machine}/calls
            case $* in *update*) [ "$(grep -c ' update ' {machine}/calls)" != 1 ] ;; esac""",
        )
        assert run("node.sh", machine).returncode == 0
        updates = [call for call in calls() if " update " in call]
        assert len(updates) == 3
        assert all(call.endswith("update --error-on=any") for call in updates)

    def test_without_a_way_out(self, machine: Path, programs: Programs, calls: object) -> None:
        """It fails and says what may be missing, and is not taken for one that is set up."""
        programs.write("apt-get", "exit 100")
        done = run("node.sh", machine)
        assert done.returncode == 1
        assert "cannot fetch the lists of its packages, as above" in done.stderr
        assert not (machine / "etc/cluster/prepared").exists()

    def test_that_went_off_in_the_middle_of_a_package(
        self, machine: Path, calls: Callable[[], list[str]]
    ) -> None:
        """The package is brought to its end before apt is asked for another."""
        (machine / "var/lib/dpkg/updates/0000").touch()
        assert run("node.sh", machine).returncode == 0
        assert place(calls(), "dpkg --force-confold --configure") < place(calls(), "apt-get")

    def test_whose_package_is_brought_to_its_end_by_somebody_else(
        self, machine: Path, calls: Callable[[], list[str]], programs: Programs
    ) -> None:
        """dpkg is asked until it has the lock."""
        (machine / "var/lib/dpkg/updates/0000").touch()
        programs.write(
            "dpkg",
            f"""echo "dpkg $*" >>{machine}/calls
            [ "$(grep -c '^dpkg' {machine}/calls)" = 3 ]""",
        )
        assert run("node.sh", machine).returncode == 0
        assert len([call for call in calls() if call.startswith("dpkg")]) == 3

    def test_with_a_mirror(self, machine: Path, calls: object) -> None:
        """Debian comes from it and from nowhere else, signed by Debian."""
        environment = machine / "etc/cluster/node.env"
        environment.write_text(
            f"{ENVIRONMENT}DEBIAN_MIRROR='https://mirror.example.com/debian'\n"
            "DEBIAN_SECURITY_MIRROR='https://mirror.example.com/debian-security'\n"
        )
        (machine / "etc/apt/sources.list").write_text("deb https://deb.example.com bookworm main")
        assert run("node.sh", machine).returncode == 0
        sources = (machine / "etc/apt/sources.list.d/debian.sources").read_text()
        assert "URIs: https://mirror.example.com/debian\nSuites: bookworm bookworm-up" in sources
        assert "mirror.example.com/debian-security\nSuites: bookworm-security\n" in sources
        assert sources.count("Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg") == 2
        assert not (machine / "etc/apt/sources.list").exists()

    @pytest.mark.parametrize(
        "fingerprints", [[], [OTHER], [FINGERPRINT, OTHER]], ids=["none", "another", "two"]
    )
    def test_whose_packages_have_keys(
        self,
        fingerprints: list[str],
        machine: Path,
        programs: Programs,
        calls: Callable[[], list[str]],
    ) -> None:
        """None but the one that is named is trusted, nor one beside it."""
        programs.write("gpg", _keys(*fingerprints) if fingerprints else "true")
        done = run("node.sh", machine)
        assert done.returncode == 1
        assert f"and not {FINGERPRINT} alone: nothing is installed from it." in done.stderr
        assert not [call for call in calls() if "kubelet" in call]


class TestFetch:
    """fetch.sh"""

    def fetched(self, machine: Path, programs: Programs) -> str:
        programs.write("curl", f'echo "$* through $https_proxy" >>{machine}/calls')
        assert run("fetch.sh", machine).returncode != 0  # without an address
        shutil.copy(machine / "fetch.sh", machine / "fetch")
        subprocess.run([machine / "fetch", "https://a.example.com", "file"], timeout=30, check=True)
        return (machine / "calls").read_text()

    def test_of_a_file(self, machine: Path, programs: Programs) -> None:
        """It is asked for over TLS, more than once, and not for ever."""
        called = self.fetched(machine, programs)
        assert "--proto =https" in called
        assert "--retry 5 --retry-all-errors" in called
        assert called.endswith("--output file https://a.example.com through \n")
        assert "--connect-timeout 20 --max-time 300" in called

    def test_through_a_proxy(self, machine: Path, programs: Programs) -> None:
        """The machine's own is used."""
        (machine / "etc/cluster/proxy.env").write_text("https_proxy='http://proxy:3128'\n")
        assert "through http://proxy:3128" in self.fetched(machine, programs)


class TestControlPlane:
    """init.sh"""

    def test_that_is_made(self, machine: Path, calls: Callable[[], list[str]]) -> None:
        """Nothing is made before the network of its pods is there to be applied."""
        assert run("init.sh", machine).returncode == 0
        assert [call.split()[:2] for call in calls()] == [
            ["cluster-node"],
            ["cluster-fetch", "https://calico.example.com/calico.yaml"],
            ["kubeadm", "init"],
            ["kubectl", "apply"],
            ["kubectl", "wait"],
        ]
        assert "--skip-token-print" in calls()[2]
        assert (machine / "etc/cluster/initialised").exists()

    def test_with_another_checksum(self, machine: Path, calls: Callable[[], list[str]]) -> None:
        """The manifest is refused, and no cluster is made."""
        environment = machine / "etc/cluster/control-plane.env"
        environment.write_text(f"{CONTROL_PLANE}CALICO_SHA256='{'0' * 64}'\n")
        done = run("init.sh", machine)
        assert done.returncode == 1
        assert "https://calico.example.com/calico.yaml does not have the checksum" in done.stderr
        assert not [call for call in calls() if call.startswith("kube")]

    @pytest.mark.parametrize("resets", [1, 3])
    def test_that_went_off_while_it_was_made(
        self, resets: int, machine: Path, calls: Callable[[], list[str]], programs: Programs
    ) -> None:
        """What is left is taken away, as often as a part of it still runs."""
        (machine / "etc/kubernetes/pki").mkdir(parents=True)
        programs.write("pgrep", f'[ "$(grep -c "kubeadm reset" {machine}/calls)" -lt {resets} ]')
        programs.write("sleep", "")
        assert run("init.sh", machine).returncode == 0
        made = [call for call in calls() if call.startswith("kubeadm")]
        assert made[:-1] == ["kubeadm reset --force"] * resets
        assert made[-1].startswith("kubeadm init")

    def test_whose_rest_goes_on_running(
        self, machine: Path, calls: Callable[[], list[str]], programs: Programs
    ) -> None:
        """Nothing is made beside it, and what helps is said."""
        (machine / "etc/kubernetes/pki").mkdir(parents=True)
        programs.write("pgrep", "")
        programs.write("sleep", "")
        done = run("init.sh", machine)
        assert done.returncode == 1
        assert "restart it, and apply again" in done.stderr
        assert not [call for call in calls() if call.startswith("kubeadm init")]

    def test_that_was_made_without_its_network(
        self, machine: Path, calls: Callable[[], list[str]]
    ) -> None:
        """It stays, and gets what it lacks."""
        (machine / "etc/kubernetes/pki").mkdir(parents=True)
        (machine / "etc/cluster/made").touch()
        assert run("init.sh", machine).returncode == 0
        assert not [call for call in calls() if call.startswith("kubeadm")]
        assert place(calls(), "kubectl apply") < place(calls(), "kubectl wait")

    def test_that_has_all(self, machine: Path, calls: Callable[[], list[str]]) -> None:
        """It stays as it is."""
        (machine / "etc/cluster/initialised").touch()
        assert run("init.sh", machine).returncode == 0
        assert calls() == []

    def test_without_workers(self, machine: Path, calls: Callable[[], list[str]]) -> None:
        """Load balancers may send to it."""
        environment = machine / "etc/cluster/control-plane.env"
        environment.write_text(f"{CONTROL_PLANE}ALONE='true'\n")
        assert run("init.sh", machine).returncode == 0
        label = "node.kubernetes.io/exclude-from-external-load-balancers"
        assert f"kubectl label nodes --all {label}-" in calls()


class TestWorker:
    """join.sh"""

    def test_invitation(self, machine: Path, programs: Programs) -> None:
        """Only its owner reads it while the worker joins, and then it is gone."""
        invitation = machine / "run/cluster/invitation"
        programs.write("kubeadm", f"stat -c %a {invitation} >{machine}/mode")
        assert run("join.sh", machine, TOKEN).returncode == 0
        assert (machine / "mode").read_text() == "600\n"
        assert not invitation.exists()

    def test_that_has_joined(self, machine: Path, calls: Callable[[], list[str]]) -> None:
        """It stays as it is, and what kubeadm wrote of a token is gone."""
        kubernetes = machine / "etc/kubernetes"
        kubernetes.mkdir()
        (kubernetes / "kubelet.conf").touch()
        (kubernetes / "bootstrap-kubelet.conf").write_text(TOKEN)
        assert run("join.sh", machine, TOKEN).returncode == 0
        assert calls() == []
        assert [each.name for each in kubernetes.iterdir()] == ["kubelet.conf"]

    def test_that_cannot_join(self, machine: Path, programs: Programs) -> None:
        """It fails, is as it was for a second try, and the invitation is gone."""
        programs.write("kubeadm", f'echo "$1" >>{machine}/called; [ "$1" = reset ]')
        assert run("join.sh", machine, TOKEN).returncode == 1
        assert (machine / "called").read_text().split() == ["join", "reset"]
        assert not (machine / "run/cluster/invitation").exists()

    @pytest.mark.parametrize("left", ["bootstrap-kubelet.conf", "pki/ca.crt"])
    def test_that_went_off_while_it_joined(
        self, left: str, machine: Path, calls: Callable[[], list[str]]
    ) -> None:
        """What is left is taken away, for kubeadm wants none of it."""
        (machine / "etc/kubernetes/pki").mkdir(parents=True)
        (machine / "etc/kubernetes" / left).touch()
        assert run("join.sh", machine, TOKEN).returncode == 0
        assert [call.split()[1] for call in calls()] == ["reset", "join"]
