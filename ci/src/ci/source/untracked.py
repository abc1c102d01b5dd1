"""Which files of a clone do not come with the sources."""

from fnmatch import fnmatchcase

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
    "reports",
]

_ANYWHERE = "**/"


def is_untracked(path: str) -> bool:
    """Whether a path of the repository does not come with `Source`."""
    parts = path.split("/")
    return any(
        (
            any(fnmatchcase(part, pattern.removeprefix(_ANYWHERE)) for part in parts)
            if pattern.startswith(_ANYWHERE)
            else path == pattern or path.startswith(f"{pattern}/")
        )
        for pattern in UNTRACKED
    )
