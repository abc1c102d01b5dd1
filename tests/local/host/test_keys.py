"""What changes a key of the cache, and what does not."""

from pathlib import Path

import pytest

from local.host.keys import digest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two files."""
    root = tmp_path / "sources"
    (root / "inner").mkdir(parents=True)
    (root / "go.mod").write_text("module one")
    (root / "inner" / "main.go").write_text("package main")
    return root


def test_same_content_elsewhere(folder: Path, tmp_path: Path) -> None:
    """Another clone's folder has the same key: where it lies does not count."""
    clone = tmp_path / "clone" / "sources"
    clone.parent.mkdir()
    before = digest(folder)
    folder.rename(clone)

    assert digest(clone) == before


def test_other_content(folder: Path) -> None:
    """A changed file changes the key."""
    before = digest(folder)
    (folder / "inner" / "main.go").write_text("package other")

    assert digest(folder) != before


def test_other_name(folder: Path) -> None:
    """The same content under another name has another key."""
    before = digest(folder)
    (folder / "go.mod").rename(folder / "go.sum")

    assert digest(folder) != before


def test_content_that_moved_between_files(folder: Path) -> None:
    """Where one file ends and the next begins counts."""
    before = digest(folder)
    (folder / "go.mod").write_text("module onepackage main")
    (folder / "inner" / "main.go").write_text("")

    assert digest(folder) != before


@pytest.mark.parametrize(
    ("one", "other"), [(("ab", "c"), ("a", "bc")), (("a",), ("a", "")), (("a", "b"), ("b", "a"))]
)
def test_texts_are_kept_apart(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    """Two lists of texts have one key only when they are equal."""
    assert digest(*one) != digest(*other)


def test_key_fits_in_a_name() -> None:
    """Twelve hexadecimal digits."""
    key = digest("anything")

    assert len(key) == 12
    assert int(key, 16) >= 0
