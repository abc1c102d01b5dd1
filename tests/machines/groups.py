"""Control groups of machines: one each, in every hierarchy that the host has."""

from contextlib import suppress
from pathlib import Path

from local.machines.cgroups import copy_cpuset

_ROOT = Path("/sys/fs/cgroup")
_ALL = "machines"


def name(machine: str) -> str:
    """The group of a machine, below the root of each hierarchy."""
    return f"{_ALL}/{machine}"


def make(machine: str) -> None:
    """Makes a machine's group everywhere."""
    for hierarchy in _ROOT.iterdir():
        if hierarchy.is_dir() and not hierarchy.is_symlink():
            for folder in (hierarchy / _ALL, hierarchy / name(machine)):
                folder.mkdir(exist_ok=True)
                copy_cpuset(folder)


def remove(machine: str) -> None:
    """Removes what there is of it, with what it made; no process may be left in it."""
    for group in _ROOT.glob(f"*/{name(machine)}"):
        for folder in [*sorted(group.rglob("*"), reverse=True), group, group.parent]:
            with suppress(OSError):  # A file, or the group of others too.
                folder.rmdir()
