"""Which Go is good enough to build with."""

from pathlib import Path

import pytest

from local.tools import golang
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


@pytest.mark.parametrize("version", ["1.26.7", "1.27.0", "2.0.0"])
def test_go_that_is_new_enough(path: Programs, version: str) -> None:
    """The machine's own Go is used."""
    own = path.write("go", f"echo go version go{version} linux/amd64")

    assert golang.installed() == own


@pytest.mark.parametrize("version", ["1.9.7", "1.26.6"])
def test_go_that_is_too_old(path: Programs, version: str) -> None:
    """Versions are compared as numbers, and an older one is not used."""
    path.write("go", f"echo go version go{version} linux/amd64")

    assert golang.installed() is None


def test_go_that_does_not_run(path: Programs) -> None:
    """It counts as none."""
    path.write("go", "echo 'go: cannot find GOROOT directory' >&2; exit 2")

    assert golang.installed() is None


def test_machine_without_go(path: Programs) -> None:
    """None is found."""
    assert golang.installed() is None
