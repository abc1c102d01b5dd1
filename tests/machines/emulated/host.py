"""A host of machines: a libvirt of its own, in namespaces as the stack's machines are."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from local.host import command, packages
from local.host.paths import BRIDGE, HOST_ADDRESS, LOGS
from local.machines import network
from local.machines.sandbox import Sandbox
from local.machines.service import Service

HOST = Sandbox("libvirt", "10.213.0.9")
PROXY_PORT = 8888
_PACKAGES = (
    *("dnsmasq-base", "fdisk", "genisoimage", "iptables", "libvirt-clients", "libvirt-daemon"),
    *("qemu-system-x86", "qemu-utils", "tinyproxy-bin"),
)
_PROGRAMS = (
    *("dnsmasq", "genisoimage", "iptables", "libvirtd", "qemu-img", "qemu-system-x86_64"),
    *("sfdisk", "tinyproxy"),
)
# In these namespaces there is no hierarchy of control groups that libvirt could divide.
_QEMU = 'user = "root"\ngroup = "root"\nnamespaces = []\ncgroup_controllers = []\n'
_TINYPROXY = f"""\
Port {PROXY_PORT}
Timeout 600
LogFile "{{folder}}/proxy.log"
LogLevel Connect
"""
_VIRTLOGD = "/run/libvirt/virtlogd-sock"
# /dev/kvm may be there, and hang whoever asks it.
_PREPARE = """\
set -eu
id libvirt-qemu >/dev/null 2>&1 || useradd --system --user-group libvirt-qemu
for place in cache lib log; do
    mkdir -p "$1/$place" "/var/$place/libvirt"
    mount --bind "$1/$place" "/var/$place/libvirt"
done
mkdir -p /var/lib/libvirt/images /etc/libvirt
cp "$1/qemu.conf" /etc/libvirt/qemu.conf
[ ! -e /dev/kvm ] || mount --bind /dev/null /dev/kvm
"""


def install() -> None:
    """Installs what it takes, where that is missing."""
    if not all(map(shutil.which, _PROGRAMS)):
        packages.install([*_PACKAGES], LOGS / "machines.log")


def _services(folder: Path) -> list[Service]:
    return [
        Service("virtlogd", HOST, ("virtlogd",), _answers("test", "-S", _VIRTLOGD)),
        Service("libvirtd", HOST, ("libvirtd",), _answers("virsh", "version")),
        Service(
            "tinyproxy",
            HOST,
            ("tinyproxy", "-d", "-c", folder / "tinyproxy.conf"),
            _answers("curl", "--silent", f"http://{HOST.address}:{PROXY_PORT}"),
            port=PROXY_PORT,
        ),
    ]


def _answers(*arguments: str) -> Callable[[], bool]:
    return lambda: command.succeeds(*HOST.enter(*arguments))


@contextmanager
def libvirt(folder: Path) -> Iterator[Sandbox]:
    """Meanwhile a libvirt with an empty pool runs, which keeps all that it has in the folder.

    Beside it is a proxy, and nothing else leads from a machine to the host's own address.
    """
    folder.mkdir(parents=True)
    (folder / "qemu.conf").write_text(_QEMU)
    (folder / "tinyproxy.conf").write_text(_TINYPROXY.format(folder=folder))
    HOST.down()
    HOST.up()
    try:
        HOST.connect(BRIDGE, network.mtu())
        HOST.run("sh", "-c", _PREPARE, "sh", folder)
        # Before libvirt's own rules, which let its machines out.
        way_out = ("FORWARD", "--destination", HOST_ADDRESS, "--jump", "DROP")
        HOST.run("iptables", "--table", "mangle", "--append", *way_out)
        for each in _services(folder):
            each.up()
        HOST.run("virsh", "pool-define-as", "default", "dir", "--target", "/var/lib/libvirt/images")
        HOST.run("virsh", "pool-start", "default")
        yield HOST
    finally:
        HOST.down()
