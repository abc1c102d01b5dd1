"""By what of this package and of the platform's manifests each part was brought up."""

from collections.abc import Iterable

from local.cluster import nodes
from local.host.keys import digest
from local.host.paths import REPOSITORY, RUN

CORE = "core"
"""What stands below the parts, under the name that it is remembered by."""
VERSIONS = RUN / "versions"


def remembered() -> set[str]:
    """The parts that were brought up by what is here now."""
    version = _version()
    files = VERSIONS.iterdir() if VERSIONS.exists() else ()
    return {file.name for file in files if file.read_text() == version}


def remember(names: Iterable[str]) -> None:
    """Writes down that these parts are up, by what is here now, and the core below them."""
    VERSIONS.mkdir(exist_ok=True)
    version = _version()
    for name in (CORE, *names):
        (VERSIONS / name).write_text(version)


def _version() -> str:
    size = f"{len(nodes.wanted())} nodes"
    return digest(size, REPOSITORY / "local", REPOSITORY / "manifests" / "platform")
