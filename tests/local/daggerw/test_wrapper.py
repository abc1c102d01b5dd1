"""Which Dagger ./daggerw uses, and why."""

import os
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from local.cluster.control_plane import API_SERVER
from local.daggerw import wrapper
from local.daggerw.wrapper import CHOICE, RUNNER_HOST, Choice, Installed, choose
from local.host.errors import CommandFailed, LocalError, Unsupported
from local.host.paths import ENGINE_SOCKET, REPOSITORY
from local.stack.parts import PARTS, Part, asked_for_by
from local.stack.stack import Standing
from local.tools.catalogue import DAGGER
from tests.local.programs import Programs

PINNED = "v0.21.8"
SOCKET = "unix:///run/dagger.sock"
WHOLE = Installed(PINNED, SOCKET)
ALL = Standing(True, [part.name for part in PARTS])

NONE = "no other dagger is installed"
OTHER = "the installed dagger is v0.20.0 and not v0.21.8"
NO_ENGINE = (
    "the installed dagger has no engine: "
    "_EXPERIMENTAL_DAGGER_RUNNER_HOST is unset and Docker does not answer"
)


@pytest.mark.parametrize(
    ("wanted", "found", "choice"),
    [
        ("", WHOLE, Choice(False, f"it is v0.21.8 and its engine is {SOCKET}")),
        ("", Installed(), Choice(True, NONE)),
        ("", Installed("v0.20.0", SOCKET), Choice(True, OTHER)),
        ("", Installed(PINNED), Choice(True, NO_ENGINE)),
        ("laptop", WHOLE, Choice(True, "DAGGERW=laptop asks for it")),
        ("laptop", Installed(), Choice(True, "DAGGERW=laptop asks for it")),
        ("installed", WHOLE, Choice(False, f"it is v0.21.8 and its engine is {SOCKET}")),
    ],
)
def test_choice(wanted: str, found: Installed, choice: Choice) -> None:
    """What is installed is used where it will do, unless a person asks for the other."""
    assert choose(wanted, PINNED, found) == choice


@pytest.mark.parametrize(
    ("wanted", "found", "sentence"),
    [
        (
            "docker",
            WHOLE,
            "DAGGERW=docker is not known: set it to laptop or installed, or unset it.",
        ),
        *(
            (
                "installed",
                found,
                f"DAGGERW=installed cannot be followed, because {lack}: "
                "install Dagger v0.21.8, or unset DAGGERW.",
            )
            for found, lack in [
                (Installed(), NONE),
                (Installed("v0.20.0", SOCKET), OTHER),
                (Installed(PINNED), NO_ENGINE),
            ]
        ),
    ],
)
def test_choice_that_cannot_be_followed(wanted: str, found: Installed, sentence: str) -> None:
    """One sentence says what was asked for, what is missing, and what to do."""
    with pytest.raises(LocalError) as refused:
        choose(wanted, PINNED, found)

    assert str(refused.value) == sentence


