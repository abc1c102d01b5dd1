"""What a machine's disk holds before its first start: Debian, with what its cloud images have."""

import os
import shutil
import tempfile
from pathlib import Path

from local.host import command
from local.host.keys import digest
from local.host.paths import CACHE
from local.machines import resolver
from tests.machines import debian

HERE = Path(__file__).parent
_PACKAGES = (
    *("ca-certificates", "dbus", "iproute2", "kmod", "netbase", "openssh-server", "procps"),
    *("sudo", "systemd", "systemd-sysv"),
)
# debootstrap leaves it unconfigured.
_AFTERWARDS = ("cloud-init",)
# Its document is where a second disk would have it, and its network is there before it starts.
_CLOUD = "datasource_list: [NoCloud]\nnetwork: {config: disabled}\nlocale: false\n"
# What a machine of ours loads, and the kernel has built in.
_MODULES = """\
kernel/fs/overlayfs/overlay.ko
kernel/net/bridge/br_netfilter.ko
kernel/net/netfilter/nf_conntrack.ko
"""
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
            debian.install(root, _PACKAGES, _AFTERWARDS)
            debian.write(root / "etc/cloud/cloud.cfg.d/99-machines.cfg", _CLOUD)
            debian.write(root / f"lib/modules/{os.uname().release}/modules.builtin", _MODULES)
            (root / "etc/systemd/system/console-getty.service").symlink_to("/dev/null")
            command.run("chroot", root, "depmod", os.uname().release, log=debian.LOG)
            root.rename(kept)
    return kept


def write(home: Path, name: str, document: str) -> None:
    """Makes a machine's disk: on top of the base its document, and what its kernel asks for."""
    upper = home / "upper"
    for file, place in _SHARED_KERNEL.items():
        target = upper / place
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(HERE / "shared-kernel" / file, target)
        target.chmod(0o755 if place.startswith("usr/local/sbin") else 0o644)
    debian.write(upper / "etc/default/kubelet", _KUBELET)
    debian.write(upper / "etc/resolv.conf", resolver.for_sandbox())
    debian.write(upper / "etc/hostname", f"{name}\n")
    command.run("cp", "-a", base() / "var/lib", home / "lib")
    seed = home / "lib/cloud/seed/nocloud"
    debian.write(seed / "user-data", document)
    debian.write(seed / "meta-data", f"instance-id: {name}\nlocal-hostname: {name}\n")
