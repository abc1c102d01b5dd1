"""Finds git's own folder, which worktrees, submodules and shared clones have elsewhere.

What is read are copies; where they lie apart, they are joined here.
"""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

WORKTREES = "worktrees"
_POINTER = "gitdir: "
_ALTERNATES = "objects/info/alternates"


class NoCommit(Exception):
    """The commit of the sources is not to be had, and this says why, and what to do."""


@dataclass(frozen=True)
class GitFolder:
    """Copies of the folder with HEAD and index, and of the one that all worktrees share."""

    own: Path
    common: Path
    lacks: str = ""
    """Why objects may be missing in it."""


def find(checkout: Path, elsewhere: Path | None) -> GitFolder:
    """The git folder of a checkout, where `elsewhere` is what --git-dir gave.

    Raises NoCommit where there is none, or where it is out of reach.
    """
    git = checkout / ".git"
    if git.is_symlink():
        target = PurePosixPath(git.readlink())
        raise NoCommit(f"`.git` is a link, which leads out of the sources; {_give(target)}")
    if git.is_dir():
        return _joined(git, git, elsewhere)
    if not git.is_file():
        raise NoCommit("the sources are no git checkout")
    where = PurePosixPath(git.read_text().strip().removeprefix(_POINTER))
    is_worktree = where.parent.name == WORKTREES
    if elsewhere is None:
        kind = "a worktree" if is_worktree else "a submodule, or one with a git folder of its own"
        common = where.parent.parent if is_worktree else where
        raise NoCommit(f"the checkout is {kind}, and its git folder out of reach; {_give(common)}")
    if not is_worktree:
        return _joined(elsewhere, elsewhere, elsewhere)
    own = elsewhere / WORKTREES / where.name
    if not own.is_dir():
        raise NoCommit(
            f"--git-dir has no worktree {where.name}, which the checkout is; "
            f"{_give(where.parent.parent)}"
        )
    return _joined(own, elsewhere, elsewhere)


def _joined(own: Path, common: Path, elsewhere: Path | None) -> GitFolder:
    """The folder with the objects that it borrows, where what was given is their owner's."""
    file = common / _ALTERNATES
    lines = file.read_text().splitlines() if file.is_file() else []
    owners = [PurePosixPath(line) for line in lines if line and not line.startswith("#")]
    if not owners:
        return GitFolder(own, common)
    lacks = f"objects are borrowed from {owners[0]}"
    if elsewhere is None:
        return GitFolder(own, common, f"{lacks}; {_give(owners[0].parent)}")
    if elsewhere == common:
        return GitFolder(own, common, f"{lacks}; `git repack -a -d` makes them its own")
    file.write_text(f"{(elsewhere / 'objects').absolute()}\n")
    return GitFolder(own, common, f"{lacks}, and --git-dir does not have them all")


def _give(folder: PurePosixPath) -> str:
    return f"add --git-dir {folder}"
