"""Control groups of the stack's containers, so that `down` can take them away."""

from pathlib import Path

from local.host.paths import NAME

ROOT = Path("/sys/fs/cgroup")
# The engine names its own.
_GROUPS = {"engine": "buildkit"}


def unified() -> bool:
    """Whether this machine has one hierarchy for all controllers (version 2), and not several."""
    return (ROOT / "cgroup.controllers").exists()


def of(sandbox: str) -> str:
    """The group of all containers in a sandbox, below the root of each hierarchy."""
    return _GROUPS.get(sandbox, f"{NAME}/{sandbox}")


def up(node: str) -> None:
    """Makes a node's group, in every hierarchy where there are several (cgroup v1)."""
    for hierarchy in _hierarchies():
        _pass_controllers_on(hierarchy)
        for folder in (hierarchy / NAME, hierarchy / of(node)):
            folder.mkdir(exist_ok=True)
            _pass_controllers_on(folder)
            copy_cpuset(folder)


def down(*sandboxes: str) -> None:
    """Removes the groups of these sandboxes, or all; a group with living processes stays."""
    groups = [of(each) for each in sandboxes] or [NAME, *_GROUPS.values()]
    for hierarchy in _hierarchies():
        for folder in (hierarchy / group for group in groups):
            for inner in sorted(folder.rglob("*"), reverse=True):
                if inner.is_dir():
                    _remove(inner)
            _remove(folder)


def _hierarchies() -> list[Path]:
    if unified():
        return [ROOT]
    return [path for path in ROOT.iterdir() if path.is_dir() and not path.is_symlink()]


def _pass_controllers_on(folder: Path) -> None:
    offered = folder / "cgroup.controllers"
    if offered.exists():
        for controller in offered.read_text().split():
            try:
                (folder / "cgroup.subtree_control").write_text(f"+{controller}")
            except OSError:
                continue


def copy_cpuset(folder: Path) -> None:
    """Without processors and memory of its own, nothing may be in a group of version 1."""
    for name in ("cpuset.cpus", "cpuset.mems"):
        if (folder / name).exists() and not (folder / name).read_text().strip():
            (folder / name).write_text((folder.parent / name).read_text())


def _remove(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        pass
