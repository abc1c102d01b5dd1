"""What a machine's disk holds before its first start: Debian, with what its cloud images have."""

import os
import shutil
import tempfile
from pathlib import Path

from local.host import command
from local.host.keys import digest
from local.host.paths import CACHE, LOGS
from local.machines import resolver
from tests.machines.supply import debian

HERE = Path(__file__).parent
_PACKAGES = (
    *("ca-certificates", "dbus", "iproute2", "kmod", "netbase", "openssh-server", "procps"),
    *("sudo", "systemd", "systemd-sysv"),
)
# debootstrap leaves it unconfigured.
_AFTERWARDS = ("cloud-init",)
_LOG = LOGS / "machines.log"
# Its document is where a second disk would have it, and its network is there before it starts.
_CLOUD = "datasource_list: [NoCloud]\nnetwork: {config: disabled}\nlocale: false\n"
# What a machine of ours loads, and the kernel has built in.
_MODULES = "kernel/fs/overlayfs/overlay.ko\nkernel/net/bridge/br_netfilter.ko\n"
_SHARED_KERNEL = {
    "kube-proxy.yaml": "etc/shared-kernel/kube-proxy.yaml",
    "kubeadm": "usr/local/sbin/kubeadm",
    "kubelet.conf": "etc/shared-kernel/kubelet.d/kubelet.conf",
    "runc": "usr/local/sbin/runc",
}
_KUBELET = "KUBELET_EXTRA_ARGS=--config-dir=/etc/shared-kernel/kubelet.d\n"


def base() -> Path:
    """Debian, as all machines have it: it stays in the cache, and nobody writes to it."""
    key = digest(repr((_PACKAGES, _AFTERWARDS, _CLOUD, _MODULES, os.uname().release)))
    kept = CACHE / "machines" / f"debian-{key}"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as work:
            root = Path(work, "root")
            _install(root)
            _write(root / "etc/cloud/cloud.cfg.d/99-machines.cfg", _CLOUD)
            _write(root / f"lib/modules/{os.uname().release}/modules.builtin", _MODULES)
            (root / "etc/systemd/system/console-getty.service").symlink_to("/dev/null")
            command.run("chroot", root, "depmod", os.uname().release, log=_LOG)
            root.rename(kept)
    return kept


def _install(root: Path) -> None:
    included = f"--include={','.join(_PACKAGES)}"
    mirror = debian("main", "bookworm")
    command.run("debootstrap", "--variant=minbase", included, "bookworm", root, mirror, log=_LOG)
    policy = root / "usr/sbin/policy-rc.d"
    _write(policy, "#!/bin/sh\nexit 101\n").chmod(0o755)
    apt = ("chroot", root, "apt-get", "--quiet", "--yes", "--no-install-recommends", "install")
    command.run(*apt, *_AFTERWARDS, log=_LOG, env={"DEBIAN_FRONTEND": "noninteractive"})
    policy.unlink()
    for key in (root / "etc/ssh").glob("ssh_host_*"):
        key.unlink()
    _write(root / "etc/machine-id", "")


def write(home: Path, name: str, document: str) -> None:
    """Makes a machine's disk: on top of the base its document, and what its kernel asks for."""
    upper = home / "upper"
    for file, place in _SHARED_KERNEL.items():
        target = upper / place
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(HERE / "shared-kernel" / file, target)
        target.chmod(0o755 if place.startswith("usr/local/sbin") else 0o644)
    _write(upper / "etc/default/kubelet", _KUBELET)
    _write(upper / "etc/resolv.conf", resolver.for_sandbox())
    _write(upper / "etc/hostname", f"{name}\n")
    command.run("cp", "-a", base() / "var/lib", home / "lib")
    seed = home / "lib/cloud/seed/nocloud"
    _write(seed / "user-data", document)
    _write(seed / "meta-data", f"instance-id: {name}\nlocal-hostname: {name}\n")


def _write(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file