@pytest.fixture
def path(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """All programs there are."""
    monkeypatch.setenv("PATH", str(programs.folder))
    monkeypatch.delenv(RUNNER_HOST, raising=False)
    monkeypatch.delenv(CHOICE, raising=False)
    return programs


def says(version: str) -> str:
    """A `dagger` of some version."""
    return f"echo 'dagger {version} (image://registry/engine:{version}) linux/amd64'"


@pytest.mark.parametrize(
    ("script", "version"),
    [
        (says("v0.21.8"), "v0.21.8"),
        (says("v0.21.8-rc.1"), "v0.21.8-rc.1"),
        ("echo dagger devel", ""),
        ("exit 1", ""),
    ],
)
def test_installed_version(path: Programs, script: str, version: str) -> None:
    """It is read from what `dagger version` prints."""
    path.write("dagger", script)

    assert wrapper.installed({}).version == version


def test_nothing_is_installed(path: Programs) -> None:
    """Neither a `dagger` nor a Docker is needed to find out."""
    assert wrapper.installed({RUNNER_HOST: SOCKET}) == Installed()


def test_program_that_cannot_be_run(path: Programs) -> None:
    """It counts as none."""
    path.write("dagger", "").write_text("not a program")

    assert wrapper.installed({}) == Installed()


@pytest.mark.parametrize("home", [DAGGER.home.name, "dagger-v0.21.8-of-last-week"])
def test_dagger_of_the_stack_is_not_installed(path: Programs, cache: Path, home: str) -> None:
    """The link that the laptop stack leaves on PATH is the stack's own, whatever it built then."""
    program = cache / "tools" / home / "dagger"
    program.parent.mkdir(parents=True)
    path.write("built", says(PINNED)).rename(program)
    (path.folder / "dagger").symlink_to(program)

    assert wrapper.installed({RUNNER_HOST: SOCKET}) == Installed()


@pytest.mark.parametrize(
    ("env", "docker", "engine"),
    [
        ({RUNNER_HOST: SOCKET}, "exit 1", SOCKET),
        ({RUNNER_HOST: ""}, "exit 0", "in Docker"),
        ({}, "exit 0", "in Docker"),
        ({}, "echo Cannot connect to the Docker daemon >&2; exit 1", ""),
        ({}, None, ""),
    ],
)
def test_engine_of_the_installed_dagger(
    path: Programs, env: dict[str, str], docker: str | None, engine: str
) -> None:
    """The one that the environment names, else Docker's, where that answers."""
    path.write("dagger", says(PINNED))
    if docker:
        path.write("docker", docker)

    assert wrapper.installed(env) == Installed(PINNED, engine)


class Started(Exception):
    """Says which program took this process's place."""


@pytest.fixture
def exec_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets this process stay, and say what would have taken its place."""

    def start(program: str | Path, words: list[str]) -> None:
        raise Started(str(program), words, os.environ.get(RUNNER_HOST))

    monkeypatch.setattr(os, "execv", start)
    monkeypatch.setattr(os, "execvp", start)
    monkeypatch.setattr("local.daggerw.defaults_once.from_now_on", lambda: None)


def test_installed_dagger_is_handed_the_arguments(
    path: Programs,
    exec_raises: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One line says which it is, why, and how to choose the other; nothing is brought up."""
    dagger = path.write("dagger", says(PINNED))
    monkeypatch.setenv(RUNNER_HOST, SOCKET)
    monkeypatch.setattr("local.stack.stack.up", lambda *_: pytest.fail("the stack was brought up"))

    with pytest.raises(Started) as started:
        wrapper.main(["call", "lint"])

    assert started.value.args == (str(dagger), ["dagger", "call", "lint"], SOCKET)
    assert capsys.readouterr().err == (
        f"daggerw: the installed Dagger, because it is v0.21.8 and its engine is {SOCKET}; the "
        "cluster is the one your arguments or .env name; DAGGERW=laptop uses the laptop stack.\n"
    )


def test_stack_is_handed_the_arguments(
    path: Programs,
    exec_raises: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One line says which it is, why, and how to choose the other; then what is needed comes up."""
    monkeypatch.setenv(RUNNER_HOST, "")
    monkeypatch.setenv("DAGGER_NO_NAG", "1")
    monkeypatch.setenv("DAGGER_PROGRESS", "plain")

    def up(tell: Callable[[str], None], parts: Sequence[Part], ahead: object) -> Standing:
        tell(f"up: {parts == asked_for_by([])}, {ahead}")
        return ALL

    monkeypatch.setattr("local.stack.stack.up", up)
    monkeypatch.setattr(
        "local.stack.background.start", lambda: pytest.fail("nothing is left to do")
    )

    with pytest.raises(Started) as started:
        wrapper.main(["call", "lint"])

    program = str(DAGGER.program("dagger"))
    assert started.value.args == (program, ["dagger", "call", "lint"], f"unix://{ENGINE_SOCKET}")
    assert capsys.readouterr().err == (
        f"daggerw: the laptop stack's Dagger v0.21.8 and Kubernetes at {API_SERVER}, "
        "because no other dagger is installed; DAGGERW=installed uses your own.\nup: True, None\n"
    )


def test_rest_of_the_stack_is_not_waited_for(
    path: Programs,
    exec_raises: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What is not needed goes on coming up behind `dagger`, and a line says so."""
    begun: list[str] = []
    monkeypatch.setenv(RUNNER_HOST, "")
    needed = Standing(True, [part.name for part in asked_for_by([])])
    monkeypatch.setattr("local.stack.stack.up", lambda tell, parts, ahead: needed)
    monkeypatch.setattr("local.stack.background.start", lambda: begun.append("up"))

    with pytest.raises(Started):
        wrapper.main(["call", "lint"])

    assert begun == ["up"]
    assert "the rest goes on coming up" in capsys.readouterr().err


def test_call_of_the_whole_pipeline(
    path: Programs, exec_raises: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it begins with is done by the stack's engine, where that is a new one."""
    done: list[tuple[list[list[str]], str]] = []
    monkeypatch.setenv(RUNNER_HOST, "")
    monkeypatch.setattr("local.stack.stack.up", lambda tell, parts, ahead: ahead() or ALL)
    monkeypatch.setattr(
        "local.daggerw.ahead.begin", lambda calls: done.append((calls, os.environ[RUNNER_HOST]))
    )

    with pytest.raises(Started):
        wrapper.main(["call", "scan"])

    assert done == [([["call", "build", "sync"]], f"unix://{ENGINE_SOCKET}")]


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (Unsupported("No root."), 1, "Error: No root.\n"),
        (CommandFailed("go exited.", Path("go.log")), 1, "Error: go exited.\nLog: go.log\n"),
        (KeyboardInterrupt(), 130, "Interrupted: call it again to go on where it stopped.\n"),
    ],
)
def test_stack_that_does_not_come_up(
    path: Programs,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    code: int,
    said: str,
) -> None:
    """The reason is the last that is read, and the exit code is not zero."""

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("local.stack.stack.up", fail)

    assert wrapper.main(["call", "lint"]) == code
    assert capsys.readouterr().err.endswith(said)


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"]])
def test_help_touches_nothing(arguments: list[str], tmp_path: Path) -> None:
    """From any folder, ./daggerw says what it does and which variable chooses."""
    called = subprocess.run(
        [REPOSITORY / "daggerw", *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=30,
    )

    assert called.returncode == 0
    assert "DAGGERW=laptop" in called.stdout
    assert called.stderr == ""
    assert list(tmp_path.iterdir()) == []


def test_old_python_is_passed_over(programs: Programs) -> None:
    """The first Python on PATH that is new enough runs the wrapper."""
    programs.write("python3", "exit 1")
    programs.write("python3.11", 'case $1 in -c) exit 0 ;; *) echo "$*" ;; esac')

    called = subprocess.run(
        [REPOSITORY / "daggerw", "call", "lint"], capture_output=True, text=True, timeout=30
    )

    assert called.stdout == "-m local.daggerw call lint\n"
