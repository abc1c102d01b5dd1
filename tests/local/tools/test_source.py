"""Sources from the module proxy: laid out once, and only with the checksum that was reviewed."""

import json
from pathlib import Path

import pytest

from local.host.errors import CommandFailed, LocalError
from local.tools.source import Source
from tests.local.programs import Programs

SOURCE = Source("example.com/hammer", "v1.0.0", "h1:reviewed=")


@pytest.fixture
def downloaded(tmp_path: Path) -> Path:
    """The module as Go keeps it: read-only."""
    folder = tmp_path / "hammer@v1.0.0"
    (folder / "steel").mkdir(parents=True)
    (folder / "steel" / "main.go").write_text("package main\n")
    (folder / "steel" / "main.go").chmod(0o444)
    (folder / "steel").chmod(0o555)
    return folder


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


def go_that_downloads(programs: Programs, downloaded: Path, checksum: str) -> Path:
    """A `go` that gives this folder, and notes that it was called."""
    answer = json.dumps({"Path": SOURCE.module, "Dir": str(downloaded), "Sum": checksum}, indent=4)
    return programs.write("go", f"echo called >>{programs.folder}/calls; echo '{answer}'")


def test_source_is_laid_out(cache: Path, programs: Programs, downloaded: Path, log: Path) -> None:
    """Its files are there, and may be written over."""
    SOURCE.fetch(go_that_downloads(programs, downloaded, SOURCE.checksum), log)

    file = SOURCE.home / "steel" / "main.go"
    assert file.read_text() == "package main\n"
    assert file.stat().st_mode & 0o777 == 0o644
    assert file.parent.stat().st_mode & 0o777 == 0o755
    assert list(SOURCE.home.parent.iterdir()) == [SOURCE.home]


def test_source_that_is_there(cache: Path, programs: Programs, downloaded: Path, log: Path) -> None:
    """It is not asked for again."""
    go = go_that_downloads(programs, downloaded, SOURCE.checksum)
    SOURCE.fetch(go, log)
    (programs.folder / "calls").unlink()

    SOURCE.fetch(go, log)

    assert not (programs.folder / "calls").exists()


def test_wrong_checksum(cache: Path, programs: Programs, downloaded: Path, log: Path) -> None:
    """The sentence names both checksums, and nothing is left in the cache."""
    go = go_that_downloads(programs, downloaded, "h1:other=")

    with pytest.raises(LocalError) as refused:
        SOURCE.fetch(go, log)

    assert str(refused.value).startswith(
        "example.com/hammer@v1.0.0 has the checksum h1:other= and not h1:reviewed=: "
    )
    assert not SOURCE.home.parent.exists()


def test_module_that_is_not_served(cache: Path, programs: Programs, log: Path) -> None:
    """What Go said is told, and nothing is left in the cache."""
    reason = f"{SOURCE.module}@{SOURCE.version}: 404 Not Found"
    answer = json.dumps({"Path": SOURCE.module, "Error": reason}, indent=4)
    told = f"""case $* in *-json*) echo '{answer}' ;; *) echo 'go: {reason}' >&2 ;; esac"""
    go = programs.write("go", f"{told}; exit 1")

    with pytest.raises(CommandFailed, match="404 Not Found") as failed:
        SOURCE.fetch(go, log)

    assert failed.value.log == log
    assert not SOURCE.home.parent.exists()
