"""Programs that are run to their end, that fail, and that are stopped."""

import threading
import time
from pathlib import Path

import pytest

from local.host import command
from local.host.errors import CommandFailed, LocalError
from tests.local.programs import Programs


def test_program_that_succeeds(programs: Programs, tmp_path: Path) -> None:
    """What it prints is given, kept in the log below the command line, and told line by line."""
    greet = programs.write("greet", 'echo "hello $1"; echo "and $2" >&2')
    log, seen = tmp_path / "new" / "greet.log", list[str]()

    printed = command.run("greet", "a b", "c", log=log, on_line=seen.append)

    assert printed == "hello a b\nand c\n"
    assert log.read_text() == f"$ {greet.name} 'a b' c\n{printed}"
    assert seen == ["hello a b", "and c"]


def test_log_holds_several_programs(programs: Programs, tmp_path: Path) -> None:
    """The second is added below the first."""
    programs.write("greet", 'echo "$1"')
    log = tmp_path / "log"

    command.run("greet", "one", log=log)
    command.run("greet", "two", log=log)

    assert log.read_text() == "$ greet one\none\n$ greet two\ntwo\n"


def test_program_gets_what_it_is_given(
    programs: Programs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Input, folder, and a variable beside those of this process."""
    programs.write("tool", 'cat; pwd; echo "$OURS $ADDED"')
    monkeypatch.setenv("OURS", "kept")

    printed = command.run("tool", stdin="input\n", cwd=tmp_path, env={"ADDED": "new"})

    assert printed == f"input\n{tmp_path}\nkept new\n"


def test_program_that_prints_no_text(programs: Programs) -> None:
    """Bytes that are not text break nothing."""
    programs.write("tool", r"printf '\377\n'")

    assert command.run("tool") == "\N{REPLACEMENT CHARACTER}\n"


def test_program_that_fails(programs: Programs, tmp_path: Path) -> None:
    """The error says which, how, and the last line that it printed; the log is kept."""
    programs.write("tool", "echo reading; echo '  disk full  ' >&2; echo; exit 3")
    log = tmp_path / "log"

    with pytest.raises(CommandFailed) as failed:
        command.run("tool", "build", "all", "quietly", log=log)

    assert str(failed.value) == "tool build all exited with 3: disk full"
    assert failed.value.log == log
    assert "reading\n" in log.read_text()


def test_program_that_fails_without_a_word(programs: Programs) -> None:
    """The exit code is all there is to say."""
    programs.write("tool", "exit 1")

    with pytest.raises(CommandFailed, match="^tool build exited with 1$"):
        command.run("tool", "build")


def test_output_of_a_short_program(programs: Programs) -> None:
    """Standard output without its last newline, and nothing of standard error."""
    programs.write("tool", "echo ' one'; echo two; echo warning >&2")

    assert command.output("tool") == " one\ntwo"


def test_short_program_that_fails(programs: Programs) -> None:
    """What it said on standard error is told."""
    programs.write("tool", "echo partly; echo 'not allowed' >&2; exit 1")

    with pytest.raises(CommandFailed, match="^tool get exited with 1: not allowed$"):
        command.output("tool", "get")


@pytest.mark.parametrize(("code", "succeeded"), [(0, True), (1, False)])
def test_whether_a_program_succeeds(programs: Programs, code: int, succeeded: bool) -> None:
    """Only its exit code counts, and it prints nothing."""
    programs.write("tool", f"echo noise; exit {code}")

    assert command.succeeds("tool") is succeeded


def test_program_that_is_not_there(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    """It does not succeed, and that is no error: what was never installed left nothing behind."""
    monkeypatch.setenv("PATH", str(programs.folder))

    assert not command.succeeds("iptables", "-L")


def test_stopping_ends_what_runs(programs: Programs) -> None:
    """A program and what it started end, and its caller is told so."""
    programs.write("tool", "sleep 60 & echo started; wait")
    begun = time.monotonic()
    started = threading.Event()

    def stop_once_started() -> None:
        started.wait(10)
        command.stop_all()

    stopping = threading.Thread(target=stop_once_started)
    stopping.start()
    with pytest.raises(CommandFailed, match="exited with -15: started"):
        command.run("tool", "serve", on_line=lambda _: started.set())
    stopping.join()

    assert time.monotonic() - begun < 30


def test_nothing_starts_after_stopping(programs: Programs, tmp_path: Path) -> None:
    """Steps that have not begun yet start no program."""
    programs.write("tool", f"touch {tmp_path}/ran")
    command.stop_all()

    with pytest.raises(LocalError, match="tool was not started, because the set-up is stopping"):
        command.run("tool")

    assert not (tmp_path / "ran").exists()
