"""What every whole vulnerability database knows, and by which one is found out that is not."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Known:
    """An old package, what is wrong with it, and files by which Trivy takes it for installed."""

    package: str
    vulnerability: str
    files: Mapping[str, str]


PYTHON = Known("jinja2==2.11.2", "CVE-2020-28493", {"requirements.txt": "jinja2==2.11.2\n"})
SYSTEMS = {
    "debian": Known(
        "openssl 0.9.8",
        "CVE-2014-0160",
        {
            "var/lib/dpkg/status": "Package: openssl\nStatus: install ok installed\n"
            "Architecture: amd64\nMaintainer: Debian\nVersion: 0.9.8\n\n"
        },
    ),
    "alpine": Known(
        "busybox 1.20.0-r0",
        "CVE-2017-16544",
        {"lib/apk/db/installed": "P:busybox\nV:1.20.0-r0\nA:x86_64\no:busybox\n\n"},
    ),
}
"""By the name that Trivy has for a system."""
RELEASES = {"debian": "etc/debian_version", "alpine": "etc/alpine-release"}
"""The file in which each system says which release it is."""


def files(releases: Mapping[str, str]) -> dict[str, str]:
    """What Trivy has to look at, for systems with what is in the files of their `RELEASES`."""
    found = dict(PYTHON.files)
    for family, text in releases.items():
        found |= {RELEASES[family]: text, **SYSTEMS[family].files}
    return found
