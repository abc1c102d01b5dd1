"""Shows once what `dagger` says of each default in .env: in a deploy it says it three times."""

import os
import re
import signal
from collections.abc import Mapping, Sequence

_SAID = b"user default: "
_LINES = re.compile(rb"[^\n]*\n|[^\n]+")
_SIGNALS = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)
# What talks with a person takes the terminal as it is.
_INTERACTIVE = {"shell", "terminal", "-i", "--interactive"}


class Once:
    """Lets bytes through as they come, but for a line on a default that it has let through."""

    def __init__(self) -> None:
        self._seen: set[bytes] = set()
        self._held = b""
        self._begins = True

    def let_through(self, chunk: bytes) -> bytes:
        """What of the next bytes is shown now; a line that may be one on a default is held."""
        shown = []
        pieces = _LINES.findall(self._held + chunk)
        self._held = b""
        for piece in pieces:
            begins, whole = self._begins, piece.endswith(b"\n")
            if begins and not whole and (_SAID.startswith(piece) or piece.startswith(_SAID)):
                self._held = piece
                break
            if not (begins and piece.startswith(_SAID) and piece in self._seen):
                shown.append(piece)
                if begins and piece.startswith(_SAID):
                    self._seen.add(piece)
            self._begins = whole
        return b"".join(shown)

    def rest(self) -> bytes:
        """What was held to the end."""
        return self._held


def wanted(arguments: Sequence[str], env: Mapping[str, str]) -> bool:
    """Whether a call of `dagger` prints plain lines, and nobody talks with it."""
    chosen = any(each.startswith("--progress") for each in arguments)
    plain = env.get("DAGGER_PROGRESS") == "plain" and not chosen
    return plain and not _INTERACTIVE.intersection(arguments)


def from_now_on() -> None:
    """Lets what this process writes to stderr pass through another, until the last has closed it.

    This process stays itself, and so does the program that takes its place: signals and exit codes
    are its own.
    """
    reading, writing = os.pipe()
    if os.fork() == 0:
        os.close(writing)
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        try:
            _pass_on(reading, 2)
        finally:
            os._exit(0)
    os.close(reading)
    os.dup2(writing, 2)
    os.close(writing)


def _pass_on(reading: int, writing: int) -> None:
    # Who waits for the end of what `dagger` gives does not wait for this process too.
    for inherited in (0, 1):
        os.close(inherited)
    once = Once()
    while chunk := os.read(reading, 65536):
        _write(writing, once.let_through(chunk))
    _write(writing, once.rest())


def _write(into: int, content: bytes) -> None:
    while content:
        content = content[os.write(into, content) :]
