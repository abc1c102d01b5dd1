"""Finds out which commit the sources are, and whether they are still what was committed."""

import json
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import anyio.to_thread
from dagger import Directory, dag

from ci.run import images
from ci.source import differences, git
from ci.source.context import Context
from ci.source.git import Checkout
from ci.source.listing import Entry
from ci.source.revision import Revision

DIGITS = 8
_PROGRAM = "src/ci/source/listing.py"


async def revision(
    source: Directory, history: Directory, made_of: Context, elsewhere: Directory | None = None
) -> Revision:
    """The revision of `source`, from the `.git` in `history`.

    `elsewhere` is a copy of the folder that has what `.git` leaves to another one, as a worktree's
    does. Where there is no commit, or other sources than its own, `remark` says so.
    """
    checkout = await _read(history, elsewhere)
    found = checkout.revision
    if checkout.tree:
        present = await _listing(source, checkout.algorithm)
        changed = differences.changed(checkout.tree, present)
        added = differences.added(checkout.tree, await made_of.shipped())
        if not changed and not added:
            return found
        found = replace(found, remark=differences.told(found.commit, changed, added))
    return replace(found, changes=await _digest(made_of))


async def _read(history: Directory, elsewhere: Directory | None) -> Checkout:
    with TemporaryDirectory() as folder:
        here, there = Path(folder, "here"), Path(folder, "there")
        await history.export(str(here))
        if elsewhere:
            await elsewhere.export(str(there))
        return await anyio.to_thread.run_sync(git.read, here, there if elsewhere else None)


async def _listing(source: Directory, algorithm: str) -> dict[str, Entry]:
    """What the sources hold, listed where they are: copying them here would take longer."""
    program = dag.current_module().source().file(_PROGRAM)
    listed = await (
        dag.container()
        .from_(images.PYTHON)
        .with_mounted_file("/listing.py", program)
        .with_mounted_directory("/src", source)
        .with_exec(["python3", "/listing.py", "/src", algorithm, "/listing.json"])
        .file("/listing.json")
        .contents()
    )
    return {path: Entry(*entry) for path, entry in json.loads(listed).items()}


async def _digest(made_of: Context) -> str:
    digest = await made_of.directory.digest()
    return digest.partition(":")[2][:DIGITS]
