"""The run that brings up what nobody waits for."""

import time
from pathlib import Path

import pytest

from local.stack import background
from tests.local.programs import Programs

pytestmark = pytest.mark.filterwarnings("ignore:subprocess .* is still running:ResourceWarning")


@pytest.fixture
def calls(
    programs: Programs, run_folder: Path, logs: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """What was started, a line each; each runs until it is ended."""
    run_folder.mkdir()
    logs.mkdir()
    monkeypatch.setattr(background, "_PID_FILE", run_folder / "up.pid")
    monkeypatch.setattr(background, "LOG", logs / "up.log")
    file = programs.folder / "calls"
    file.touch()
    programs.write("nice", f'echo "$*" >>{file}; exec sleep 60')
    return file


def begun(calls: Path) -> list[str]:
    """The lines, once there is one."""
    until = time.monotonic() + 5
    while not calls.read_text() and time.monotonic() < until:
        time.sleep(0.01)
    return calls.read_text().splitlines()


def test_run_that_is_started(calls: Path) -> None:
    """It brings up everything, and yields to whatever else runs."""
    assert background.process() is None
    background.start()
    try:
        (line,) = begun(calls)
        assert line.startswith("-n 10 ") and line.endswith("-m local up")
        assert background.process()
    finally:
        background.stop()
    assert background.process() is None


def test_run_that_goes_on(calls: Path) -> None:
    """No second one is started beside it."""
    background.start()
    begun(calls)
    background.start()
    try:
        time.sleep(0.1)
        assert len(calls.read_text().splitlines()) == 1
    finally:
        background.stop()


def test_no_run_to_stop(calls: Path) -> None:
    """Nothing happens."""
    background.stop()

    assert calls.read_text() == ""
