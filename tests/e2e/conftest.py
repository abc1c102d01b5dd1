"""The stack and the command line that end-to-end tests use; nothing in between is replaced."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from local.host.paths import KUBECONFIG, REPOSITORY
from local.tools.catalogue import DAGGER, KUBERNETES
from tests.e2e.as_left import held

LIMIT_SECONDS = 600
SETTLES = {"deploy", "promote", "rollback"}
QUICKLY = ("--settle", "2s")
"""For each release that is about something else than whether its pods stay ready."""
VERDICT = "seconds from apply to verdict"
"""Marks the lines that are shown when all tests are done."""


@dataclass(frozen=True)
class Result:
    """What a program did."""

    code: int
    stdout: str
    stderr: str
    seconds: float

    @property
    def printed(self) -> str:
        """Everything it printed."""
        return self.stdout + self.stderr

    @property
    def error(self) -> str:
        """What it says at the end of why it failed."""
        return self.stderr[self.stderr.rfind("\nError:") + 1 :]


def run(*words: str | Path, cwd: Path = REPOSITORY, env: dict[str, str] | None = None) -> Result:
    """Runs a program to its end, within a limit of time."""
    begun = time.monotonic()
    done = subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        env={**os.environ, "DAGGER_NO_NAG": "1", "NO_COLOR": "1", **(env or {})},
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    return Result(done.returncode, done.stdout, done.stderr, time.monotonic() - begun)


def plain(printed: str) -> str:
    """What a terminal would show, without its colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", printed)


def call_in(
    *arguments: str | Path, cwd: Path = REPOSITORY, shown: Sequence[str] = ("--progress=plain",)
) -> Result:
    """Runs `dagger call`, in the repository or in another folder with a module."""
    quickly = QUICKLY if arguments[0] in SETTLES and "--settle" not in arguments else ()
    return run(DAGGER.program("dagger"), *shown, "call", *arguments, *quickly, cwd=cwd)


def local(*arguments: str) -> Result:
    """Runs a command of the laptop stack."""
    return run(sys.executable, "-m", "local", *arguments)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Shows how soon each broken release was told of."""
    passed = terminalreporter.getreports("passed")
    told = [line for each in passed for line in each.capstdout.splitlines() if VERDICT in line]
    if told:
        terminalreporter.section("broken releases")
        terminalreporter.write("\n".join([*dict.fromkeys(told), ""]))


@pytest.fixture(scope="session")
def stack() -> None:
    """The laptop stack, up."""
    brought_up = local("up")
    assert brought_up.code == 0, brought_up.printed


@pytest.fixture
def call(stack: None) -> Callable[..., Result]:
    """Runs `dagger call` with some arguments, in the repository or in `cwd`."""

    return call_in


@pytest.fixture
def kubectl(stack: None) -> Callable[..., Any]:
    """Asks the cluster for objects, as its administrator."""

    def kubectl(*arguments: str) -> Any:
        program = KUBERNETES.program("kubectl")
        as_json = [] if {"--raw", "delete"} & set(arguments) else ["-o", "json"]
        asked = run(program, "--kubeconfig", KUBECONFIG, *arguments, *as_json)
        assert asked.code == 0, asked.printed
        return None if "delete" in arguments else json.loads(asked.stdout)

    return kubectl


@pytest.fixture
def checkout(stack: None, tmp_path: Path) -> Path:
    """A copy of the repository, with its history and its defaults, to change things in."""
    copy = tmp_path / "checkout"
    ignored = shutil.ignore_patterns(".venv", "__pycache__", ".mypy_cache", ".pytest_cache")
    shutil.copytree(REPOSITORY, copy, ignore=ignored)
    return copy


@pytest.fixture(scope="session")
def published(stack: None) -> str:
    """The service's image, built and pushed, by digest."""
    result = call_in("publish")
    assert result.code == 0, result.error
    return result.stdout.strip()


@pytest.fixture(scope="session")
def left() -> dict[str, str]:
    """What the environment held when an image was last deployed to it for a test."""
    return {}


@pytest.fixture
def good(
    call: Callable[..., Result],
    kubectl: Callable[..., Any],
    published: str,
    left: dict[str, str],
) -> str:
    """The image of the environment's last good release, whatever commit was there before.

    It is deployed where the test before has left the environment in another state.
    """
    if left.get(published) != held(kubectl, "dev"):
        older = ("--allow-older", "the release that a test begins with")
        deployed = call("deploy", "--env", "dev", "--image", published, *older)
        assert deployed.code == 0, deployed.error
        left[published] = held(kubectl, "dev")
    return published


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder to build an image from."""
    made = tmp_path / "image"
    made.mkdir()
    return made
