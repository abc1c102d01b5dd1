"""A cloud image out of packages: Debian on a disk that boots by itself, as Debian's own do."""

import tempfile
from pathlib import Path

from local.host import command
from local.host.keys import digest
from local.host.paths import CACHE
from tests.machines import debian

_PACKAGES = (
    *("ca-certificates", "cloud-guest-utils", "dbus", "e2fsprogs", "grub-pc-bin"),
    *("initramfs-tools", "iproute2", "kmod", "linux-image-cloud-amd64", "netbase"),
    *("openssh-server", "procps", "sudo", "systemd", "systemd-sysv", "udev"),
)
# With systemd-resolved nothing more can be looked up: it does not run yet.
_AFTERWARDS = ("cloud-init", "netplan.io", "systemd-resolved")
_CLOUD = "datasource_list: [NoCloud, None]\nlocale: false\n"
# The partition begins after a gap of the usual size, where the boot loader lies.
_GAP_SECTORS = 2048
_SECTOR = 512
_BOOT_CODE = 440
_MORE_MIB = 500
_MODULES = ("biosdisk", "part_msdos", "ext2", "linux", "normal")
_ROOT = "/dev/vda1"
# What protects one guest from another costs an emulated processor dearly, and so does a fifth
# level of page tables.
_GRUB = f"""\
linux /vmlinuz root={_ROOT} ro console=ttyS0 mitigations=off no5lvl
initrd /initrd.img
boot
"""
_FSTAB = f"{_ROOT} / ext4 defaults 0 1\n"
# Nothing that GRUB of the same release might not read.
_FEATURES = "^metadata_csum_seed,^orphan_file"


def image() -> Path:
    """The image (qcow2), which stays in the cache."""
    parts = (_PACKAGES, _AFTERWARDS, _CLOUD, _MODULES, _GRUB, _FSTAB, _FEATURES, _MORE_MIB)
    kept = CACHE / "machines" / f"image-{digest(repr(parts))}.qcow2"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as work:
            root, disk, packed = (Path(work, name) for name in ("root", "disk", "packed"))
            _write_tree(root)
            _write_disk(disk, root)
            command.run("qemu-img", "convert", "-O", "qcow2", disk, packed, log=debian.LOG)
            packed.rename(kept)
    return kept


def _write_tree(root: Path) -> None:
    debian.install(root, _PACKAGES, _AFTERWARDS)
    debian.write(root / "etc/cloud/cloud.cfg.d/99-machines.cfg", _CLOUD)
    debian.write(root / "etc/fstab", _FSTAB)
    debian.write(root / "boot/grub/grub.cfg", _GRUB)
    grub = ("grub-mkimage", "--format=i386-pc", "--prefix=(hd0,msdos1)/boot/grub")
    made = ("--output=/boot/grub/core.img", *_MODULES)
    command.run("chroot", root, *grub, *made, log=debian.LOG)


def _write_disk(disk: Path, root: Path) -> None:
    """One partition with the tree; GRUB in its first sector, and in the gap before it."""
    used = int(command.output("du", "--summarize", "--block-size=1M", root).split()[0])
    mebibytes = used + _MORE_MIB
    offset = _GAP_SECTORS * _SECTOR
    with open(disk, "wb") as file:
        file.truncate(offset + mebibytes * 1024 * 1024)
    partition = f"start={_GAP_SECTORS}, type=83, bootable\n"
    command.run("sfdisk", "--quiet", "--label", "dos", disk, stdin=partition, log=debian.LOG)
    command.run(
        "mke2fs", "-q", "-t", "ext4", "-O", _FEATURES, "-E", f"offset={offset}",
        "-d", root, disk, f"{mebibytes}M", log=debian.LOG,
    )  # fmt: skip
    boot = (root / "usr/lib/grub/i386-pc/boot.img").read_bytes()
    core = (root / "boot/grub/core.img").read_bytes()
    assert len(core) <= (_GAP_SECTORS - 1) * _SECTOR
    with open(disk, "r+b") as file:
        file.write(boot[:_BOOT_CODE])
        file.seek(_SECTOR)
        file.write(core)
