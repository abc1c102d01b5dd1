"""Which files of a clone do not come with the sources."""

import re
from fnmatch import translate

SCAN_REPORTS = (
    "filesystem.sarif",
    "image.sarif",
    "report.json",
    "sbom.cdx.json",
    "summary.md",
)
# What lies in a clone and is not of the repository: it is made by tools, or secret.
UNTRACKED = [
    "**/*.tfplan",
    "**/*.tfstate*",
    "**/.mypy_cache",
    "**/.pytest_cache",
    "**/.terraform*",
    "**/.venv",
    "**/*.egg-info",
    "**/__pycache__",
    ".env",
    "ci/sdk",
    "infra/.local",
    *(f"reports/{name}" for name in SCAN_REPORTS),
]

_ANYWHERE = "**/"
_NAME = re.compile(
    "|".join(
        translate(pattern.removeprefix(_ANYWHERE))
        for pattern in UNTRACKED
        if pattern.startswith(_ANYWHERE)
    )
)
_PLACES = [pattern for pattern in UNTRACKED if not pattern.startswith(_ANYWHERE)]


def is_untracked(path: str) -> bool:
    """Whether a path of the repository does not come with `Source`."""
    return any(map(_NAME.match, path.split("/"))) or any(
        path == place or path.startswith(f"{place}/") for place in _PLACES
    )
