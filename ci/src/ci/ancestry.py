"""Finds out which of two commits is the older one, from the history that was checked out."""

import re
from enum import Enum
from pathlib import Path
from tempfile import TemporaryDirectory

import anyio.to_thread
from dagger import Directory, ExistsType

_COMMIT = re.compile(r"[0-9a-f]{40}(?=-dirty\.|$)")


class Order(Enum):
    """How a commit stands to another one."""

    SAME = "the same"
    NEWER = "a descendant of it"
    OLDER = "an ancestor of it"
    APART = "on another branch"
    UNKNOWN = "not known"


async def order(history: Directory, runs: str, comes: str) -> Order:
    """How the commit of revision `comes` stands to that of `runs`.

    Uncommitted sources count as the commit that they were changed from.
    """
    before, after = commit(runs), commit(comes)
    if not before or not after:
        return Order.UNKNOWN
    if before == after:
        return Order.SAME
    if not await history.exists(".git", expected_type=ExistsType.DIRECTORY_TYPE):
        return Order.UNKNOWN
    with TemporaryDirectory() as folder:
        await history.directory(".git").export(folder)
        return await anyio.to_thread.run_sync(compared, Path(folder), before, after)


def commit(revision: str) -> str:
    """The commit in a revision's name, or nothing where it names none."""
    found = _COMMIT.match(revision)
    return found[0] if found else ""


def compared(repository: Path, before: str, after: str) -> Order:
    """How commit `after` stands to `before`, to a folder named `.git`.

    A shallow clone says so only where one is found among the ancestors of the other.
    """
    from dulwich.errors import NotGitRepository
    from dulwich.graph import find_merge_base
    from dulwich.objects import ObjectID
    from dulwich.repo import Repo

    old, new = ObjectID(before.encode()), ObjectID(after.encode())
    try:
        with Repo(str(repository), bare=True) as repo:
            shallow = bool(repo.get_shallow())
            bases = find_merge_base(repo, [old, new])
    except (KeyError, NotGitRepository):
        return Order.UNKNOWN
    if new in bases:
        return Order.OLDER
    if old in bases:
        return Order.NEWER
    return Order.UNKNOWN if shallow else Order.APART
