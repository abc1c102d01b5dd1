"""A process by its id and its start time, so that a reused id is never taken for it."""

import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_EXITING = 0x4  # PF_EXITING of the kernel's sched.h


@dataclass(frozen=True)
class Process:
    """One process of this machine."""

    pid: int
    started: int

    @classmethod
    def of(cls, pid: int) -> "Process | None":
        """The process that has this id now; None where there is none or it is a zombie."""
        try:
            fields = _stat(pid)
        except OSError:
            return None
        return None if fields[0] in "ZX" else cls(pid, int(fields[19]))

    @classmethod
    def load(cls, file: Path) -> "Process | None":
        """The process a file names, where it still runs; one that is ending is waited for."""
        try:
            pid, started = map(int, file.read_text().split())
        except (OSError, ValueError):
            return None
        recorded = cls(pid, started)
        if recorded.ending():
            recorded.wait()
        return recorded if recorded.alive() else None

    def save(self, file: Path) -> None:
        """Writes the process to a file that `load` reads."""
        file.write_text(f"{self.pid} {self.started}\n")

    def alive(self) -> bool:
        """Whether it still runs."""
        return Process.of(self.pid) == self

    def ending(self) -> bool:
        """Whether it was killed and is not gone yet: it holds its id, and cannot be entered."""
        try:
            return self.alive() and bool(int(_stat(self.pid)[6]) & _EXITING)
        except OSError:
            return False

    def stop(self, number: int = signal.SIGTERM, wait: float = 10) -> bool:
        """Sends a signal and waits, in seconds; whether the process is gone."""
        if self.alive():
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)
        return self.wait(wait)

    def wait(self, seconds: float = 10) -> bool:
        """Waits for its end; whether it is gone."""
        until = time.monotonic() + seconds
        while self.alive() and time.monotonic() < until:
            time.sleep(0.05)
        return not self.alive()


def _stat(pid: int) -> list[str]:
    """What the kernel says of a process, from its state on: proc(5), /proc/pid/stat."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def first_child(pid: int, wait: float = 5) -> Process:
    """The first child of a process, once there is one; waits that many seconds."""
    until = time.monotonic() + wait
    while time.monotonic() < until:
        try:
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        except OSError:
            break
        if children and (child := Process.of(int(children[0]))):
            return child
        if not Process.of(pid):
            break
        time.sleep(0.01)
    raise ProcessLookupError(f"process {pid} started no child")
