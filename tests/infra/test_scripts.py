"""The scripts that OpenTofu runs: what they fetch, whom they trust, and where a secret is seen."""

import hashlib
import os
import shutil
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
        """The folder of host keys, which holds that of each machine."""
        folder = tmp_path / "known hosts"
        folder.mkdir()
        for address in ("10.0.0.10", "10.0.0.11"):
            (folder / address).write_text("the key of a machine")
        return folder

    def call(self, script: str, known_hosts: Path, **more: Path) -> None:
        done = run(
            INFRA / "scripts" / script,
            CONTROL_PLANE="10.0.0.10",
            WORKER="10.0.0.11",
            SSH_USER="ops",
            SSH_KEY_FILE="",
            KNOWN_HOSTS=known_hosts,
            PATIENCE="1",
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
        """Both have to be what they were: they are forgotten with a disk, and not by a script."""
        self.call("join.sh", known_hosts)
        assert {each.read_text() for each in known_hosts.iterdir()} == {"the key of a machine"}
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

    @pytest.mark.parametrize("works", [True, False])
    def test_worker_whose_first_start_was_cut_off(
        self, works: bool, known_hosts: Path, programs: Programs, tmp_path: Path
    ) -> None:
        """It is set up from there, and where that fails, nothing of the rest is done."""
        programs.write(
            "ssh",
            f"""echo "$*" >>{tmp_path}/calls
            case $* in
            *"test -e /etc/cluster/prepared") exit 1 ;;
            *"sudo cluster-node") echo "what is wrong"; {works and "true" or "false"} ;;
            esac""",
        )
        done = run(
            INFRA / "scripts" / "join.sh",
            CONTROL_PLANE="10.0.0.10",
            WORKER="10.0.0.11",
            SSH_USER="ops",
            SSH_KEY_FILE="",
            KNOWN_HOSTS=known_hosts,
            PATIENCE="1",
        )
        assert (done.returncode == 0) is works
        assert "what is wrong" in done.stderr
        assert ("cluster-join" in (tmp_path / "calls").read_text()) is works
        assert ("10.0.0.11 is not set up, as above: mend that" in done.stderr) is not works

    @pytest.mark.parametrize("patience", [1, 3])
    def test_machine_that_lets_nobody_in(
        self, patience: int, known_hosts: Path, programs: Programs, tmp_path: Path
    ) -> None:
        """It is asked as often as the patience says, and then named."""
        programs.write("sleep", "")
        programs.write("ssh", f"echo >>{tmp_path}/calls; exit 255")
        done = run(
            INFRA / "scripts" / "wait.sh",
            *("10.0.0.10", "cluster-init", "/etc/cluster/initialised"),
            SSH_USER="ops",
            KNOWN_HOSTS=known_hosts,
            PATIENCE=str(patience),
        )
        assert done.returncode == 1
        assert done.stderr.startswith("10.0.0.10 does not let ops in")
        assert len((tmp_path / "calls").read_text().splitlines()) == 60 * patience

    def test_machine_whose_server_of_ssh_is_restarted(
        self, known_hosts: Path, programs: Programs, tmp_path: Path
    ) -> None:
        """What cannot be asked meanwhile is asked again, and is not taken for a failure."""
        programs.write("sleep", "")
        programs.write(
            "ssh",
            f"""echo "$*" >>{tmp_path}/calls
            case $(wc -l <{tmp_path}/calls) in 2 | 3 | 4) exit 255 ;; esac""",
        )
        done = run(
            INFRA / "scripts" / "wait.sh",
            *("10.0.0.10", "cluster-init", "/etc/cluster/initialised"),
            SSH_USER="ops",
            KNOWN_HOSTS=known_hosts,
            PATIENCE="1",
        )
        assert done.returncode == 0, done.stderr
        calls = (tmp_path / "calls").read_text()
        assert calls.count("/run/cloud-init/result.json") == 4
        assert "cluster-init" not in calls


class TestResize:
    """resize.sh"""

    def resized(self, workers: str, programs: Programs, tmp_path: Path) -> list[str]:
        """What was done to machines, all of which are to have another size."""
        shutil.copytree(INFRA, tmp_path / "infra")
        (tmp_path / "infra" / ".local").mkdir(exist_ok=True)
        programs.write(
            "tofu",
            f"""case $* in
            "output -json ssh") echo '{{"user": "ops", "key_file": "", "known_hosts": "keys"}}' ;;
            "output -json machines") echo '{{"cp": "10.0.0.10"}}' ;;
            "output -json workers") echo '{workers}' ;;
            "output -json control_plane") echo '"cp"' ;;
            "output -json libvirt_uri") echo '"qemu:///system"' ;;
            plan*) exit 2 ;;
            apply*) echo apply >>{tmp_path}/calls ;;
            esac""",
        )
        programs.write("virsh", "echo shut off")
        programs.write(
            "ssh",
            f"""case $* in
            *" get node "*) grep -c apply {tmp_path}/calls ;;
            *) echo "$*" | sed 's/.*admin.conf //' >>{tmp_path}/calls ;;
            esac || true""",
        )
        (tmp_path / "calls").touch()
        done = run(tmp_path / "infra" / "resize.sh")
        assert done.returncode == 0, done.stderr
        calls = (tmp_path / "calls").read_text().splitlines()
        return [" ".join(call.split()[:2]) for call in calls if not call.startswith("wait")]

    def test_of_every_machine(self, programs: Programs, tmp_path: Path) -> None:
        """Each is drained before and uncordoned after it, the control plane last."""
        machines = ["w-1", "w-2", "cp"]
        assert self.resized('["w-1", "w-2"]', programs, tmp_path) == [
            call
            for machine in machines
            for call in (f"drain {machine}", "apply", f"uncordon {machine}")
        ]

    def test_of_the_only_one(self, programs: Programs, tmp_path: Path) -> None:
        """It is not drained: its pods have nowhere to go, and what is not to be evicted stays."""
        assert self.resized("[]", programs, tmp_path) == ["apply", "uncordon cp"]


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
