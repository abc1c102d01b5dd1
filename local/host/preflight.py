"""Refuses a machine that cannot run the stack, before anything is touched."""

import os
import platform
import shutil
from pathlib import Path

from local.host.errors import Unsupported
from local.host.paths import CACHE, STATE

NEEDED_GIB_TO_BUILD = 20
NEEDED_GIB_TO_RUN = 4
SYSTEMS = {"debian": ("12",)}
_LARGER_DISK = {
    CACHE: "set XDG_CACHE_HOME to a folder on a larger disk",
    STATE: "mount a larger disk there",
}


def check(*, uid: int, system: dict[str, str], machine: str) -> None:
    """Raises Unsupported unless this is root on a supported system and processor."""
    instead = (
        "Install the Dagger CLI and point it at an engine and a cluster instead: "
        "see 'Your own registry and cluster' in README.md."
    )
    name = system.get("PRETTY_NAME") or system.get("ID") or "this system"
    if system.get("VERSION_ID") not in SYSTEMS.get(system.get("ID", ""), ()):
        raise Unsupported(
            f"The laptop stack runs on Debian 12 (bookworm), not on {name}. {instead}"
        )
    if machine != "x86_64":
        raise Unsupported(f"The laptop stack runs on x86_64, not on {machine}. {instead}")
    if uid != 0:
        raise Unsupported(
            "The laptop stack needs root, because it makes network namespaces and runs containers: "
            f"call it again as root (sudo). {instead}"
        )


def check_space(needed_gib: int, *folders: Path) -> None:
    """Raises Unsupported when a folder's file system has less than `needed_gib` GiB free."""
    for folder in folders:
        existing = next(path for path in (folder, *folder.parents) if path.exists())
        free = shutil.disk_usage(existing).free / 2**30
        if free < needed_gib:
            raise Unsupported(
                f"{folder} has {free:.1f} GiB free where the laptop stack needs {needed_gib} GiB: "
                f"free some space, or {_LARGER_DISK.get(folder, 'use a larger disk')}."
            )


def check_this_machine() -> None:
    """Raises Unsupported when the stack cannot run here, or not for this user."""
    check(uid=os.getuid(), system=_system(), machine=platform.machine())


def check_disks(*, tools_are_built: bool) -> None:
    """Raises Unsupported when there is too little space for the stack."""
    check_space(NEEDED_GIB_TO_RUN, STATE)
    if not tools_are_built:
        check_space(NEEDED_GIB_TO_BUILD, CACHE)


def _system() -> dict[str, str]:
    try:
        return platform.freedesktop_os_release()
    except OSError:
        return {"PRETTY_NAME": platform.system()}
