"""Which commands bring a module's lock file up to date and install it."""

import subprocess
import sys
from pathlib import Path

import pytest

from local.engine.python_sdk.runtime import packages
from tests.local.programs import Programs

COMPILE = "uv pip compile -q --universal -o requirements.lock pyproject.toml sdk/pyproject.toml"
PREPARE = "uv pip install --no-deps -r requirements.lock"
INSTALL = "uv pip install -e ./sdk -e ."
LOCKED = f"{INSTALL} --no-deps -r requirements.lock"


@pytest.mark.parametrize(
    ("files", "prepares", "updates", "installs"),
    [
        (["requirements.lock"], [PREPARE], [COMPILE], [LOCKED, "uv pip check"]),
        (["uv.lock"], [], ["uv lock"], ["uv sync --no-dev"]),
        (["uv.lock", "requirements.lock"], [], ["uv lock"], ["uv sync --no-dev"]),
        ([], [], [], [INSTALL, "uv pip check"]),
    ],
    ids=["requirements.lock", "uv.lock", "both", "no lock file"],
)
def test_commands(
    tmp_path: Path, files: list[str], prepares: list[str], updates: list[str], installs: list[str]
) -> None:
    """Those of the official runtime, in its order, after what is locked."""
    for name in files:
        (tmp_path / name).touch()

    assert [" ".join(words) for words in packages.prepares(tmp_path)] == prepares
    assert [" ".join(words) for words in packages.updates(tmp_path)] == updates
    assert [" ".join(words) for words in packages.installs(tmp_path)] == installs


@pytest.fixture
def module(tmp_path: Path) -> Path:
    """A module's folder with a lock file."""
    folder = tmp_path / "module"
    folder.mkdir()
    (folder / "requirements.lock").touch()
    (folder / "main.py").touch()
    return folder


def call(step: str, module: Path) -> subprocess.CompletedProcess[str]:
    """Runs one step in a module's folder."""
    return subprocess.run(
        [sys.executable, packages.__file__, step],
        cwd=module,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_module_that_is_installed(module: Path, programs: Programs) -> None:
    """It is compiled where it lies, so that no call has to."""
    programs.write("uv", "exit 0")

    assert call("install", module).returncode == 0
    assert list(module.glob("__pycache__/main.*.pyc"))


@pytest.mark.parametrize("step", ["prepare", "update", "install"])
def test_command_that_fails(step: str, module: Path, programs: Programs) -> None:
    """The step ends with its status, and nothing is compiled."""
    programs.write("uv", "echo 'Hash mismatch' >&2; exit 3")

    ended = call(step, module)

    assert (ended.returncode, ended.stderr) == (3, "Hash mismatch\n")
    assert not list(module.glob("__pycache__"))
