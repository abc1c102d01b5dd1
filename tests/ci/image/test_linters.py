"""What the program says that runs the linters where the sources are."""

import json
from pathlib import Path

import pytest

from ci.image import linters
from ci.image.linters import LINTERS, STOPPED, findings, main, put_empty
from ci.run.steps import was_stopped, was_too_slow

MUTE = "import os; os._exit(3)"
TIDY = '"""Tidy."""\n\nimport os\n\nprint(os.name)\n'


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (TIDY, set()),
        (TIDY.replace("\nprint(os.name)\n", ""), {"flake8"}),
        (TIDY.replace('"', "'"), {"black"}),
        ('"""Untidy."""\n\nimport sys\nimport os\nx = {1 :2}', {"black", "flake8", "isort"}),
    ],
    ids=["tidy", "unused", "unformatted", "all three"],
)
def test_file(tmp_path: Path, content: str, found: set[str]) -> None:
    """Each linter that has something against it is named with what it printed."""
    (tmp_path / "file.py").write_text(content)

    said = findings(tmp_path, 60)

    assert {*said} == found
    assert all("file.py" in text for text in said.values())


@pytest.mark.parametrize("name", ["flake8/__main__.py", "black.py", "token.py", "isort.py"])
def test_modules_by_the_names_of_what_linters_import(tmp_path: Path, name: str) -> None:
    """None of them is run in the linter's place."""
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("import sys\nsys.exit(0)\n")

    assert {*findings(tmp_path, 60)} == {"black", "isort"}


def test_file_in_another_encoding(tmp_path: Path) -> None:
    """What a linter prints of it is shown, as far as it is text."""
    (tmp_path / "file.py").write_bytes(b'"""Tidy."""\n\nNAME = "caf\xe9"\n')

    assert "black" in findings(tmp_path, 60)


def test_linter_that_takes_too_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is ended and named, by a code of which no engine keeps the result."""
    hangs = ["timeit", "-n1", "-r1", "-s", "import time", "time.sleep(60)"]
    monkeypatch.setitem(LINTERS, "flake8", hangs)
    monkeypatch.chdir(tmp_path)

    assert was_stopped(main("0.5"))
    printed = capsys.readouterr().out
    assert printed.startswith("timeit took too long.") and was_too_slow(printed)


def test_linter_that_fails_without_a_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has not found the folder clean."""
    monkeypatch.setattr(linters, "LINTERS", {"mute": ["timeit", "-n1", "-r1", "-s", MUTE]})

    assert findings(tmp_path, 60) == {"mute": "mute exits with 3.\n"}


def test_modules_that_are_elsewhere(tmp_path: Path) -> None:
    """They are there with nothing in them, and what is there already stays as it is."""
    (tmp_path / "setup.py").write_text("kept")
    (tmp_path / "types.pyi").write_text("kept")
    (tmp_path / "gone.py").symlink_to("nowhere/gone.py")

    put_empty(tmp_path, ["local", "src/shop", "conftest.py", "setup.py", "types.pyi", "gone.py"])

    (tmp_path / "gone.py").unlink()
    (tmp_path / "types.pyi").unlink()
    made = {str(each.relative_to(tmp_path)): each.read_text() for each in tmp_path.rglob("*.py*")}
    empty = ("local/__init__.py", "src/shop/__init__.py", "conftest.py")
    assert made == {"setup.py": "kept", **dict.fromkeys(empty, "")}


def test_clean_folder_as_a_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It prints that nothing was found, and ends well."""
    monkeypatch.chdir(tmp_path)

    assert main("60", "local") == 0
    assert json.loads(capsys.readouterr().out) == {}
    assert STOPPED != 0
