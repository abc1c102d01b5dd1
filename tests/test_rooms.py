"""The folders of the program: how many files are in one, and which way they import."""

from collections import Counter
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

REPOSITORY = Path(__file__).parents[1]
MOST = 12


@pytest.mark.parametrize("root", ["ci/src", "local"])
def test_files_in_a_folder(root: str) -> None:
    """They are a screenful, which shows where a change has its room."""
    found = (REPOSITORY / root).rglob("*")
    files = Counter(file.parent for file in found if file.suffix in (".py", ".sh"))
    assert files
    assert {str(folder): count for folder, count in files.items() if count > MOST} == {}


def test_contracts_of_imports(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Every one in `pyproject.toml` is kept."""
    monkeypatch.chdir(REPOSITORY)
    status = lint_imports(no_cache=True, no_logo=True)
    assert status == EXIT_STATUS_SUCCESS, capfd.readouterr().out
