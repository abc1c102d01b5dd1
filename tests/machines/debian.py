"""A tree of Debian out of packages, as it is before anybody has started it."""

from collections.abc import Iterable
from pathlib import Path

from local.host import command
from local.host.paths import LOGS
from tests.machines.supply import debian

LOG = LOGS / "machines.log"


def install(root: Path, packages: Iterable[str], afterwards: Iterable[str]) -> None:
    """Makes the tree; `afterwards` come what debootstrap would leave unconfigured."""
    included = f"--include={','.join(packages)}"
    mirror = debian("main", "bookworm")
    command.run("debootstrap", "--variant=minbase", included, "bookworm", root, mirror, log=LOG)
    policy = root / "usr/sbin/policy-rc.d"
    write(policy, "#!/bin/sh\nexit 101\n").chmod(0o755)
    apt = ("chroot", root, "apt-get", "--quiet", "--yes", "--no-install-recommends", "install")
    command.run(*apt, *afterwards, log=LOG, env={"DEBIAN_FRONTEND": "noninteractive"})
    policy.unlink()
    for key in (root / "etc/ssh").glob("ssh_host_*"):
        key.unlink()
    write(root / "etc/machine-id", "")


def write(file: Path, text: str) -> Path:
    """Writes a file, with the folders above it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file
