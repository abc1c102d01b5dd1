"""Reads what git knows of the sources, from a copy of its own folder."""

import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from ci.source import gitfolder
from ci.source.differences import Committed, Tree
from ci.source.gitfolder import GitFolder, NoCommit
from ci.source.revision import Revision, browsable

if TYPE_CHECKING:
    from dulwich.objects import Commit
    from dulwich.repo import Repo

_BRANCH = "refs/heads/"
_SUBMODULE = 0o160000
# They say what else a repository may hold, and change nothing about how it is read.
_HARMLESS = (b"partialclone", b"preciousobjects", b"noop")


@dataclass(frozen=True)
class Checkout:
    """The commit that is checked out, and what it consists of, where that can be told."""

    revision: Revision
    tree: Tree | None = None
    algorithm: str = "sha1"


def read(folder: Path, elsewhere: Path | None = None) -> Checkout:
    """What is checked out in `folder`, which holds a copy of `.git`, as far as it can be read.

    Whatever is wrong with a repository is told in the revision's remark: the sources can be built
    all the same, by another name.
    """
    try:
        return _read(gitfolder.find(folder, elsewhere))
    except NoCommit as reason:
        return Checkout(Revision(remark=f"Commit: not known, as {reason}."))
    except Exception as error:  # a damaged repository fails anywhere in dulwich, with anything
        what = f"{type(error).__name__} {error}".strip()
        return Checkout(Revision(remark=f"Commit: not known, as `.git` cannot be read: {what}."))


def _read(place: GitFolder) -> Checkout:
    with opened(place) as repo:
        branch = _branch(repo)
        try:
            commit = _head(repo)
        except KeyError:
            why = place.lacks or "nothing is committed yet, or `.git` lacks it"
            return Checkout(Revision(branch=branch, remark=f"Commit: not known, as {why}."))
        revision = Revision(
            commit=commit.id.decode(),
            committed=datetime.fromtimestamp(commit.commit_time, UTC),
            branch=branch,
            origin=_origin(repo),
        )
        try:
            return Checkout(revision, _tree(repo, commit, place), repo.object_format.name)
        except KeyError:
            why = place.lacks or "`.git` lacks some of it"
            remark = f"Sources: whether they are what is committed cannot be told, as {why}."
            return Checkout(replace(revision, remark=remark))


def opened(place: GitFolder) -> "Repo":
    """The repository, and no failure for what a repository may be beside what is read of it."""
    from dulwich.config import ConfigFile
    from dulwich.repo import Repo

    path = place.common / "config"
    config = ConfigFile.from_path(str(path))
    found = {name.lower() for name, _ in config.items((b"extensions",))}
    if b"refstorage" in found and place.own != place.common:
        raise NoCommit("worktrees of a repository with reftables are not understood")
    for name in _HARMLESS:
        if name in found:
            config.remove((b"extensions",), name)
    config.write_to_path(str(path))
    return Repo(str(place.own), bare=True)


def _head(repo: "Repo") -> "Commit":
    from dulwich.objects import Commit

    commit = repo[repo.head()]
    assert isinstance(commit, Commit)
    return commit


def _branch(repo: "Repo") -> str | None:
    from dulwich.refs import HEADREF

    names, _ = repo.refs.follow(HEADREF)
    name = names[-1].decode()
    return name.removeprefix(_BRANCH) if name.startswith(_BRANCH) else None


def _origin(repo: "Repo") -> str | None:
    try:
        url = repo.get_config().get((b"remote", b"origin"), b"url")
        return browsable(url.decode(errors="replace"))
    except KeyError:
        return None


def _tree(repo: "Repo", commit: "Commit", place: GitFolder) -> Tree:
    """What a commit consists of, with its submodules; raises KeyError where objects are missing."""
    known, config = _index(repo, place), repo.get_config()
    paths: dict[str, Committed] = {}
    submodules: dict[str, Tree | None] = {}
    for entry in repo.object_store.iter_tree_contents(commit.tree):
        assert entry.path and entry.mode and entry.sha
        path, blob = os.fsdecode(entry.path), entry.sha.decode()
        if entry.mode == _SUBMODULE:
            submodules[path] = _submodule(repo, commit, place, path, blob)
        else:
            size, absent = known.get((path, blob), (None, False))
            paths[path] = Committed(entry.mode, blob, size, absent)
    return Tree(
        paths,
        modes=config.get_boolean((b"core",), b"filemode", True),
        links=config.get_boolean((b"core",), b"symlinks", True),
        submodules=submodules,
    )


def _index(repo: "Repo", place: GitFolder) -> dict[tuple[str, str], tuple[int | None, bool]]:
    """For paths and blobs how many bytes git found them to have, and whether it left them out.

    An index that cannot be read takes nothing but these, so that more is looked at than must be.
    """
    from dulwich.index import Index, IndexEntry

    try:
        index = Index(str(place.own / "index"), object_format=repo.object_format)
    except Exception:  # in dulwich, each of git's optional formats fails in its own way
        return {}
    return {
        (os.fsdecode(path), entry.sha.decode()): (entry.size, entry.skip_worktree)
        for path, entry in index.items()
        if isinstance(entry, IndexEntry)
    }


def _submodule(
    repo: "Repo", commit: "Commit", place: GitFolder, path: str, wanted: str
) -> Tree | None:
    """What a submodule consists of; None where that is not to be had, or another one is there."""
    folder = place.own / "modules" / _name(repo, commit, path)
    if not folder.resolve().is_relative_to(place.own.resolve()) or not folder.is_dir():
        return None
    inner = GitFolder(folder, folder)
    try:
        with opened(inner) as module:
            head = _head(module)
            return _tree(module, head, inner) if head.id.decode() == wanted else None
    except KeyError:
        return None


def _name(repo: "Repo", commit: "Commit", path: str) -> str:
    """What a submodule is called, which is its path where nobody moved it."""
    from dulwich.config import ConfigFile, parse_submodules
    from dulwich.object_store import tree_lookup_path

    try:
        _, blob = tree_lookup_path(repo.__getitem__, commit.tree, b".gitmodules")
    except KeyError:
        return path
    described = ConfigFile.from_file(BytesIO(repo[blob].as_raw_string()), expand_includes=False)
    names = {os.fsdecode(at): os.fsdecode(name) for at, _, name in parse_submodules(described)}
    return names.get(path, path)
