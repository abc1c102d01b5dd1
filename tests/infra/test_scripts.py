"""The scripts that OpenTofu runs: what they fetch, whom they trust, and where a secret is seen."""

import hashlib
import os
import subprocess
from pathlib import Path

import pytest

from tests.local.programs import Programs
from tests.test_repository import REPOSITORY

INFRA = REPOSITORY / "infra"
FETCH = INFRA / "modules" / "libvirt" / "fetch-image.sh"
STOP = INFRA / "modules" / "libvirt" / "stop.sh"
TOKEN = "abcdef.0123456789abcdef"
IMAGE = b"an image"


def run(script: Path, *arguments: str, **variables: str | Path) -> subprocess.CompletedProcess[str]:
    """Runs a script with variables in its environment, as OpenTofu does."""
    return subprocess.run(
        [script, *arguments],
        env={**os.environ, **{name: str(value) for name, value in variables.items()}},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        stdin=subprocess.DEVNULL,
    )


class TestImage:
    """fetch-image.sh"""

    @pytest.fixture(autouse=True)
    def curl(self, programs: Programs, tmp_path: Path) -> Path:
        """What is called to download notes that it was, and gives the image."""
        (tmp_path / "served").write_bytes(IMAGE)
        programs.write(
            "curl",
            f"""echo "$*" >>{tmp_path}/calls
            while [ "$1" != --output ]; do shift; done
            cp {tmp_path}/served "$2" """,
        )
        return tmp_path / "calls"

    def fetch(self, folder: Path, sha512: str) -> subprocess.CompletedProcess[str]:
        file = folder / "work" / "image.qcow2"
        return run(FETCH, FILE=file, URL="https://images.example.com/a", SHA512=sha512)

    def test_that_is_not_there(self, tmp_path: Path, curl: Path) -> None:
        """It is downloaded over TLS only, and nothing else is left."""
        done = self.fetch(tmp_path, hashlib.sha512(IMAGE).hexdigest())
        assert done.returncode == 0, done.stderr
        assert [each.name for each in (tmp_path / "work").iterdir()] == ["image.qcow2"]
        assert "--proto =https" in curl.read_text()

    def test_that_is_there(self, tmp_path: Path, curl: Path) -> None:
        """It is not downloaded again."""
        self.fetch(tmp_path, hashlib.sha512(IMAGE).hexdigest())
        curl.unlink()
        assert self.fetch(tmp_path, hashlib.sha512(IMAGE).hexdigest()).returncode == 0
        assert not curl.exists()

    def test_with_another_checksum(self, tmp_path: Path) -> None:
        """It is refused with its address, and nothing is left that could be taken for it."""
        done = self.fetch(tmp_path, "0" * 128)
        assert done.returncode == 1
        assert done.stderr.startswith("https://images.example.com/a does not have the checksum")
        assert list((tmp_path / "work").iterdir()) == []


class TestMachines:
    """The scripts that log in to machines."""

    @pytest.fixture(autouse=True)
    def ssh(self, programs: Programs, tmp_path: Path) -> Path:
        """A machine in place of each that is logged in to; the calls, a line each."""
        programs.write(
            "ssh",
            f"""echo "$*" >>{tmp_path}/calls
            case $* in
            *cluster-invite) echo "token: {TOKEN}" ;;
            *cluster-join) cat >{tmp_path}/invitation ;;
            *admin.conf) echo "a kubeconfig" ;;
            esac""",
        )
        return tmp_path / "calls"

    @pytest.fixture
    def known_hosts(self, tmp_path: Path) -> Path:
        """The folder of host keys, which holds one of an earlier machine at each address."""
        folder = tmp_path / "known hosts"
        folder.mkdir()
        for address in ("10.0.0.10", "10.0.0.11"):
            (folder / address).write_text("the key of an earlier machine")
        return folder

    def call(self, script: str, known_hosts: Path, **more: Path) -> None:
        done = run(
            INFRA / "scripts" / script,
            CONTROL_PLANE="10.0.0.10",
            WORKER="10.0.0.11",
            SSH_USER="ops",
            SSH_KEY_FILE="",
            KNOWN_HOSTS=known_hosts,
            **more,
        )
        assert done.returncode == 0, done.stderr
        assert TOKEN not in done.stdout + done.stderr

    def test_worker_that_joins(self, ssh: Path, known_hosts: Path, tmp_path: Path) -> None:
        """It gets its token through SSH, and no command line, file or output here has it."""
        self.call("join.sh", known_hosts)
        assert TOKEN in (tmp_path / "invitation").read_text()
        assert TOKEN not in ssh.read_text()
        assert not [
            each for each in known_hosts.iterdir() if each.is_file() and TOKEN in each.read_text()
        ]

    def test_host_keys(self, ssh: Path, known_hosts: Path) -> None:
        """The new worker's old key is forgotten; the control plane's has to be what it was."""
        self.call("join.sh", known_hosts)
        assert [each.name for each in known_hosts.iterdir()] == ["10.0.0.10"]
        for call in ssh.read_text().splitlines():
            assert "StrictHostKeyChecking=accept-new" in call
            assert "GlobalKnownHostsFile=/dev/null" in call

    def test_kubeconfig(self, known_hosts: Path, tmp_path: Path) -> None:
        """Only its owner reads it, and nothing half done is taken for it."""
        file = tmp_path / "kubeconfig"
        self.call("kubeconfig.sh", known_hosts, FILE=file)
        assert file.read_text() == "a kubeconfig\n"
        assert file.stat().st_mode & 0o777 == 0o600
        assert not file.with_name("kubeconfig.part").exists()


