"""What git tracks although the pipeline leaves files of such a name out of the sources."""

from pathlib import Path
from tempfile import TemporaryDirectory

from dagger import Directory, ExistsType

from ci.source.untracked import is_untracked

_INDEX = ".git/index"


async def complete(source: Directory, history: Directory) -> Directory:
    """The sources, with what of the commit did not come along for its name."""
    if not await history.exists(_INDEX, expected_type=ExistsType.REGULAR_TYPE):
        return source
    with TemporaryDirectory() as folder:
        await history.file(_INDEX).export(f"{folder}/index")
        tracked = indexed(Path(folder, "index"))
    names = [path for path in tracked if is_untracked(path)]
    if not names:
        return source
    repository = source.with_directory(".git", history.directory(".git"))
    return source.with_directory("/", repository.as_git().head().tree().filter(include=names))


def indexed(file: Path) -> list[str]:
    """The paths in an index of git's."""
    from dulwich.index import Index

    return [path.decode(errors="surrogateescape") for path in Index(str(file))]
