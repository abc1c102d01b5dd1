"""The commands: what they print, where, and their exit codes."""

from pathlib import Path

import pytest

from local.__main__ import main
from local.host.errors import CommandFailed, Conflict

Captured = pytest.CaptureFixture[str]


@pytest.mark.parametrize("command", ["up", "down"])
@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (Conflict("Port 80 is taken."), 1, "Error: Port 80 is taken.\n"),
        (CommandFailed("go exited.", Path("go.log")), 1, "Error: go exited.\nLog: go.log\n"),
        (CommandFailed("go exited."), 1, "Error: go exited.\n"),
        (KeyboardInterrupt(), 130, "Interrupted: call it again to go on where it stopped.\n"),
    ],
)
def test_command_that_fails(
    monkeypatch: pytest.MonkeyPatch,
    capsys: Captured,
    command: str,
    error: BaseException,
    code: int,
    said: str,
) -> None:
    """One sentence on standard error, the log where there is one, and no traceback."""

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(f"local.stack.stack.{command}", fail)

    assert main([command]) == code
    assert capsys.readouterr() == ("", said)


@pytest.mark.parametrize(("arguments", "purge"), [([], False), (["--purge"], True)])
def test_down_keeps_data_unless_it_is_told(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], purge: bool
) -> None:
    """Only --purge removes what was stored."""
    purged: list[bool] = []
    monkeypatch.setattr("local.stack.stack.down", lambda tell, purge: purged.append(purge))

    assert main(["down", *arguments]) == 0
    assert purged == [purge]


@pytest.mark.parametrize(("is_up", "code"), [(True, 0), (False, 1)])
def test_status_is_told_and_is_the_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured, is_up: bool, code: int
) -> None:
    """The table goes to standard output, so that a script can read it."""
    monkeypatch.setattr("local.stack.stack.is_up", lambda: is_up)
    monkeypatch.setattr("local.stack.status.table", lambda: "engine  serving")

    assert main(["status"]) == code
    assert capsys.readouterr() == ("engine  serving\n", "")


def test_parts_that_have_a_log(logs: Path, capsys: Captured) -> None:
    """Each is named once, although it has a log of an earlier start."""
    logs.mkdir()
    for name in ("kubelet.log", "kubelet.log.1", "engine.log"):
        (logs / name).touch()

    assert main(["logs"]) == 0
    assert capsys.readouterr().out == "engine\nkubelet\n"


def test_log_of_a_part(logs: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Its last 200 lines are printed."""
    logs.mkdir()
    (logs / "engine.log").write_text("".join(f"line {n}\n" for n in range(1, 301)))

    assert main(["logs", "engine"]) == 0
    lines = capfd.readouterr().out.splitlines()
    assert (len(lines), lines[0], lines[-1]) == (200, "line 101", "line 300")


def test_log_of_a_part_that_has_none(logs: Path, capsys: Captured) -> None:
    """The sentence says how to find out which have one."""
    assert main(["logs", "docker"]) == 1
    assert capsys.readouterr().err == (
        "Error: No part named docker has a log: `python -m local logs` lists those that have.\n"
    )


@pytest.mark.parametrize("arguments", [[], ["start"], ["down", "--all"]])
def test_command_that_does_not_exist(arguments: list[str], capsys: Captured) -> None:
    """The usage is told."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)

    assert ended.value.code == 2
    assert "usage: python -m local" in capsys.readouterr().err
