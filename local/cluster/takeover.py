"""Which Kubernetes wrote the cluster's data, and whether this one may go on with it.

Kubernetes reads what older releases wrote, up to a point, and does not promise to read what a newer
one did. So a clone of another day is stopped before it starts anything on data that it would spoil.
"""

import re
import shutil
from pathlib import Path

from local.host.errors import Conflict
from local.host.paths import STATE

OLDEST = "v1.34"
"""The oldest release whose data this one was seen to go on with: pods stayed, deploys went on."""

_WRITTEN = re.compile(r'"kubernetesVersion": "(v[^"]+)"')
_PURGE = (
    "or `python3 -m local down --purge`, which removes the cluster with all that runs in it, "
    "and bring the stack up anew."
)


def written_by(kubeadm_config: Path) -> str:
    """The version the data is of, as kubeadm's configuration beside it says; "" without data."""
    found = _WRITTEN.search(kubeadm_config.read_text()) if kubeadm_config.exists() else None
    return found[1] if found else ""


def examine(found: str, wanted: str) -> str:
    """What becomes of data that `found` wrote where `wanted` is to run; "" where nothing does.

    Raises Conflict where the data is newer than `wanted`, or older than what was tried.
    """
    if not found or _minor(found) == _minor(wanted):
        return ""
    if _minor(found) > _minor(wanted):
        raise Conflict(
            f"The cluster's data is of Kubernetes {found}, and {wanted} cannot be trusted to read "
            f"it: use the clone that brought the stack up, or one as new, {_PURGE}"
        )
    if _minor(found) < _minor(OLDEST):
        raise Conflict(
            f"The cluster's data is of Kubernetes {found}, and {wanted} goes on with that of "
            f"{OLDEST} and later: bring the stack up once from a commit in between, {_PURGE}"
        )
    return f"Kubernetes {found} becomes {wanted}, and goes on with the data that is there."


def drop_abandoned() -> None:
    """Removes what the node kept of which there was one: those that there are have their own."""
    for name in ("containerd", "kubelet"):
        shutil.rmtree(STATE / name, ignore_errors=True)
    for file in (STATE / "kubelet.json", STATE / "kubeconfigs" / "kubelet.conf"):
        file.unlink(missing_ok=True)


def _minor(version: str) -> tuple[int, int]:
    major, minor = version.removeprefix("v").split(".")[:2]
    return int(major), int(minor)
