"""Runs programs: quietly, with a log, and so that an interrupted set-up leaves none behind."""

import os
import shlex
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from local.host.errors import CommandFailed, LocalError

_running: set[subprocess.Popen[str]] = set()
_stopping = threading.Event()
_lock = threading.Lock()


def run(
    *arguments: str | Path,
    log: Path | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    stdin: str | None = None,
    on_line: Callable[[str], None] | None = None,
) -> str:
    """Runs a program to its end and gives what it printed.

    `env` is added to this process's own environment. With `log`, what the program prints goes to
    that file too, and `on_line` sees each line as it comes.

    Raises CommandFailed when it exits non-zero, with the last line it printed.
    """
    words = [str(argument) for argument in arguments]
    process = _start(words, {**os.environ, **(env or {})}, cwd, stdin is not None)
    try:
        if stdin is not None and process.stdin:
            process.stdin.write(stdin)
            process.stdin.close()
        printed = _collect(process, log, on_line)
    finally:
        with _lock:
            _running.discard(process)
    if process.wait() != 0:
        raise CommandFailed(_failure(words, process.returncode, printed), log)
    return printed


def succeeds(*arguments: str | Path) -> bool:
    """Whether a program is there and exits with zero; what it prints is dropped."""
    words = [str(argument) for argument in arguments]
    try:
        return subprocess.run(words, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def output(*arguments: str | Path, env: Mapping[str, str] | None = None) -> str:
    """What a short program prints on its standard output, without the last newline."""
    words = [str(argument) for argument in arguments]
    done = subprocess.run(
        words, capture_output=True, text=True, check=False, env={**os.environ, **(env or {})}
    )
    if done.returncode != 0:
        raise CommandFailed(_failure(words, done.returncode, done.stdout + done.stderr))
    return done.stdout.rstrip("\n")


def stop_on_signals() -> None:
    """Lets a closed terminal and `kill` end this process as Ctrl-C does, with all that it runs."""
    for number in (signal.SIGHUP, signal.SIGTERM):
        if signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)


def stop_all() -> None:
    """Ends every program that `run` started, and lets it start no more."""
    _stopping.set()
    with _lock:
        for process in _running:
            try:
                os.killpg(process.pid, signal.SIGTERM)
            except ProcessLookupError:
                pass


def _start(
    words: Sequence[str], env: Mapping[str, str], cwd: Path | None, feed: bool
) -> subprocess.Popen[str]:
    with _lock:
        if _stopping.is_set():
            raise LocalError(f"{words[0]} was not started, because the set-up is stopping.")
        process = subprocess.Popen(
            words,
            env=dict(env),
            cwd=cwd,
            stdin=subprocess.PIPE if feed else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            process_group=0,
        )
        _running.add(process)
        return process


def _collect(
    process: subprocess.Popen[str], log: Path | None, on_line: Callable[[str], None] | None
) -> str:
    assert process.stdout
    lines = []
    if log:
        log.parent.mkdir(parents=True, exist_ok=True)
    with process.stdout, open(log or os.devnull, "a", encoding="utf-8") as kept:
        kept.write(f"$ {shlex.join(map(str, process.args))}\n")  # type: ignore[arg-type]
        for line in process.stdout:
            kept.write(line)
            kept.flush()
            lines.append(line)
            if on_line:
                on_line(line.rstrip("\n"))
    return "".join(lines)


def _failure(words: Sequence[str], code: int, printed: str) -> str:
    last = next((line for line in reversed(printed.splitlines()) if line.strip()), "")
    said = f": {last.strip()[:300]}" if last else ""
    return f"{' '.join([Path(words[0]).name, *words[1:3]])} exited with {code}{said}"