class TestJoin:
    """node/join.sh, on the worker"""

    @pytest.fixture(autouse=True)
    def scripts(self, tmp_path: Path) -> Path:
        """The script, with a folder of the test's own for the machine's."""
        text = (INFRA / "node" / "join.sh").read_text()
        for folder in ("/etc", "/run"):
            (tmp_path / folder.strip("/")).mkdir()
            text = text.replace(f"{folder}/", f"{tmp_path}{folder}/")
        script = tmp_path / "join"
        script.write_text(text)
        script.chmod(0o755)
        return script

    def join(self, script: Path) -> int:
        return subprocess.run([script], input=TOKEN, text=True, timeout=30, check=False).returncode

    def test_invitation(self, scripts: Path, programs: Programs, tmp_path: Path) -> None:
        """Only its owner reads it while the worker joins, and then it is gone."""
        invitation = tmp_path / "run" / "cluster" / "invitation"
        programs.write("kubeadm", f"stat -c %a {invitation} >{tmp_path}/mode")
        assert self.join(scripts) == 0
        assert (tmp_path / "mode").read_text() == "600\n"
        assert not invitation.exists()

    def test_worker_that_has_joined(
        self, scripts: Path, programs: Programs, tmp_path: Path
    ) -> None:
        """It stays as it is."""
        programs.write("kubeadm", f"touch {tmp_path}/called")
        (tmp_path / "etc" / "kubernetes").mkdir()
        (tmp_path / "etc" / "kubernetes" / "kubelet.conf").touch()
        assert self.join(scripts) == 0
        assert not (tmp_path / "called").exists()

    def test_worker_that_cannot_join(
        self, scripts: Path, programs: Programs, tmp_path: Path
    ) -> None:
        """It fails, is as it was for a second try, and the invitation is gone."""
        programs.write("kubeadm", f'echo "$1" >>{tmp_path}/called; [ "$1" = reset ]')
        assert self.join(scripts) == 1
        assert (tmp_path / "called").read_text().split() == ["join", "reset"]
        assert not (tmp_path / "run" / "cluster" / "invitation").exists()


def test_machine_that_is_off(programs: Programs, tmp_path: Path) -> None:
    """It is not asked to shut down, which libvirt would refuse."""
    programs.write("virsh", f'[ "$1" = domstate ] && echo "shut off" || touch {tmp_path}/asked')
    assert run(STOP, "worker-1").returncode == 0
    assert not (tmp_path / "asked").exists()


def test_machine_that_is_shut_down(programs: Programs, tmp_path: Path) -> None:
    """It is off when the script returns, by libvirt's own word."""
    programs.write(
        "virsh",
        f"""cd {tmp_path}
        case $1 in
        --quiet) touch asked ;;
        domstate) if [ -e twice ]; then echo "shut off"; else touch twice; echo running; fi ;;
        esac""",
    )
    assert run(STOP, "worker-1").returncode == 0
    assert (tmp_path / "asked").exists()
