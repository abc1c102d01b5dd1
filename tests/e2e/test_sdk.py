"""The Python SDK: the stack's runs other modules, the official one keeps what is locked."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from local.engine.python_sdk.runtime import packages
from local.host.paths import REPOSITORY
from local.tools.catalogue import DAGGER, DAGGER_SOURCE
from tests.e2e.conftest import Result, call_in, run

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("stack")]

GREETER = Path(__file__).parent / "greeter"


class TestModuleWithADependencyAnEnumAndAConstructor:
    def test_runs(self) -> None:
        """The locked dependency is installed, and constructor and enum take their arguments."""
        greeted = call_in("--name", "you", "greet", "--tone", "LOUD", "--times", "3", cwd=GREETER)
        assert greeted.stdout.strip() == "HELLO YOU, THREE TIMES", greeted.error

    def test_has_defaults(self) -> None:
        """Arguments that are not given have the defaults of the Python code."""
        greeted = call_in("greet", cwd=GREETER)
        assert greeted.stdout.strip() == "hello world, one times", greeted.error

    def test_refuses_what_the_enum_does_not_name(self) -> None:
        """A value that the enum does not have is refused with those it has."""
        refused = call_in("greet", "--tone", "shrill", cwd=GREETER)
        assert refused.code != 0
        assert "LOUD" in refused.error or "loud" in refused.error


class TestDevelop:
    def test_leaves_a_clean_tree(self, checkout: Path) -> None:
        """What it writes is committed as it writes it, or ignored."""
        before = status(checkout)
        developed = run(DAGGER.program("dagger"), "--progress=plain", "develop", cwd=checkout)
        assert developed.code == 0, developed.error
        assert (checkout / "ci" / "sdk" / "pyproject.toml").is_file()
        assert status(checkout) == before


class TestOfficialRuntime:
    """Its own commands, in a copy of the module, with the uv that it carries."""

    @pytest.fixture
    def module(self, tmp_path: Path) -> Path:
        """The module as the runtime has it, with the SDK beside it."""
        copy = tmp_path / "ci"
        shutil.copytree(REPOSITORY / "ci", copy, ignore=shutil.ignore_patterns("sdk"))
        shutil.copytree(DAGGER_SOURCE.home / "sdk" / "python", copy / "sdk")
        return copy

    @pytest.fixture
    def environment(self, tmp_path: Path) -> dict[str, str]:
        """An environment of its own to install into, and uv on PATH."""
        venv = tmp_path / "venv"
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
        lock = REPOSITORY / "ci" / "uv.txt"
        installed = run(venv / "bin" / "pip", "install", "--quiet", "--require-hashes", "-r", lock)
        assert installed.code == 0, installed.printed
        return {"VIRTUAL_ENV": str(venv), "UV_NATIVE_TLS": "1", "UV_LINK_MODE": "copy"}

    def test_keeps_the_lock_file_as_it_is(self, module: Path, environment: dict[str, str]) -> None:
        """Every version with every hash, and what they name is what gets installed."""
        locked = (module / "requirements.lock").read_text()
        assert ended(packages.updates(module), module, environment) == []
        assert (module / "requirements.lock").read_text() == locked
        assert ended(packages.installs(module), module, environment) == []

    def test_refuses_a_package_with_another_hash(
        self, module: Path, environment: dict[str, str]
    ) -> None:
        """Compiling keeps what the lock file says, and installing holds the package against it."""
        lock = module / "requirements.lock"
        before, package, after = re.split(r"(?m)(^pyyaml==.*\n(?: .*\n)*)", lock.read_text())
        lock.write_text(before + re.sub("sha256:.{8}", "sha256:00000000", package) + after)
        assert ended(packages.updates(module), module, environment) == []
        [refused] = ended(packages.installs(module)[:1], module, environment)
        assert "Hash mismatch for `pyyaml==" in refused.printed


def ended(commands: list[list[str]], module: Path, env: dict[str, str]) -> list[Result]:
    """Runs commands of the runtime in a module's folder; those that failed."""
    uv = Path(env["VIRTUAL_ENV"], "bin", "uv")
    done = [run(uv, *words[1:], cwd=module, env=env) for words in commands]
    return [result for result in done if result.code]


def status(checkout: Path) -> str:
    """What git says differs in a checkout."""
    return run("git", "status", "--porcelain", cwd=checkout).stdout
