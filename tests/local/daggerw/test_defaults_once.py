"""What `dagger` prints, with each line on a default once."""

import subprocess
import sys

import pytest

from local.daggerw.defaults_once import Once, wanted
from local.host.paths import REPOSITORY

ONE, OTHER = b'user default: ci.plan(env="dev")\n', b'user default: ci.plan(env="prod")\n'
PLAIN = {"DAGGER_PROGRESS": "plain"}


def shown(*chunks: bytes) -> bytes:
    once = Once()
    return b"".join([*map(once.let_through, chunks), once.rest()])


@pytest.mark.parametrize(
    ("said", "seen"),
    [
        (ONE + ONE + ONE, ONE),
        (ONE + OTHER + ONE + OTHER, ONE + OTHER),
        (b"Error: no\n" + b"Error: no\n", b"Error: no\nError: no\n"),
        (ONE + b"1 : " + ONE, ONE + b"1 : " + ONE),
        (b"user defaults\n" * 2, b"user defaults\n" * 2),
        (ONE + ONE[:-1], ONE + ONE[:-1]),
        (b"no newline", b"no newline"),
        (b"\xff\n\n\n", b"\xff\n\n\n"),
        (b"", b""),
    ],
    ids=[
        "thrice",
        "two",
        "errors",
        "within a line",
        "another word",
        "cut off",
        "no newline",
        "no text",
        "nothing",
    ],
)
def test_lines(said: bytes, seen: bytes) -> None:
    """Whole lines on a default are shown once, and all else as often as it is said."""
    assert shown(said) == seen
    assert shown(*(said[place : place + 1] for place in range(len(said)))) == seen


def test_line_that_is_not_whole_yet() -> None:
    """It is shown at once, unless it may become one on a default: nothing waits for more."""
    once = Once()

    assert once.let_through(b"Password") == b"Password"
    assert once.let_through(b": \nuser") == b": \n"
    assert once.let_through(b" error\n") == b"user error\n"


@pytest.mark.parametrize(
    ("arguments", "env", "passes"),
    [
        (["call", "lint"], PLAIN, True),
        (["call", "lint"], {"DAGGER_PROGRESS": "tty"}, False),
        (["call", "lint"], {}, False),
        (["call", "--progress=tty", "lint"], PLAIN, False),
        (["call", "build", "terminal"], PLAIN, False),
        (["shell"], PLAIN, False),
        (["-i", "call", "lint"], PLAIN, False),
    ],
)
def test_calls(arguments: list[str], env: dict[str, str], passes: bool) -> None:
    """What draws a screen, or talks with a person, keeps the terminal as it is."""
    assert wanted(arguments, env) is passes


@pytest.mark.parametrize("ends", ["exit 7", "kill -TERM $$"])
def test_program_that_takes_the_place(ends: str) -> None:
    """Its output, its errors and its end are its own."""
    said = f"printf '{(ONE + ONE).decode()}' >&2; echo given; echo 'Error: no' >&2; {ends}"
    program = (
        "import os; from local.daggerw import defaults_once as each; each.from_now_on(); "
        f"os.execv('/bin/sh', ['sh', '-c', {said!r}])"
    )

    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=REPOSITORY, capture_output=True, timeout=30
    )

    assert ended.stdout == b"given\n"
    assert ended.stderr == ONE + b"Error: no\n"
    assert ended.returncode == (7 if ends == "exit 7" else -15)
