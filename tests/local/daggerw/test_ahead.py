"""What a call begins with, while the rest of the stack is made."""

import multiprocessing
import time

import pytest

from local.daggerw import ahead
from local.host.process import Process
from local.tools.catalogue import DAGGER, Tool
from tests.local.programs import Programs


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (["call", "deploy", "--env", "stage"], ["call test", "call build sync", "call lint"]),
        (
            ["-v", "call", "--git-dir=/git", "deploy", "--env=stage"],
            [
                "-v call --git-dir=/git test",
                "-v call --git-dir=/git build sync",
                "-v call --git-dir=/git lint",
            ],
        ),
        (["call", "scan"], ["call build sync"]),
        (["call", "publish", "--registry", "deploy"], ["call build sync"]),
        (["call", "status"], []),
        (["call", "lint"], []),
        (["check", "lint"], []),
        (["shell", "deploy"], []),
        (["functions"], []),
        ([], []),
    ],
)
def test_calls(arguments: list[str], wanted: list[str]) -> None:
    """Whatever stands before the verb counts for them too, and nothing of what follows it."""
    assert list(map(" ".join, ahead.calls(arguments))) == wanted


@pytest.fixture
def dagger(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """Writes down what it is called for and who it is; `call lint` goes on for a minute."""
    monkeypatch.setattr(Tool, "home", programs.folder)
    monkeypatch.setattr(ahead, "LOG", programs.folder / "log")
    programs.write(
        "dagger",
        f'echo "$$ $*" >>{programs.folder}/calls; echo said; [ "$2" != lint ] || exec sleep 60',
    )
    assert DAGGER.program("dagger").exists()
    return programs


def called(dagger: Programs, times: int) -> list[str]:
    """What it was called for, once it was called that often."""
    file = dagger.folder / "calls"
    until = time.monotonic() + 20
    while not (file.exists() and file.read_text().count("\n") >= times):
        assert time.monotonic() < until
        time.sleep(0.05)
    return file.read_text().splitlines()


def test_calls_are_made(dagger: Programs, capfd: pytest.CaptureFixture[str]) -> None:
    """One after the other, nobody waits for them, and what they print goes to a log."""
    begun = ahead.begin([["call", "test"], ["call", "build", "sync"]])

    lines = called(dagger, 2)
    begun.wait(timeout=20)
    assert [line.partition(" ")[2] for line in lines] == ["call test", "call build sync"]
    assert "said" in (dagger.folder / "log").read_text()
    assert capfd.readouterr() == ("", "")


def begin_and_stay(calls: list[list[str]]) -> None:
    ahead.begin(calls).wait()


def test_process_that_ends_before_its_calls(dagger: Programs) -> None:
    """They end with it, so that an interrupted set-up leaves none behind."""
    fork = multiprocessing.get_context("fork")
    caller = fork.Process(target=begin_and_stay, args=[[["call", "lint"], ["call", "test"]]])
    caller.start()
    [line] = called(dagger, 1)
    going_on = Process.of(int(line.split()[0]))
    assert going_on and going_on.alive()

    caller.kill()
    caller.join()

    until = time.monotonic() + 20
    while going_on.alive():
        assert time.monotonic() < until
        time.sleep(0.05)
    assert len(called(dagger, 1)) == 1
