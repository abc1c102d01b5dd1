"""Runs programs on what only they may see: neither what they read nor what they print is shown.

The engine logs every argument of its own functions, all that a program prints and every text that
is read back from a file; a secret, and a file that is exported, it does not.
"""

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from dagger import Container, Directory, File, Secret, dag

_GIVEN, _ANSWER = "/run/given", "/run/answer"
_PARTS = ("code", "stdout", "stderr")
# The engine takes secrets of at most 128000 bytes, and no character has more than four.
_PART = 128_000 // 4


@dataclass(frozen=True)
class Command:
    """A program with its arguments, and what it reads: only that may be confidential."""

    words: Sequence[str]
    given: str


@dataclass(frozen=True)
class Answer:
    """How a program ended, and what it printed."""

    code: int
    stdout: str
    stderr: str


def secret(what: str, text: str) -> Secret:
    """A secret of our own, by a name of its own: two of one name would be one."""
    return dag.set_secret(f"{what} {uuid4().hex}", text)


async def answer(container: Container, command: Command) -> Answer:
    """Run a program, once more at each call; raises QueryError where it does not run."""
    for place, part in enumerate(parts(command.given)):
        container = container.with_mounted_secret(f"{_GIVEN}/{place:04}", secret("input", part))
    done = (
        container.with_directory(_ANSWER, dag.directory())
        .with_env_variable("CI_NONCE", uuid4().hex)
        .with_exec(["sh", "-c", script(command)])
    )
    code, stdout, stderr = await texts(done.directory(_ANSWER), _PARTS)
    return Answer(int(code), stdout, stderr)


def script(command: Command) -> str:
    """What runs it in a shell: it reads what it is given, and how it ended is in files."""
    return (
        f"cat {_GIVEN}/* | {shlex.join(command.words)} >{_ANSWER}/stdout 2>{_ANSWER}/stderr;"
        f" echo $? >{_ANSWER}/code"
    )


async def text(file: File) -> str:
    """What is in a file of the engine."""
    with TemporaryDirectory() as folder:
        copy = f"{folder}/copy"
        await file.export(copy)
        return Path(copy).read_text()


async def texts(files: Directory, paths: Iterable[str]) -> list[str]:
    """What is in some files of a folder of the engine."""
    with TemporaryDirectory() as folder:
        await files.export(folder)
        return [Path(folder, path).read_text() for path in paths]


def parts(given: str) -> list[str]:
    """A text in pieces, each small enough for a secret."""
    return [given[begin : begin + _PART] for begin in range(0, len(given), _PART)] or [""]
