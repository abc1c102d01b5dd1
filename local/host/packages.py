"""Debian packages the stack stands on: only what is missing is installed."""

import subprocess
from pathlib import Path

from local.host import command

PACKAGES = (
    "ca-certificates",
    "conntrack",
    "containerd",
    "containernetworking-plugins",
    "curl",
    "debootstrap",
    "dnsmasq-base",
    "docker-registry",
    "ethtool",
    "etcd-server",
    "git",
    "iproute2",
    "ipset",
    "iptables",
    "openssl",
    "pigz",
    "python3-venv",
    "runc",
    "skopeo",
    "socat",
    "tini",
    "util-linux",
)

_NO_SERVICES = "#!/bin/sh\nexit 101\n"


def missing() -> list[str]:
    """The packages of the stack that this machine does not have."""
    listing = subprocess.run(
        ["dpkg-query", "--show", "--showformat", "${Package} ${db:Status-Status}\n", *PACKAGES],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    installed = {line.split()[0] for line in listing.splitlines() if line.endswith(" installed")}
    return [package for package in PACKAGES if package not in installed]


def install(names: list[str], log: Path) -> None:
    """Installs packages; none of them starts a service of its own."""
    policy = Path("/usr/sbin/policy-rc.d")
    ours = not policy.exists()
    if ours:
        policy.write_text(_NO_SERVICES)
        policy.chmod(0o755)
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        command.run("apt-get", "update", "-qq", log=log, env=quiet)
        command.run(
            "apt-get", "install", "-y", "-qq", "--no-install-recommends",
            "-o", "DPkg::Lock::Timeout=300", *names, log=log, env=quiet,
        )  # fmt: skip
    finally:
        if ours:
            policy.unlink()
