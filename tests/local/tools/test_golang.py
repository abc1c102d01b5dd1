"""Which Go is good enough to build with."""

import json
from pathlib import Path

import pytest

from local.tools import checksums, golang
from tests.local.programs import Programs


@pytest.fixture
def path(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """All programs there are."""
    monkeypatch.setenv("PATH", str(programs.folder))
    monkeypatch.setattr("os.access", lambda file, mode: Path(file).parent == programs.folder)
    return programs


@pytest.mark.parametrize(
    ("printed", "version"),
    [
        ("go version go1.26.8 linux/amd64", (1, 26, 8)),
        ("go version go1.27 linux/amd64", (1, 27, 0)),
        ("go version go1.27rc1 linux/amd64", (1, 27, 0)),
        ("go version devel go1.28-a1b2c3d linux/amd64", (1, 28, 0)),
        ("go version go1.26.3-X:jsonv2 linux/amd64", (1, 26, 3)),
        ("gccgo (Debian 12.2.0) 12.2.0", ()),
        ("", ()),
    ],
)
def test_version_that_go_prints(printed: str, version: tuple[int, ...]) -> None:
    """Three numbers are read, or none."""
    assert golang.version(printed) == version


@pytest.mark.parametrize("version", ["1.26.7", "1.26.10"])
def test_go_that_will_do(path: Programs, version: str) -> None:
    """The machine's own Go is used."""
    own = path.write("go", f"echo go version go{version} linux/amd64")

    assert golang.installed() == own


@pytest.mark.parametrize("version", ["1.9.7", "1.26.6", "1.27.0", "2.0.0"])
def test_go_that_is_too_old_or_too_new(path: Programs, version: str) -> None:
    """Versions are compared as numbers, and neither is used."""
    path.write("go", f"echo go version go{version} linux/amd64")

    assert golang.installed() is None


def test_go_that_does_not_run(path: Programs) -> None:
    """It counts as none."""
    path.write("go", "echo 'go: cannot find GOROOT directory' >&2; exit 2")

    assert golang.installed() is None


def test_machine_without_go(path: Programs) -> None:
    """None is found."""
    assert golang.installed() is None


def test_go_that_made_the_checksums(
    path: Programs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no Go will do, the one of a wheel fetches it, and what it says meanwhile is not it."""
    folder = tmp_path / "wheel" / "go" / "bin"
    folder.mkdir(parents=True)
    starter = path.write("starter", 'echo "go: downloading $GOTOOLCHAIN"; echo "/go/$GOTOOLCHAIN"')
    starter.rename(folder / "go")
    monkeypatch.setattr("local.tools.wheels.unpacked", lambda *_: tmp_path / "wheel")
    monkeypatch.setenv("PATH", f"{path.folder}:/usr/bin:/bin")
    monkeypatch.setattr(golang, "installed", lambda: None)

    found = golang.find_or_install(tmp_path / "go.log")

    assert found == Path("/go") / golang.PINNED / "bin" / "go"


def test_checksums_are_of_the_pinned_go() -> None:
    """So whoever has no Go builds what the repository names."""
    named = json.loads(checksums.FILE.read_text()).values()
    assert {go for each in named for go in each} == {golang.PINNED}
