"""By what of this package and of the platform's manifests each part was brought up."""

from collections.abc import Iterable

from local.host.keys import digest
from local.host.paths import REPOSITORY, RUN

CORE = "core"
"""What stands below the parts, under the name that it is remembered by."""
VERSIONS = RUN / "versions"


def is_remembered(name: str) -> bool:
    """Whether a part was brought up by what is here now."""
    file = VERSIONS / name
    return file.exists() and file.read_text() == _version()


def remember(names: Iterable[str]) -> None:
    """Writes down that these parts are up, by what is here now, and the core below them."""
    VERSIONS.mkdir(exist_ok=True)
    for name in (CORE, *names):
        (VERSIONS / name).write_text(_version())


def _version() -> str:
    return digest(REPOSITORY / "local", REPOSITORY / "manifests" / "platform")
