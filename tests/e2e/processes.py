"""The processes of this machine, whatever namespaces they are in."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path

from local.host.process import Process
from tests.e2e.repeated import repeated


def watched(look: Callable[[Path], None]) -> AbstractContextManager[None]:
    """Meanwhile, `look` is called with each process's folder in /proc, many times a second."""
    return repeated(lambda: _each(look), seconds=0.02)


def inside(init: Process) -> list[int]:
    """The ids, as this machine counts them, of all processes in the namespace of a first one."""
    namespace = os.readlink(f"/proc/{init.pid}/ns/pid")
    found = []

    def look(process: Path) -> None:
        if os.readlink(process / "ns/pid") == namespace:
            found.append(int(process.name))

    _each(look)
    return found


def _each(look: Callable[[Path], None]) -> None:
    """Looks at every process but for those that end meanwhile."""
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            look(process)
