"""Locks between runs, and between the threads of one; a lock ends with its holder."""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from local.host.paths import CACHE


@contextmanager
def held(name: str, waits: Callable[[], object] = lambda: None) -> Iterator[None]:
    """Holds a lock; where another holds it, calls `waits` and waits."""
    locks = CACHE / "locks"
    locks.mkdir(parents=True, exist_ok=True)
    with open(locks / name, "w", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waits()
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
