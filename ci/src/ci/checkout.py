"""Finds out which commit the sources are, and whether they are still what was committed."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import anyio.to_thread
from dagger import Directory, ExistsType

from ci import image
from ci.revision import Revision, read

DIGITS = 8


async def revision(source: Directory, history: Directory) -> Revision:
    """The revision of `source`, from the `.git` in `history` where there is one.

    In a worktree or a submodule `.git` is a file that points out of the sources: that is none.
    """
    found = Revision()
    if await history.exists(".git", expected_type=ExistsType.DIRECTORY_TYPE):
        git = history.directory(".git")
        with TemporaryDirectory() as folder:
            await git.export(folder)
            found = await anyio.to_thread.run_sync(read, Path(folder))
        if found.commit and await _committed(source.with_directory(".git", git)):
            return found
    return replace(found, changes=await _digest(source))


async def _committed(repository: Directory) -> bool:
    return await repository.as_git().uncommitted().is_empty()


async def _digest(source: Directory) -> str:
    digest = await image.context(source).digest()
    return digest.partition(":")[2][:DIGITS]
