"""The repository as the pipeline gets it: its files, and apart from them its history."""

from fnmatch import fnmatchcase
from typing import Annotated

from dagger import DefaultPath, Directory, Doc, Ignore

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

Source = Annotated[
    Directory,
    DefaultPath("/"),
    Ignore([".git", *UNTRACKED]),
    Doc("The repository's files"),
]
# Of git's folder what says nothing of a commit stays where it is: it may be large.
_UNREAD = ["lfs", "logs", "hooks"]
History = Annotated[
    Directory,
    DefaultPath("/"),
    Ignore(["**", "!.git", *(f".git/{name}" for name in _UNREAD)]),
    Doc("The repository's .git, which says what commit the files are"),
]
GitDir = Annotated[
    Directory | None,
    Ignore(_UNREAD),
    Doc(
        "Git's own folder where it is elsewhere, as a worktree's: `git rev-parse --git-common-dir`"
    ),
]


def left_out(path: str) -> bool:
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
