"""The repository as the pipeline gets it: its files, and apart from them its history."""

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

Source = Annotated[
    Directory,
    DefaultPath("/"),
    Ignore([".git", *UNTRACKED]),
    Doc("The repository's files"),
]
History = Annotated[
    Directory,
    DefaultPath("/"),
    Ignore(["**", "!.git"]),
    Doc("The repository's .git, which says what commit the files are"),
]
