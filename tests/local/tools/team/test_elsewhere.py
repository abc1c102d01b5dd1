"""Where built tools come from, and what becomes of one that cannot be used."""

import os
import shutil
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from local.host.errors import LocalError
from local.tools import checksums, wheels
from local.tools.catalogue import Tool
from local.tools.checksums import Sums
from local.tools.team import wheel
from local.tools.team.elsewhere import VARIABLE, Place, place, take


class Quiet(SimpleHTTPRequestHandler):
    """A folder, without a line for each request."""

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def folder(built: Tool, wanted: list[Sums], tmp_path: Path) -> Path:
    """A folder with the wheel of a tool, which is in the cache no more."""
    made = tmp_path / "wheels"
    made.mkdir()
    wheel.write(built, made)
    shutil.rmtree(built.home)
    return made


@pytest.fixture
def address(folder: Path) -> Iterator[str]:
    """The address of that folder, on a web server."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture
def pip(monkeypatch: pytest.MonkeyPatch, logs: Path) -> None:
    """The pip of the tests' own environment, without what this machine says to pip."""
    monkeypatch.setattr(wheels, "pip", lambda _: (sys.executable, "-m", "pip"))
    for name in os.environ:
        if name.startswith("PIP_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)


def told_of(tool: Tool, where: Place) -> str:
    """What is told while a tool is taken from a place."""
    told: list[str] = []
    take(tool, where, told.append, lambda _: None)
    return "\n".join(told)


def there(folder: Path) -> Place:
    found = place({VARIABLE: str(folder)})
    assert found
    return found


def test_no_place() -> None:
    """Nothing is taken from anywhere."""
    assert place({}) is None
    assert place({VARIABLE: ""}) is None


@pytest.mark.parametrize("value", ["/no/such/folder", "pipp", "ftp://example.com/tools"])
def test_place_that_cannot_be(value: str) -> None:
    """The sentence says what may be named: with a typing error compilers would run for an hour."""
    with pytest.raises(LocalError, match=f"^{VARIABLE}={value} is no folder, no http"):
        place({VARIABLE: value})


def test_credentials_of_an_address() -> None:
    """They are in nothing that is said, and nobody else is asked."""
    found = place({VARIABLE: "https://jane:secret@example.com/simple"})

    assert found and found.said == "https://example.com/simple"
    assert dict(found.settings)["PIP_INDEX_URL"] == "https://jane:secret@example.com/simple"
    assert dict(found.settings)["PIP_EXTRA_INDEX_URL"] == ""
    assert "PIP_TRUSTED_HOST" not in dict(found.settings)


def test_tool_in_a_folder(tool: Tool, folder: Path, cache: Path) -> None:
    """It is in the cache, nothing is said of it, and nothing else is left."""
    assert told_of(tool, there(folder)) == ""

    assert tool.built
    assert os.access(tool.program("hammer"), os.X_OK)
    assert list((cache / "work").iterdir()) == []


def test_tool_that_is_built_already(built: Tool, wanted: list[Sums], tmp_path: Path) -> None:
    """It stays as it is, and the place is not looked at."""
    assert told_of(built, there(tmp_path)) == ""


def test_tool_that_is_not_there(tool: Tool, folder: Path, cache: Path) -> None:
    """The line says that it is built from source, and why."""
    (folder / wheel.file_name(tool)).unlink()

    said = told_of(tool, there(folder))

    assert not tool.built
    assert said == (
        f"hammer v1.0.0 is built from source, because {wheel.file_name(tool)} in {folder} "
        "is not there."
    )


@pytest.mark.parametrize(
    ("content", "why"), [(b"", "is not a whole wheel"), (b"PK\x03\x04half", "is not a whole wheel")]
)
def test_tool_that_is_half_there(
    tool: Tool, folder: Path, cache: Path, content: bytes, why: str
) -> None:
    """So it is here, and nothing half done is taken for it."""
    (folder / wheel.file_name(tool)).write_bytes(content)

    assert why in told_of(tool, there(folder))
    assert not tool.built
    assert list((cache / "work").iterdir()) == []


def test_tool_that_the_repository_does_not_know(
    tool: Tool, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not used: nobody could say that it is what it should be."""
    monkeypatch.setattr(checksums, "named", lambda _: {})

    assert "the repository has no checksums of it" in told_of(tool, there(folder))
    assert not tool.built


def test_tool_of_other_bytes(tool: Tool, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not used either."""
    other = {"go1.26.8": {"hammer": "1" * 64, "nail": "2" * 64}}
    monkeypatch.setattr(checksums, "named", lambda _: other)

    said = told_of(tool, there(folder))

    assert "has another hammer and nail than the repository's checksums name" in said
    assert not tool.built


def test_tool_on_a_web_server(tool: Tool, address: str, pip: None) -> None:
    """A folder there does, without being an index."""
    found = place({VARIABLE: address})

    assert found
    assert told_of(tool, found) == ""
    assert tool.built


def test_tool_in_an_index(tool: Tool, folder: Path, address: str, pip: None) -> None:
    """So does a package index, which has a page for each name."""
    page = folder / "simple" / wheel.project(tool)
    page.mkdir(parents=True)
    (folder / wheel.file_name(tool)).rename(page / wheel.file_name(tool))
    found = place({VARIABLE: f"{address}simple/"})

    assert found
    assert told_of(tool, found) == ""
    assert tool.built


def test_tool_in_what_pip_is_configured_for(
    tool: Tool, folder: Path, pip: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the word `pip`, its own configuration counts."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    found = place({VARIABLE: "pip"})

    assert found
    assert told_of(tool, found) == ""
    assert tool.built


def test_tool_that_a_web_server_does_not_have(
    tool: Tool, folder: Path, address: str, pip: None
) -> None:
    """The line says what pip said, and where it said more."""
    (folder / wheel.file_name(tool)).unlink()
    found = place({VARIABLE: address})

    assert found
    assert "is not to be had: No matching distribution found for" in told_of(tool, found)
    assert not tool.built


def test_tool_on_a_web_server_that_is_down(tool: Tool, wanted: list[Sums], pip: None) -> None:
    """The line says that nobody answers."""
    shutil.rmtree(tool.home)
    found = place({VARIABLE: "http://127.0.0.1:9/"})

    assert found
    assert "is not to be had: nobody answers there" in told_of(tool, found)
    assert not tool.built
