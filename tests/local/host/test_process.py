"""Processes that run, that are gone, and that have the id of another."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local.host.process import Process, first_child

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts programs, and ends them and theirs after the test."""
    started: list[subprocess.Popen[str]] = []

    def start_program(*words: str) -> subprocess.Popen[str]:
        program = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, start_new_session=True)
        started.append(program)
        return program

    yield start_program
    for program in started:
        os.killpg(program.pid, signal.SIGKILL)
        program.communicate()


def process_of(pid: int) -> Process:
    found = Process.of(pid)
    assert found
    return found


def test_running_process_is_alive() -> None:
    """This one is."""
    assert process_of(os.getpid()).alive()


def test_saved_process_is_loaded(tmp_path: Path) -> None:
    """What was written is what is read, while the process runs."""
    mine = process_of(os.getpid())

    mine.save(tmp_path / "pid")

    assert Process.load(tmp_path / "pid") == mine


def test_reused_id_is_another_process(tmp_path: Path) -> None:
    """The same id with another start time is not alive, and is not loaded."""
    mine = process_of(os.getpid())
    earlier = Process(mine.pid, mine.started - 1)
    earlier.save(tmp_path / "pid")

    assert not earlier.alive()
    assert Process.load(tmp_path / "pid") is None


@pytest.mark.parametrize("content", ["", "12", "twelve 12", "1 2 3", None])
def test_file_that_names_no_process(tmp_path: Path, content: str | None) -> None:
    """A file that is missing or half written names none."""
    if content is not None:
        (tmp_path / "pid").write_text(content)

    assert Process.load(tmp_path / "pid") is None


def test_process_that_ended_is_not_alive(start: Start) -> None:
    """Not even while its parent has yet to ask for its exit code."""
    program = start("sleep", "60")
    process = process_of(program.pid)

    program.kill()
    os.waitid(os.P_PID, program.pid, os.WEXITED | os.WNOWAIT)

    assert not process.alive()


def test_name_with_spaces_and_brackets(start: Start, tmp_path: Path) -> None:
    """A program's name cannot be taken for its state."""
    odd = tmp_path / "a) Z (b"
    odd.symlink_to("/bin/sleep")

    assert process_of(start(str(odd), "60").pid).alive()


def test_stopped_process_is_gone(start: Start) -> None:
    """It is asked to end, and does."""
    process = process_of(start("sleep", "60").pid)

    assert process.stop()
    assert not process.alive()
    assert process.stop()


def test_process_that_ignores_the_signal(start: Start) -> None:
    """It is told that it still runs, and no signal but that one was sent."""
    program = start("sh", "-c", "trap '' TERM; echo ready; while true; do sleep 0.1; done")
    assert program.stdout and program.stdout.readline() == "ready\n"
    process = process_of(program.pid)

    assert not process.stop(wait=0.3)
    assert process.stop(signal.SIGKILL)


def test_first_child(start: Start) -> None:
    """The program that another one started is found."""
    outer = start("sh", "-c", "sleep 60 & echo $!; wait")
    assert outer.stdout

    assert first_child(outer.pid).pid == int(outer.stdout.readline())


def test_process_that_ended_without_a_child(start: Start) -> None:
    """It is not waited for."""
    program = start("true")
    os.waitid(os.P_PID, program.pid, os.WEXITED | os.WNOWAIT)
    begun = time.monotonic()

    with pytest.raises(ProcessLookupError):
        first_child(program.pid, wait=30)

    assert time.monotonic() - begun < 15


def test_process_without_a_child(start: Start) -> None:
    """It is waited for, but not forever."""
    program = start("sleep", "60")

    with pytest.raises(ProcessLookupError, match=f"process {program.pid} started no child"):
        first_child(program.pid, wait=0.05)


def test_first_process_of_a_namespace_that_is_ending(start: Start, tmp_path: Path) -> None:
    """It stays, where it cannot be entered, until its last guest is gone: that is waited for."""
    spaces = ("--user", "--pid")
    outer = start("unshare", *spaces, "--map-root-user", "--fork", "sleep", "60")
    init = first_child(outer.pid)
    init.save(tmp_path / "pid")
    host = start(
        *("nsenter", "--target", str(init.pid), *spaces, "--preserve-credentials", "--no-fork"),
        *("sh", "-c", "sleep 60 & echo $!; exec sleep 60"),
    )
    assert host.stdout and host.stdout.readline()
    while Path(f"/proc/{host.pid}/comm").read_text() != "sleep\n":
        time.sleep(0.01)  # Until then it is a shell, which would bury its child.
    assert not init.ending() and Process.load(tmp_path / "pid") == init

    os.kill(init.pid, signal.SIGKILL)
    while init.alive() and not init.ending():
        time.sleep(0.01)
    assert init.ending()
    threading.Timer(0.2, host.kill).start()

    assert Process.load(tmp_path / "pid") is None
    assert not init.alive()
