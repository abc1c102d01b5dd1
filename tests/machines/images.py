"""The images that kubeadm and Calico's manifest name, in the stack's registry."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from local.host.keys import digest
from local.images import cluster, debian, oci
from local.images.debian import PATH
from local.images.program import program_image
from local.images.stand_in import StandIn
from local.tools.catalogue import KUBERNETES
from tests.machines.catalogue import CALICO, ETCD, calico_source

ETCD_VERSION = "3.6.8-0"
"""The tag of the etcd that this kubeadm starts; what is under it is of the same minor version."""
_PLUGINS = Path("/usr/lib/cni")
_PACKAGES = (
    *("ca-certificates", "conntrack", "debianutils", "ipset", "iproute2", "iptables", "kmod"),
    *("procps", "runit"),
)
_NODE_ENVIRONMENT = {
    "PATH": PATH,
    "SVDIR": "/etc/service/enabled",
    # What takes away the rules of another data plane is C, and without it Felix ends there.
    "FELIX_DebugSkipCTLBCleanup": "true",
}
_INSTALLED_BY_CALICO = ("bandwidth", "host-local", "loopback", "portmap", "tuning")


def images() -> list[StandIn]:
    """All of them."""
    return [*_control_plane(), *cluster.images(), _kube_proxy(), *_calico()]


def _control_plane() -> list[StandIn]:
    """One program each, which for Kubernetes is the same one and goes by its name."""
    return [
        *(
            program_image(
                name, KUBERNETES.version, KUBERNETES.program("kubernetes"), f"/usr/local/bin/{name}"
            )
            for name in ("kube-apiserver", "kube-controller-manager", "kube-scheduler")
        ),
        program_image("etcd", ETCD_VERSION, ETCD.program("etcd"), "/usr/local/bin/etcd"),
    ]


def _kube_proxy() -> StandIn:
    """It runs the packet filter's programs."""
    program = KUBERNETES.program("kubernetes")
    return _on_debian(
        "kube-proxy",
        KUBERNETES.version,
        KUBERNETES.home.name,
        lambda _: [("usr/local/bin/kube-proxy", program)],
        oci.Image(env={"PATH": PATH}),
    )


def _calico() -> list[StandIn]:
    """The node's parts, which runit starts; the installer of its plugin; and its controllers."""
    plugin = CALICO.program("calico")
    plugins = (
        *((f"opt/cni/bin/{name}", plugin) for name in ("calico", "calico-ipam")),
        *((f"opt/cni/bin/{name}", _PLUGINS / name) for name in _INSTALLED_BY_CALICO),
    )
    return [
        _on_debian(
            "calico/node",
            CALICO.version,
            CALICO.home.name,
            _node_files,
            oci.Image(command=("start_runit",), env=_NODE_ENVIRONMENT),
        ),
        program_image(
            "calico/cni",
            CALICO.version,
            CALICO.program("install"),
            "/opt/cni/bin/install",
            beside=plugins,
        ),
        _on_debian(
            "calico/kube-controllers",
            CALICO.version,
            CALICO.home.name,
            _controllers_files,
            oci.Image(entrypoint=("kube-controllers",), env={"PATH": PATH}, user="999"),
        ),
    ]


def _on_debian(
    repository: str,
    tag: str,
    key: str,
    files: Callable[[Path], list[tuple[str, Path]]],
    image: oci.Image,
) -> StandIn:
    """Files on top of one Debian with what all of them run, which is made and pulled once."""
    base = debian.on_debian("machines", "bookworm", _PACKAGES, oci.Image())

    def write(layout: Path) -> None:
        base.build()
        with tempfile.TemporaryDirectory(dir=layout.parent) as work:
            added = oci.pack(files(Path(work)), layout.parent / "added.tar.gz")
            below = oci.copied_layers(base.layout, layout.parent)
            oci.write_layout(layout, [*below, added], image)

    return StandIn(repository, tag, digest(base.key, key, repr(image)), write)


def _node_files(work: Path) -> list[tuple[str, Path]]:
    """The module's tree, whose scripts lost their modes on the way, and the program."""
    source = calico_source() / "node" / "filesystem"
    shutil.copytree(source / "etc", work / "etc")
    for folder in (work, *work.rglob("*/")):
        folder.chmod(0o755)  # In the cache of modules they are read-only.
    for name in ("usr/bin", "usr/sbin"):
        (work / name).mkdir(parents=True)
    shutil.copy(source / "sbin" / "start_runit", work / "usr/sbin")
    shutil.copy(CALICO.program("calico-node"), work / "usr/bin")
    for script in [*work.rglob("run"), work / "etc/rc.local", work / "usr/sbin/start_runit"]:
        script.chmod(0o755)
    return oci.tree(work)


def _controllers_files(work: Path) -> list[tuple[str, Path]]:
    """The programs, and a folder for what one of them tells the other, whoever they are."""
    status = work / "status"
    status.mkdir()
    status.chmod(0o777)
    programs = ("kube-controllers", "check-status")
    return [
        ("status", status),
        *((f"usr/bin/{name}", CALICO.program(name)) for name in programs),
    ]
