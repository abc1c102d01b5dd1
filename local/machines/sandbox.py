"""Namespaces that hold one machine's worth of the stack.

A sandbox has a network, a mount and a process-id namespace of its own and a /run that starts empty,
as after a boot. Everything in it ends with its first process, and mounts, devices and packet filter
rules end with the namespaces: tearing down a sandbox is one kill, whatever happened inside.
"""

import signal
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from local.host import command
from local.host.errors import LocalError
from local.host.paths import (
    CABLE,
    ENGINE_ADDRESS,
    HOST_ADDRESS,
    LOGS,
    NODE_ADDRESS,
    RUN,
    WORKER_ADDRESSES,
)
from local.host.process import Process, first_child
from local.machines import resolver

_BOOT = Path(__file__).parent / "sandbox.sh"
_PID_FILES = ".sandbox"
_LONGEST_INTERFACE = 15  # The kernel's IFNAMSIZ, without the byte that ends it.


@dataclass(frozen=True)
class Sandbox:
    """A named set of namespaces with one address on the stack's bridge.

    With `propagation` "shared", containers inside may mount into each other's view, as the kubelet
    expects of a node; the engine's clean-up expects "private".
    """

    name: str
    address: str
    propagation: str = "private"

    @property
    def _pid_file(self) -> Path:
        return RUN / f"{self.name}{_PID_FILES}"

    @property
    def interface(self) -> str:
        """The host's end of the sandbox's cable."""
        return f"{CABLE}{self.name}"[:_LONGEST_INTERFACE]

    @property
    def init(self) -> Process | None:
        """The sandbox's first process, where it runs."""
        return Process.load(self._pid_file)

    def up(self) -> bool:
        """Makes the namespaces where they are not there; whether it had to."""
        if self.init:
            return False
        self._unplug()
        RUN.mkdir(parents=True, exist_ok=True, mode=0o700)
        LOGS.mkdir(parents=True, exist_ok=True)
        names = RUN / f"{self.name}.resolv.conf"
        names.write_text(resolver.for_sandbox())
        with open(LOGS / f"{self.name}.sandbox.log", "w", encoding="utf-8") as log:
            outer = subprocess.Popen(
                ["unshare", "--mount", "--net", "--pid", "--uts", "--ipc", "--fork"]
                + ["--mount-proc", "--propagation", "private"]
                + ["sh", str(_BOOT), self.name, str(RUN), str(names), self.propagation],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
                text=True,
            )
            assert outer.stdout
            with outer.stdout as told:
                ready = told.readline() == "ready\n"
            if not ready:
                raise LocalError(
                    f"The sandbox {self.name} did not start: see {log.name}, "
                    "and call `python -m local down` before the next try."
                )
        first_child(outer.pid).save(self._pid_file)
        return True

    def enter(self, *arguments: str | Path) -> list[str]:
        """The command line that runs a program inside."""
        init = self.init
        if not init:
            raise LocalError(f"The sandbox {self.name} is down: call `python -m local up`.")
        flags = ["--target", str(init.pid), "--mount", "--net", "--pid", "--uts", "--ipc"]
        return ["nsenter", *flags, "--", *map(str, arguments)]

    def run(self, *arguments: str | Path, stdin: str | None = None) -> str:
        """Runs a program inside, to its end."""
        return command.run(*self.enter(*arguments), stdin=stdin)

    def connect(self, bridge: str, mtu: int) -> None:
        """Plugs the sandbox into the host's bridge, where it is not plugged in yet."""
        init = self.init
        if not init or Path("/sys/class/net", self.interface).exists():
            return
        command.run(
            "ip", "link", "add", self.interface, "mtu", str(mtu), "type", "veth",
            "peer", "name", "eth0", "mtu", str(mtu), "netns", str(init.pid),
        )  # fmt: skip
        command.run("ip", "link", "set", self.interface, "master", bridge, "up")
        inside = self.enter("ip", "-batch", "-")
        command.run(
            *inside,
            stdin=f"link set lo up\naddr add {self.address}/24 dev eth0\nlink set eth0 up\n"
            f"route add default via {HOST_ADDRESS}\n",
        )
        self.run("sysctl", "--quiet", "--write", "net.ipv4.ip_forward=1")

    def down(self) -> None:
        """Ends every process inside; the kernel then drops mounts, devices and rules."""
        if init := self.init:
            init.stop(signal.SIGKILL)
        self._unplug()
        for file in (self._pid_file, RUN / f"{self.name}.resolv.conf"):
            file.unlink(missing_ok=True)

    def _unplug(self) -> None:
        """Takes the cable away: the kernel is late to, and the address may be needed."""
        if Path("/sys/class/net", self.interface).exists():
            command.succeeds("ip", "link", "delete", self.interface)


def others(wanted: Iterable[Sandbox]) -> list[Sandbox]:
    """The sandboxes that were made and are none of these, by whichever version that was."""
    names = {file.name.removesuffix(_PID_FILES) for file in RUN.glob(f"*{_PID_FILES}")}
    return [Sandbox(name, "") for name in sorted(names - {each.name for each in wanted})]


CONTROL_PLANE = Sandbox("control-plane", NODE_ADDRESS, propagation="shared")
WORKERS = tuple(
    Sandbox(f"worker-{number}", address, propagation="shared")
    for number, address in enumerate(WORKER_ADDRESSES, start=1)
)
ENGINE = Sandbox("engine", ENGINE_ADDRESS)
