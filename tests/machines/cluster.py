"""Three machines that became a cluster as infra/ makes one."""

import base64
import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from local.host import command
from local.host.paths import REPOSITORY
from local.tools.catalogue import KUBERNETES
from tests.machines import limits, network
from tests.machines.administered import Administered
from tests.machines.machine import Machine
from tests.machines.plan import planned
from tests.machines.supply import supply

SCRIPTS = REPOSITORY / "infra" / "scripts"
CONTROL_PLANE = "apps-control-plane"
WORKERS = ("apps-worker-1", "apps-worker-2")
_USER = "ops"


@dataclass(frozen=True)
class Cluster(Administered):
    """The machines by their names, and a folder of what belongs to whoever made them."""

    machines: dict[str, Machine]
    folder: Path
    tokens: set[str] = field(default_factory=set)
    """Those with which workers have joined."""

    @property
    def kubeconfig(self) -> Path:
        """The administrator's, as infra/ fetches it."""
        return self.folder / "kubeconfig"

    @property
    def settings(self) -> dict[str, str]:
        """How infra's scripts log in."""
        return {
            "SSH_USER": _USER,
            "SSH_KEY_FILE": str(self.folder / "key"),
            "KNOWN_HOSTS": str(self.folder / "known_hosts"),
        }

    def script(self, name: str, *arguments: str, **variables: str | Path) -> str:
        """Runs one of infra's scripts here, as OpenTofu does; gives what it printed."""
        env = {**self.settings, **{key: str(value) for key, value in variables.items()}}
        return command.run(
            SCRIPTS / name, *arguments, env=env, cwd=self.folder, log=self.folder / name
        )

    @property
    def printed(self) -> str:
        """What the scripts have printed so far."""
        return "".join(log.read_text() for log in sorted(self.folder.glob("*.sh")))

    def fetch_kubeconfig(self) -> str:
        """Waits for the control plane."""
        address = self.machines[CONTROL_PLANE].address
        return self.script("kubeconfig.sh", CONTROL_PLANE=address, FILE=self.kubeconfig)

    def join(self, worker: str) -> str:
        """Lets a worker join."""
        address = self.machines[CONTROL_PLANE].address
        printed = self.script(
            "join.sh", CONTROL_PLANE=address, WORKER=self.machines[worker].address
        )
        kind = "type=bootstrap.kubernetes.io/token"
        for secret in self.objects("secrets", "-n", "kube-system", "--field-selector", kind):
            data = secret["data"]
            halves = (base64.b64decode(data[f"token-{half}"]).decode() for half in ("id", "secret"))
            self.tokens.add(".".join(halves))
        return printed

    def on(self, machine: str, *words: str) -> subprocess.CompletedProcess[str]:
        """Runs a command on a machine through SSH."""
        return subprocess.run(
            [SCRIPTS / "ssh.sh", self.machines[machine].address, *words],
            env={**os.environ, **self.settings},
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def _kubectl(self) -> list[str | Path]:
        return [KUBERNETES.program("kubectl"), "--kubeconfig", self.kubeconfig]


@contextmanager
def started(folder: Path) -> Iterator[Cluster]:
    """Meanwhile the machines of infra's plan are on; nothing waits for what they do then."""
    with ExitStack() as stack:
        stack.enter_context(limits.raised())
        stack.enter_context(network.bridged())
        found = stack.enter_context(supply(folder / "supply", network.GATEWAY))
        command.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / "key")
        public = (folder / "key.pub").read_text().strip()
        variables = f"{found.tfvars}ssh_public_keys = {json.dumps([public])}\n"
        machines = {}
        for name, each in planned(variables, folder).items():
            machines[name] = Machine(name, each.address, folder / name)
            machines[name].make(each.document)
            stack.callback(machines[name].switch_off)
            machines[name].start()
        yield Cluster(machines, folder)
