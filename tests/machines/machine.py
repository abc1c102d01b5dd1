"""Machines that boot at this one's speed: systemd in namespaces of its own, on a disk of its own.

As with a sandbox of the stack's, everything in a machine ends with its first process.
"""

import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from local.host import command
from local.host.process import Process, first_child
from tests.machines import disk, groups, network

_FIRST = Path(__file__).with_name("machine.sh")
_NAMESPACES = ("--mount", "--net", "--pid", "--uts", "--ipc", "--cgroup")
# Joins its control groups before they become the root of what it sees.
_JOIN = 'for group in /sys/fs/cgroup/*/"$0"; do echo $$ >"$group/cgroup.procs"; done; exec "$@"'


@dataclass
class Machine:
    """A machine by its name, the address on the bridge, and the folder with its disk."""

    name: str
    address: str
    home: Path
    _init: Process | None = field(default=None, init=False)
    _outer: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def runs(self) -> bool:
        """Whether it is on."""
        return self._init is not None and self._init.alive()

    def make(self, document: str) -> None:
        """Makes its disk, with the document that cloud-init reads at the first start."""
        self.home.mkdir(parents=True)
        disk.write(self.home, self.name, document)

    def start(self) -> None:
        """Switches it on; it ends with this thread at the latest."""
        self.switch_off()
        groups.make(self.name)
        with open(self.home / "log", "ab") as log:
            self._outer = subprocess.Popen(
                ["sh", "-c", _JOIN, groups.name(self.name), "setpriv", "--pdeathsig", "KILL"]
                + ["unshare", *_NAMESPACES, "--fork", "--kill-child=KILL", "--propagation"]
                + ["private", "sh", str(_FIRST), str(self.home), str(disk.base()), self.name],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
            )
        self._init = first_child(self._outer.pid)
        network.plug(self.address, self._init.pid)
        assert self._outer.stdin
        self._outer.stdin.write(b"\n")
        self._outer.stdin.close()

    def enter(self, *arguments: str) -> list[str]:
        """The command line that runs a program on it, from outside."""
        assert self._init, f"{self.name} was never on"
        return ["nsenter", "--target", str(self._init.pid), *_NAMESPACES, "--", *arguments]

    def run(self, *arguments: str) -> str:
        """Runs a program on it to its end, and gives what it printed."""
        return command.run(*self.enter(*arguments))

    def press_power_button(self) -> None:
        """Lets it shut down, as whatever was running wishes."""
        self.run("systemctl", "poweroff")

    def switch_off(self) -> None:
        """Ends it at once, where it runs, and with it all that it was."""
        if self._init and self._outer:
            self._init.stop(signal.SIGKILL)
            self._outer.wait()
        groups.remove(self.name)
