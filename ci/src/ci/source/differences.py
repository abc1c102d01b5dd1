"""Decides whether sources are what was committed, as git would say on the machine they are on."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ci.source.listing import FILE, LINK, PROGRAM, Entry
from ci.source.untracked import is_untracked


@dataclass(frozen=True)
class Committed:
    """A path of a commit."""

    mode: int
    blob: str
    checked_out: int | None = None
    """Bytes that the file had when git last found it to be this blob."""

    absent: bool = False
    """Left out of a sparse checkout."""


@dataclass(frozen=True)
class Tree:
    """What is committed, and what git takes from the file system."""

    paths: Mapping[str, Committed]
    modes: bool = True
    """Whether it says what may be executed: core.fileMode."""

    links: bool = True
    """Whether it has symbolic links: core.symlinks."""

    submodules: Mapping[str, "Tree | None"] = field(default_factory=dict)
    """By folder; None where another commit of one is there, or one that cannot be looked into."""


def changed(tree: Tree, present: Mapping[str, Entry]) -> list[str]:
    """The paths that are committed, and are otherwise in the sources or gone from them."""
    found = [
        path
        for path, committed in tree.paths.items()
        if not (
            _same(committed, present[path], tree) if path in present else _left(committed, path)
        )
    ]
    for folder, inner in tree.submodules.items():
        inside = _inside(folder, present)
        if inside and inner is None:
            found.append(folder)
        elif inside and inner:
            found += [f"{folder}/{path}" for path in changed(inner, inside)]
    return sorted(found)


def added(tree: Tree, shipped: Iterable[str]) -> list[str]:
    """Of the paths that the image is made of, those that are in no commit.

    Others count no more than in `git describe --dirty`: what a machine keeps in a folder and
    ignores by rules of its own would make every tree a changed one.
    """
    committed = set(_paths(tree))
    closed = [folder for folder, inner in tree.submodules.items() if inner is None]
    return sorted(
        path
        for path in shipped
        if path not in committed and not any(path.startswith(f"{each}/") for each in closed)
    )


def told(commit: str, changed: Sequence[str], added: Sequence[str]) -> str:
    """A sentence about sources that are not the commit's; none about those that are."""
    parts = [
        *([f"changed since commit {commit[:12]}: {_named(changed)}"] if changed else []),
        *([f"part of the image and in no commit: {_named(added)}"] if added else []),
    ]
    return f"Sources: {'; '.join(parts)}." if parts else ""


def _same(committed: Committed, entry: Entry, tree: Tree) -> bool:
    if committed.mode != entry.mode and not _as_good_as(committed.mode, entry.mode, tree):
        return False
    if committed.blob in (entry.blob, entry.pointer):
        return True
    # Git checked the file out with other ends of lines, and with as many bytes as it has now.
    return committed.blob == entry.text and committed.checked_out == entry.size


def _as_good_as(committed: int, mode: int, tree: Tree) -> bool:
    if {committed, mode} == {FILE, PROGRAM}:
        return not tree.modes
    return committed == LINK and mode in (FILE, PROGRAM) and not tree.links


def _left(committed: Committed, path: str) -> bool:
    """Whether a path may be missing: git did not check it out, or the pipeline leaves it out."""
    return committed.absent or is_untracked(path)


def _inside(folder: str, present: Mapping[str, Entry]) -> dict[str, Entry]:
    start = f"{folder}/"
    return {
        path.removeprefix(start): entry for path, entry in present.items() if path.startswith(start)
    }


def _paths(tree: Tree) -> Iterator[str]:
    yield from tree.paths
    for folder, inner in tree.submodules.items():
        if inner:
            yield from (f"{folder}/{path}" for path in _paths(inner))


def _named(paths: Sequence[str], most: int = 3) -> str:
    shown = ", ".join(paths[:most])
    return f"{shown} and {len(paths) - most} more" if len(paths) > most else shown
