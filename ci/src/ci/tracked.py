"""What git tracks although the pipeline leaves files of such a name out of the sources."""

from fnmatch import fnmatchcase
from pathlib import Path
from tempfile import TemporaryDirectory

from dagger import Directory, ExistsType

from ci.sources import UNTRACKED

_INDEX = ".git/index"


async def complete(source: Directory, history: Directory) -> Directory:
    """The sources, with what of the commit did not come along for its name."""
    if not await history.exists(_INDEX, expected_type=ExistsType.REGULAR_TYPE):
        return source
    with TemporaryDirectory() as folder:
        await history.file(_INDEX).export(f"{folder}/index")
        names = left_out(indexed(Path(folder, "index")))
    if not names:
        return source
    repository = source.with_directory(".git", history.directory(".git"))
    return source.with_directory("/", repository.as_git().head().tree().filter(include=names))


def indexed(file: Path) -> list[str]:
    """The paths in an index of git's."""
    from dulwich.index import Index

    return [path.decode(errors="surrogateescape") for path in Index(str(file))]


def left_out(paths: list[str]) -> list[str]:
    """Those of the paths that the pipeline does not take for sources."""
    return [path for path in paths if any(_within(path, pattern) for pattern in UNTRACKED)]


def _within(path: str, pattern: str) -> bool:
    """Whether a path or a folder above it matches a pattern of `UNTRACKED`."""
    parts = path.split("/")
    if pattern.startswith("**/"):
        return any(fnmatchcase(part, pattern.removeprefix("**/")) for part in parts)
    above = ("/".join(parts[:count]) for count in range(1, len(parts) + 1))
    return any(fnmatchcase(each, pattern) for each in above)
