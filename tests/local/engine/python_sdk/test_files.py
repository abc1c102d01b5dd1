"""What the engine gets for its built-in Python SDK, and what of it the official one has, too."""

import re
import tomllib
from pathlib import Path

import pytest

from local.engine import python_sdk
from local.host.paths import REPOSITORY

OFFICIAL_UV = "0.10.3"
"""Source: sdk/python/runtime/images/uv/Dockerfile of Dagger v0.21.8."""

RUNTIME = REPOSITORY / "local" / "engine" / "python_sdk" / "runtime"


class Library:
    """Dagger's source, in a folder of the test's own."""

    def __init__(self, home: Path) -> None:
        self.home = home


def test_what_the_engine_gets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The runtime, uv's lock file, and of the library what the official runtime takes."""
    monkeypatch.setattr(python_sdk, "DAGGER_SOURCE", Library(tmp_path))
    sdk = tmp_path / "sdk" / "python"
    for name in (
        "pyproject.toml",
        "src/dagger/py.typed",
        "codegen/a.py",
        "tests/b.py",
        "ruff.toml",
    ):
        (sdk / name).parent.mkdir(parents=True, exist_ok=True)
        (sdk / name).touch()

    packed = {name for name, file in python_sdk.files() if file.is_file()}

    assert packed == {
        *(f"runtime/{file.name}" for file in RUNTIME.iterdir() if file.is_file()),
        "runtime/uv.txt",
        *(f"runtime/sdk/{name}" for name in ("pyproject.toml", "src/dagger/py.typed")),
        "runtime/sdk/codegen/a.py",
    }


def test_image_is_the_one_that_the_module_asks_the_official_runtime_for() -> None:
    """The same Python on the same Debian, here and there."""
    [image] = re.findall(r'\.from\("(.*)"\)', (RUNTIME / "main.dang").read_text())
    module = tomllib.loads((REPOSITORY / "ci" / "pyproject.toml").read_text())
    assert image == module["tool"]["dagger"]["base-image"]


def test_uv_is_the_one_that_the_official_runtime_has() -> None:
    """A lock file that it writes here is written the same there."""
    assert (REPOSITORY / "ci" / "uv.in").read_text() == f"uv=={OFFICIAL_UV}\n"
    assert f"\nuv=={OFFICIAL_UV} " in (REPOSITORY / "ci" / "uv.txt").read_text()
