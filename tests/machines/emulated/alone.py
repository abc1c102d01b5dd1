"""One machine that OpenTofu makes: a control plane that takes pods, on a host without KVM."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from local.host import command
from local.host.paths import HOST_ADDRESS, LOGS, REPOSITORY
from local.machines.sandbox import Sandbox
from local.tools.catalogue import KUBERNETES, LIBVIRT_PROVIDER, OPENTOFU
from tests.e2e.conftest import Result, run
from tests.machines.administered import Administered
from tests.machines.emulated.host import HOST, PROXY_PORT, libvirt
from tests.machines.emulated.image import image
from tests.machines.supply import supply

NAME = "apps-control-plane"
PROXY = f"http://{HOST.address}:{PROXY_PORT}"
_ADDRESS = "10.218.0.10"
_USER = "ops"
_IMAGE = "debian.qcow2"
_PROVIDER = """\
provider_installation {
  filesystem_mirror { path = "%s" }
}
"""
# It says every ten seconds what it waits for.
_STANDS_STILL_SECONDS = 120
# An emulated machine takes some twenty times as long.
_VARIABLES: dict[str, object] = {
    "patience": 10,
    "protected": False,
    "proxy": PROXY,
    "ssh_user": _USER,
    "virtualization": "qemu",
    "vm_disk_gb": 10,
    "vm_memory_gb": 4,
    "worker_count": 0,
}


@dataclass(frozen=True)
class Alone(Administered):
    """The machine, on its host, the folder that OpenTofu works in, and where all is fetched."""

    host: Sandbox
    infra: Path
    outside: str

    @property
    def kubeconfig(self) -> Path:
        """Where infra/ leaves the administrator's."""
        return self.infra / ".local" / "kubeconfig"

    @property
    def _environment(self) -> dict[str, str]:
        above = self.infra.parent
        exempt = (os.environ.get("no_proxy", ""), HOST_ADDRESS)
        return {
            "CURL_CA_BUNDLE": str(above / "authority.pem"),
            "TF_CLI_CONFIG_FILE": str(above / "tofu.rc"),
            "NO_COLOR": "1",
            "no_proxy": ",".join(filter(None, exempt)),
        }

    def tofu(self, verb: str, *arguments: str) -> Result:
        """Runs OpenTofu on the host, for as long as it takes; what it printed is in a log too.

        The provider waits for ever at times, while it reads cloud-init's disk: then it is called
        once more, as whoever sits before it would.
        """
        log = LOGS / f"tofu-{verb}.log"
        begun = time.monotonic()
        code = self._tofu(log, verb, *arguments)
        if code is None:
            code = self._tofu(log, verb, *arguments)
        assert code is not None, f"tofu {verb} stood still twice: {log}"
        return Result(code, log.read_text(), "", time.monotonic() - begun)

    def _tofu(self, log: Path, *arguments: str) -> int | None:
        """Its exit code, or nothing where it printed nothing for too long, and was ended."""
        program: list[str | Path] = [OPENTOFU.program("tofu"), f"-chdir={self.infra}"]
        with open(log, "w", encoding="utf-8") as printed:
            running = subprocess.Popen(
                self.host.enter(*program, *arguments),
                env={**os.environ, **self._environment},
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=subprocess.STDOUT,
                process_group=0,
            )
            while running.poll() is None:
                time.sleep(0.5)
                if time.time() - log.stat().st_mtime > _STANDS_STILL_SECONDS:
                    os.killpg(running.pid, signal.SIGKILL)
                    running.wait()
                    return None
        return running.returncode

    @property
    def _kubectl(self) -> list[str | Path]:
        kubectl = (KUBERNETES.program("kubectl"), "--kubeconfig", self.kubeconfig)
        return [*self.host.enter(*kubectl)]

    def on(self, *words: str) -> Result:
        """Runs a command on the machine through SSH."""
        settings = {
            "SSH_USER": _USER,
            "SSH_KEY_FILE": str(self.infra.parent / "key"),
            "KNOWN_HOSTS": str(self.infra / ".local" / "known_hosts"),
        }
        ssh = self.infra / "scripts" / "ssh.sh"
        return run(*self.host.enter(ssh, _ADDRESS, *words), env=settings)

    @property
    def proxy_log(self) -> str:
        """What was asked of the proxy, and by whom."""
        return (self.infra.parent / "libvirt" / "proxy.log").read_text()

    def left(self) -> list[str]:
        """What libvirt has, and what is in the work folder."""
        asked = (
            ("virsh", "list", "--all", "--name"),
            ("virsh", "net-list", "--all", "--name"),
            ("find", "/var/lib/libvirt/images", "-type", "f"),
            ("find", str(self.infra / ".local"), "-type", "f"),
        )
        return "".join(self.host.run(*each) for each in asked).split()


@contextmanager
def prepared(folder: Path) -> Iterator[Alone]:
    """Meanwhile there is a host on which OpenTofu can make the machine."""
    with supply(folder / "supply", HOST_ADDRESS) as found, libvirt(folder / "libvirt") as host:
        os.link(image(), found.images / _IMAGE)
        with open(found.images / _IMAGE, "rb") as content:
            sha512 = hashlib.file_digest(content, "sha512").hexdigest()
        command.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / "key")
        own = {
            "base_image_sha512": sha512,
            "base_image_url": f"{found.address}/images/{_IMAGE}",
            "ssh_private_key_file": str(folder / "key"),
            "ssh_public_keys": [(folder / "key.pub").read_text().strip()],
        }
        infra = folder / "infra"
        ours = shutil.ignore_patterns(".local", ".terraform", "*.tfstate*", "terraform.tfvars")
        shutil.copytree(REPOSITORY / "infra", infra, ignore=ours)
        variables = {**found.variables, **_VARIABLES, **own}
        (infra / "alone.auto.tfvars.json").write_text(json.dumps(variables))
        (folder / "authority.pem").write_text(str(found.variables["authority_certificates"]))
        _offer_provider(folder)
        alone = Alone(host, infra, found.address)
        made_ready = alone.tofu("init", "-input=false")
        assert made_ready.code == 0, made_ready.printed
        yield alone


def _offer_provider(folder: Path) -> None:
    """Lets OpenTofu find the provider here, as it would elsewhere in its registry."""
    version = LIBVIRT_PROVIDER.version.removeprefix("v")
    place = folder / f"providers/registry.opentofu.org/dmacvicar/libvirt/{version}/linux_amd64"
    place.mkdir(parents=True)
    program = LIBVIRT_PROVIDER.program("terraform-provider-libvirt")
    shutil.copy(program, place / f"{program.name}_v{version}")
    (folder / "tofu.rc").write_text(_PROVIDER % (folder / "providers"))
