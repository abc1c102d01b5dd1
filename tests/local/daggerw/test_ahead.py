"""What a call begins with, while the rest of the stack is made."""

import pytest

from local.daggerw import ahead
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
    """Writes down what it is called for, and fails at tests."""
    monkeypatch.setattr(Tool, "home", programs.folder)
    monkeypatch.setattr(ahead, "LOG", programs.folder / "log")
    programs.write(
        "dagger",
        f'echo "$*" >>{programs.folder}/calls; echo said; [ "$2" != test ]',
    )
    assert DAGGER.program("dagger").exists()
    return programs


def test_calls_are_made(dagger: Programs, capfd: pytest.CaptureFixture[str]) -> None:
    """One after the other, each is told of, and what they print goes to a log."""
    told: list[str] = []

    ahead.run([["call", "build", "sync"], ["call", "lint"]], told.append)

    assert (dagger.folder / "calls").read_text() == "call build sync\ncall lint\n"
    assert told == ["dagger call build sync", "dagger call lint"]
    assert "said" in (dagger.folder / "log").read_text()
    assert capfd.readouterr() == ("", "")


def test_call_that_fails(dagger: Programs) -> None:
    """It ends there without an error: the call that a person made says what is wrong."""
    ahead.run([["call", "test"], ["call", "lint"]], print)

    assert (dagger.folder / "calls").read_text() == "call test\n"
