"""The repository as the pipeline gets it: its files, and apart from them its history."""

from typing import Annotated

from dagger import DefaultPath, Directory, Doc, Ignore

from ci.source.untracked import UNTRACKED

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
