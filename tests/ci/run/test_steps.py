"""Steps: timed, and side by side."""

import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import anyio
import pytest

import ci
from ci.run.errors import (
    CiError,
    Held,
    KubeconfigError,
    NothingChanged,
    QualityError,
    TookTooLong,
)
from ci.run.steps import LIMITS, Steps, in_time, limited, side_by_side, was_stopped, was_too_slow


def test_step_that_fails() -> None:
    """It is timed as well."""
    steps = Steps()

    async def run() -> None:
        with steps.step("lint"):
            pass
        with pytest.raises(ValueError, match="no"), steps.step("test"):
            raise ValueError("no")

    anyio.run(run)
    assert list(steps.seconds) == ["lint", "test"]
    assert 0 <= steps.seconds["lint"] <= steps.total


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps called push may take next to nothing."""
    monkeypatch.setitem(LIMITS, "push", timedelta(seconds=0.02))


def test_step_that_hangs(short: None) -> None:
    """It is ended at its limit, named with it, and timed."""
    steps = Steps()

    async def run() -> None:
        with steps.step("push"):
            await anyio.sleep(60)

    with pytest.raises(TookTooLong, match="Step push was ended after .*, its limit"):
        anyio.run(run)
    assert 0.02 <= steps.seconds["push"] < 60


def test_step_that_hangs_beside_another(short: None) -> None:
    """The other comes to its end."""
    steps, done = Steps(), []

    async def hangs() -> None:
        with steps.step("push"):
            await anyio.sleep(60)

    async def works() -> None:
        with steps.step("scan"):
            await anyio.sleep(0.05)
            done.append("scan")

    with pytest.raises(TookTooLong):
        anyio.run(side_by_side, hangs, works)
    assert done == ["scan"]


def test_step_that_is_ended_by_another_limit() -> None:
    """Only its own limit is told of as its own."""

    async def run() -> None:
        with anyio.fail_after(0.02), limited("push"):
            await anyio.sleep(60)

    with pytest.raises(TimeoutError):
        anyio.run(run)


def steps_of_a_run() -> set[str]:
    """The names that the pipeline gives its steps."""
    folder = Path(ci.__file__).parent
    named = re.compile(r'step\("([^"]+)"\)')
    return {name for file in folder.rglob("*.py") for name in named.findall(file.read_text())}


def test_step_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its parts are summed, in the place of the first."""
    monkeypatch.setattr("ci.run.steps.monotonic", iter([0, 1, 3, 3, 4, 4, 8]).__next__)
    steps = Steps()
    for name in ("before rollout", "rollout", "before rollout"):
        with steps.step(name):
            pass
    assert list(steps.seconds.items()) == [("before rollout", 6), ("rollout", 1)]


def test_every_step_has_a_limit() -> None:
    """Those that --timeout, --bake and the time for a restore bound have one of their own."""
    assert steps_of_a_run() >= {"lint", "test", "build", "scan", "push", "rollout"}
    own = {"bake", "before bake", "before rollout", "canary", "rollout", "restore"}
    assert steps_of_a_run() - own <= set(LIMITS)


def test_every_check_has_a_limit() -> None:
    """Each is a step by itself."""
    assert {"lint", "test", "build", "scan", "publish", "manifests", "infra"} <= set(LIMITS)


@pytest.mark.parametrize(
    ("script", "stopped", "printed"),
    [
        ("echo found; exit 3", False, "found"),
        ("echo well", False, "well"),
        ("echo at work; sleep 60", True, "at work"),
    ],
)
def test_command_in_time(script: str, stopped: bool, printed: str) -> None:
    """What ends keeps its exit code; what does not is stopped, with what it printed."""
    command = in_time(["sh", "-c", script], timedelta(seconds=1 if stopped else 60))
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert was_stopped(done.returncode) == was_too_slow(done.stderr) == stopped
    assert done.stdout.strip() == printed
    if not stopped:
        assert done.returncode == (3 if "3" in script else 0)


def test_command_that_is_killed() -> None:
    """It did not end by itself, and had time left."""
    command = in_time(["sh", "-c", "kill -9 $$"], timedelta(seconds=60))
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert was_stopped(done.returncode)
    assert not was_too_slow(done.stderr)


def test_interrupted_test_says_where_it_was(tmp_path: Path) -> None:
    """pytest prints the line at which a test hangs."""
    (tmp_path / "test_it.py").write_text("import time\ndef test_hangs():\n    time.sleep(60)\n")
    pytest_ = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--quiet", str(tmp_path)]
    command = in_time(pytest_, timedelta(seconds=3))
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert was_stopped(done.returncode)
    assert "test_it.py:3: KeyboardInterrupt" in done.stdout


def test_all_succeed() -> None:
    """Each has run."""
    done: list[int] = []

    async def task() -> None:
        done.append(1)

    anyio.run(side_by_side, task, task)
    assert done == [1, 1]


def test_two_of_three_fail() -> None:
    """All come to their end, and both failures are told, in the order they were given."""
    done: list[str] = []

    async def slow() -> None:
        await anyio.sleep(0.02)
        raise QualityError("Lint fails.", "a.py:1")

    async def quick() -> None:
        raise QualityError("A test fails.")

    async def good() -> None:
        await anyio.sleep(0.04)
        done.append("good")

    with pytest.raises(CiError) as raised:
        anyio.run(side_by_side, slow, quick, good)
    assert str(raised.value) == "a.py:1\n\nLint fails.\nA test fails."
    assert done == ["good"]


@pytest.mark.parametrize(
    "failure", [KubeconfigError("Expired."), Held("Held."), NothingChanged("")]
)
def test_environment_that_cannot_be_released_to(failure: CiError) -> None:
    """It ends the others at once."""

    async def refused() -> None:
        raise failure

    async def long() -> None:
        await anyio.sleep(60)

    with pytest.raises(type(failure)):
        anyio.run(side_by_side, long, refused)
