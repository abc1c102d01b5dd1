"""By what of this package and of the platform's manifests each part was brought up."""

from collections.abc import Iterable

from local.cluster import nodes
from local.host.keys import digest
from local.host.paths import REPOSITORY, RUN

CORE = "core"
"""What stands below the parts, under the name that it is remembered by."""
VERSIONS = RUN / "versions"


def are_remembered(*names: str) -> bool:
    """Whether parts were brought up by what is here now."""
    files = [VERSIONS / name for name in names]
    version = _version()
    return all(file.exists() and file.read_text() == version for file in files)


def remember(names: Iterable[str]) -> None:
    """Writes down that these parts are up, by what is here now, and the core below them."""
    VERSIONS.mkdir(exist_ok=True)
    version = _version()
    for name in (CORE, *names):
        (VERSIONS / name).write_text(version)


def _version() -> str:
    size = f"{len(nodes.wanted())} nodes"
    return digest(size, REPOSITORY / "local", REPOSITORY / "manifests" / "platform")
