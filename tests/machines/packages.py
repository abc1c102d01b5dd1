"""A signed repository of Kubernetes' Debian packages, made out of the stack's own programs.

Its packages have the names, versions and files of the official ones, and what they depend on.
"""

import hashlib
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from pathlib import Path

from local.host import command
from local.tools.catalogue import KUBERNETES

REVISION = "1.1"
_VERSION = KUBERNETES.version.removeprefix("v")
_PLUGINS = Path("/usr/lib/cni")
_MAINTAINER = "tests <tests@example.com>"
_UNIT = """\
[Unit]
Description=kubelet: The Kubernetes Node Agent
Documentation=https://kubernetes.io/docs/
Wants=network-online.target
After=network-online.target

[Service]
ExecStart=/usr/bin/kubelet
Restart=always
StartLimitInterval=0
RestartSec=10

[Install]
WantedBy=multi-user.target
"""
_CONFIGURED_BY_KUBEADM = """\
[Service]
Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf"
Environment="KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml"
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
EnvironmentFile=-/etc/default/kubelet
ExecStart=
ExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS
"""  # noqa: E501
# What the official package does to start it: before kubeadm has configured it.
_START = """\
#!/bin/sh
set -e
[ "$1" != configure ] || [ ! -d /run/systemd/system ] || systemctl daemon-reload
[ "$1" != configure ] || deb-systemd-helper enable kubelet.service >/dev/null
[ "$1" != configure ] || [ ! -d /run/systemd/system ] || deb-systemd-invoke start kubelet.service
"""


@dataclass(frozen=True)
class Package:
    """A Debian package: files that are copied or written, links, empty folders, and scripts."""

    name: str
    version: str
    depends: str = ""
    copied: Mapping[str, Path] = field(default_factory=dict)
    written: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    folders: tuple[str, ...] = ()
    scripts: Mapping[str, str] = field(default_factory=dict)

    def build(self, folder: Path) -> Path:
        """Makes its file in a folder."""
        file = folder / f"{self.name}_{self.version}_amd64.deb"
        with tempfile.TemporaryDirectory() as work:
            root = Path(work, "root")
            for name, source in self.copied.items():
                shutil.copy(source, _place(root, name))
            for name, text in self.written.items():
                _place(root, name).write_text(text)
            for name, target in self.links.items():
                _place(root, name).symlink_to(target)
            for name in self.folders:
                (root / name).mkdir(parents=True)
            for name, text in {"control": self._control, **self.scripts}.items():
                script = _place(root, f"DEBIAN/{name}")
                script.write_text(text)
                script.chmod(0o755)
            root.chmod(0o755)
            command.run("dpkg-deb", "-Zgzip", "-z1", "--root-owner-group", "--build", root, file)
        return file

    @property
    def _control(self) -> str:
        fields = {
            "Package": self.name,
            "Version": self.version,
            "Architecture": "amd64",
            "Maintainer": _MAINTAINER,
            "Depends": self.depends,
            "Description": f"{self.name}, made out of the laptop stack's",
        }
        return "".join(f"{name}: {value}\n" for name, value in fields.items() if value)


def kubernetes() -> list[Package]:
    """What `apt install kubelet kubeadm kubectl` takes."""
    version = f"{_VERSION}-{REVISION}"
    kubeadm_drop_in = "usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf"
    return [
        Package(
            "kubelet",
            version,
            depends="kubernetes-cni (>= 1.2.0), mount, util-linux",
            copied={"usr/bin/kubelet": KUBERNETES.program("kubelet").resolve()},
            written={
                "usr/lib/systemd/system/kubelet.service": _UNIT,
                "etc/default/kubelet": "KUBELET_EXTRA_ARGS=\n",
            },
            folders=("var/lib/kubelet", "etc/kubernetes/manifests"),
            scripts={"postinst": _START, "conffiles": "/etc/default/kubelet\n"},
        ),
        # Here it is one program with the kubelet, which goes by its name.
        Package(
            "kubeadm",
            version,
            depends=f"kubelet (= {version})",
            written={kubeadm_drop_in: _CONFIGURED_BY_KUBEADM},
            links={"usr/bin/kubeadm": "kubelet"},
        ),
        Package("kubectl", version, copied={"usr/bin/kubectl": KUBERNETES.program("kubectl")}),
        Package(
            "kubernetes-cni",
            "1.7.1-1.1",
            copied={f"opt/cni/bin/{file.name}": file for file in sorted(_PLUGINS.iterdir())},
        ),
    ]


def publish(packages: Iterable[Package], folder: Path) -> str:
    """Writes a flat repository with its key into a folder; gives the key's fingerprint."""
    folder.mkdir(parents=True)
    index = "\n".join(_described(package.build(folder)) for package in packages)
    (folder / "Packages").write_text(index)
    summed = f"{hashlib.sha256(index.encode()).hexdigest()} {len(index.encode())} Packages"
    release = folder / "Release"
    release.write_text(f"Origin: tests\nDate: {formatdate(usegmt=True)}\nSHA256:\n {summed}\n")
    with tempfile.TemporaryDirectory() as home:
        gpg = ("gpg", "--homedir", home, "--batch", "--quiet")
        try:
            command.run(*gpg, "--passphrase", "", "--quick-generate-key", "tests", "rsa2048")
            command.run(*gpg, "--clearsign", "--output", folder / "InRelease", release)
            command.run(*gpg, "--armor", "--output", folder / "Release.key", "--export", "tests")
            listed = command.output(*gpg, "--list-keys", "--with-colons", "tests")
        finally:
            command.succeeds("gpgconf", "--homedir", home, "--kill", "gpg-agent")
    return next(line for line in listed.splitlines() if line.startswith("fpr:")).split(":")[9]


def _described(file: Path) -> str:
    content = file.read_bytes()
    return (
        f"{command.output('dpkg-deb', '--field', file)}\nFilename: ./{file.name}\n"
        f"Size: {len(content)}\nSHA256: {hashlib.sha256(content).hexdigest()}\n"
    )


def _place(root: Path, name: str) -> Path:
    place = root / name
    place.parent.mkdir(parents=True, exist_ok=True)
    return place
