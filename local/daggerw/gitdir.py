"""Finds git's own folder of a checkout where that lies elsewhere, for the pipeline to read."""

from collections.abc import Sequence
from pathlib import Path

ARGUMENT = "--git-dir"
_CALL = "call"
_POINTER = "gitdir: "


def handed(arguments: Sequence[str], repository: Path) -> list[str]:
    """The arguments of `dagger` with the folder that an engine would not find by itself."""
    if _CALL not in arguments or any(each.startswith(ARGUMENT) for each in arguments):
        return list(arguments)
    found = elsewhere(repository)
    place = arguments.index(_CALL) + 1
    given = [f"{ARGUMENT}={found}"] if found else []
    return [*arguments[:place], *given, *arguments[place:]]


def elsewhere(repository: Path) -> Path | None:
    """The folder that a worktree, a submodule or a clone that borrows its objects depends on."""
    git = repository / ".git"
    if git.is_symlink():
        return git.resolve()
    if git.is_dir():
        return _lender(git / "objects")
    if not git.is_file():
        return None
    own = (repository / git.read_text().strip().removeprefix(_POINTER)).resolve()
    common = own / "commondir"
    return (own / common.read_text().strip()).resolve() if common.is_file() else own


def _lender(objects: Path) -> Path | None:
    alternates = objects / "info" / "alternates"
    if not alternates.is_file():
        return None
    lines = [line for line in alternates.read_text().splitlines() if line and line[0] != "#"]
    return (objects / lines[0]).resolve().parent if lines else None
