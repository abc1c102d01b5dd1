"""Limits of the host that all machines on it share, where they have its kernel."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# systemd, the kubelet and containerd watch files, and the host's own number is for one of each.
_WATCHERS = Path("/proc/sys/fs/inotify/max_user_instances")
_ENOUGH = 1024


@contextmanager
def raised() -> Iterator[None]:
    """Meanwhile enough may watch files."""
    before = _WATCHERS.read_text()
    _WATCHERS.write_text(str(max(_ENOUGH, int(before))))
    try:
        yield
    finally:
        _WATCHERS.write_text(before)
