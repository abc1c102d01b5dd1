"""Which of a module's files say what is installed."""

import subprocess
from pathlib import Path

import pytest

from local.python_sdk.runtime import install
from tests.local.programs import Programs

PROJECT = '[project]\nname = "shop"\ndependencies = ["dagger-io", "dagger_io>=0.21", "pyyaml>=6"]\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A module's folder, empty."""
    module = tmp_path / "module"
    module.mkdir()
    return module


@pytest.fixture
def calls(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What uv was called with, a line each."""
    file = programs.folder / "calls"
    file.touch()
    monkeypatch.setattr(install, "UV", str(programs.write("uv", f'echo "$*" >>{file}')))
    return file


def test_requirements_lock_wins(folder: Path, calls: Path) -> None:
    """Nothing else is looked at."""
    (folder / "requirements.lock").write_text("pyyaml==6.0.3\n")
    (folder / "uv.lock").touch()
    (folder / "pyproject.toml").write_text(PROJECT)

    install.main(folder)

    wanted = f"pip install --quiet --requirement {folder}/requirements.lock"
    assert calls.read_text().splitlines() == [wanted]


def test_uv_lock_comes_next(folder: Path, calls: Path) -> None:
    """It is exported as it is, without the module and without dagger-io, and that is installed."""
    (folder / "uv.lock").touch()
    (folder / "pyproject.toml").write_text(PROJECT)

    install.main(folder)

    export, installed = calls.read_text().splitlines()
    assert export.startswith("export --quiet --frozen --no-dev --no-emit-project ")
    assert f"--no-emit-package dagger-io --project {folder} -o {folder}/exported.txt" in export
    assert installed == f"pip install --quiet --requirement {folder}/exported.txt"


def test_dependencies_where_nothing_is_locked(folder: Path, calls: Path) -> None:
    """What pyproject.toml asks for is installed, but for dagger-io, which is there."""
    (folder / "pyproject.toml").write_text(PROJECT)

    install.main(folder)

    assert calls.read_text().splitlines() == ["pip install --quiet pyyaml>=6"]


@pytest.mark.parametrize(
    "project", ['[project]\nname = "shop"\ndependencies = ["dagger-io"]\n', "[tool.black]\n", None]
)
def test_module_that_depends_on_nothing(folder: Path, calls: Path, project: str | None) -> None:
    """uv is not called."""
    if project is not None:
        (folder / "pyproject.toml").write_text(project)

    install.main(folder)

    assert calls.read_text() == ""


def test_lock_that_cannot_be_installed(
    folder: Path, programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The failure ends the installation."""
    (folder / "requirements.lock").touch()
    monkeypatch.setattr(install, "UV", str(programs.write("uv", "exit 2")))

    with pytest.raises(subprocess.CalledProcessError):
        install.main(folder)
