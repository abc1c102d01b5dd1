"""Finds out which of two commits is the older one, from the history that was checked out."""

import re
from enum import Enum
from pathlib import Path
from tempfile import TemporaryDirectory

import anyio.to_thread
from dagger import Directory

from ci.source import git, gitfolder

_COMMIT = re.compile(r"[0-9a-f]{40}(?=-dirty\.|$)")


class Order(Enum):
    """How a commit stands to another one."""

    SAME = "the same"
    NEWER = "a descendant of it"
    OLDER = "an ancestor of it"
    APART = "on another branch"
    UNKNOWN = "not known"


async def order(history: Directory, elsewhere: Directory | None, runs: str, comes: str) -> Order:
    """How the commit of revision `comes` stands to that of `runs`.

    `history` and `elsewhere` are those of `checkout.revision`. Uncommitted sources count as the
    commit that they were changed from.
    """
    before, after = commit(runs), commit(comes)
    if not before or not after:
        return Order.UNKNOWN
    if before == after:
        return Order.SAME
    with TemporaryDirectory() as folder:
        here, there = Path(folder, "here"), Path(folder, "there")
        await history.export(str(here))
        if elsewhere:
            await elsewhere.export(str(there))
        where = (here, there if elsewhere else None)
        return await anyio.to_thread.run_sync(compared, *where, before, after)


def commit(revision: str) -> str:
    """The commit in a revision's name, or nothing where it names none."""
    found = _COMMIT.match(revision)
    return found[0] if found else ""


def compared(folder: Path, elsewhere: Path | None, before: str, after: str) -> Order:
    """How commit `after` stands to `before`, to a folder that holds a copy of `.git`.

    A shallow clone says so only where one is found among the ancestors of the other.
    """
    from dulwich.graph import find_merge_base
    from dulwich.objects import ObjectID

    old, new = ObjectID(before.encode()), ObjectID(after.encode())
    try:
        with git.opened(gitfolder.find(folder, elsewhere)) as repo:
            shallow = bool(repo.get_shallow())
            bases = find_merge_base(repo, [old, new])
    except Exception:  # a commit that is not there, or a damaged repository, which fails anywhere
        return Order.UNKNOWN
    if new in bases:
        return Order.OLDER
    if old in bases:
        return Order.NEWER
    return Order.UNKNOWN if shallow else Order.APART
