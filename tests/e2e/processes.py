"""The processes of this machine, whatever namespaces they are in."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from local.process import Process


@contextmanager
def watched(look: Callable[[Path], None]) -> Iterator[None]:
    """Meanwhile, `look` is called with each process's folder in /proc, many times a second."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.02):
            for process in Path("/proc").glob("[0-9]*"):
                with suppress(OSError):
                    look(process)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def inside(init: Process) -> list[int]:
    """The ids, as this machine counts them, of all processes in the namespace of a first one."""
    namespace = os.readlink(f"/proc/{init.pid}/ns/pid")
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if os.readlink(folder / "ns/pid") == namespace:
                found.append(int(folder.name))
    return found
