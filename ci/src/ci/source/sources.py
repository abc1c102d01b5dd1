"""The repository as the pipeline gets it: its files, and apart from them its history."""

from dataclasses import dataclass
from functools import partial
from typing import Annotated

from dagger import Directory, Doc, Ignore, dag

from ci.project import reading
from ci.project.settings import Settings
from ci.project.table import FILE
from ci.run.steps import side_by_side
from ci.source import checkout
from ci.source.context import Context, context
from ci.source.revision import Revision
from ci.source.untracked import UNTRACKED

_TOP = "/"
_NOT_OURS = [".git", *UNTRACKED]
# Of git's folder what says nothing of a commit stays where it is: it may be large.
_UNREAD = ["lfs", "logs", "hooks"]
_ALL_BUT_GIT = ["**", "!.git", *(f".git/{name}" for name in _UNREAD)]

# Without any of them the repository is that of the folder in which the call is made. A default path
# would be one of the repository that the module is from (docs/adr/0042).
Source = Annotated[
    Directory | None,
    Ignore(_NOT_OURS),
    Doc("The repository's files; those of the repository that one stands in"),
]
History = Annotated[
    Directory | None,
    Ignore(_ALL_BUT_GIT),
    Doc("The folder with its .git, which says what commit the files are; the same repository"),
]
GitDir = Annotated[
    Directory | None,
    Ignore(_UNREAD),
    Doc(
        "Git's own folder where it is elsewhere, as a worktree's: 'git rev-parse --git-common-dir'"
    ),
]


@dataclass(frozen=True)
class Repository:
    """A repository as it was when a call began."""

    files: Directory
    history: Directory
    git_dir: Directory | None
    settings: Settings

    @property
    def manifests(self) -> Directory:
        return self.files.directory("manifests")

    async def made_of(self) -> Context:
        """What its image is made of."""
        return await context(self.files, self.settings)

    async def revision(self, made_of: Context) -> Revision:
        """Which commit it is, as far as it is one."""
        return await checkout.revision(self.files, self.history, made_of, self.git_dir)


async def opened(
    source: Directory | None, history: Directory | None, git_dir: Directory | None
) -> Repository:
    """The repository of a call, whatever is written to it in the meantime."""
    # First, as whoever stands in no repository may stand at the top of everything.
    known = await settings(source)
    workspace = dag.current_workspace()
    found: dict[str, Directory] = {}

    async def fetch(name: str, given: Directory | None, exclude: list[str]) -> None:
        found[name] = await (given or workspace.directory(_TOP, exclude=exclude)).sync()

    await side_by_side(
        partial(fetch, "files", source, _NOT_OURS),
        partial(fetch, "history", history, _ALL_BUT_GIT),
    )
    return Repository(found["files"], found["history"], git_dir, known)


async def settings(source: Directory | None) -> Settings:
    """The settings of a call's repository, of which nothing else is fetched."""
    return await reading.settings(source or dag.current_workspace().directory(_TOP, include=[FILE]))
