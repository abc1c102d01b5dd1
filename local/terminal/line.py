"""One line at the bottom of a terminal that renews itself, and lines that stay above it."""

import os
import shutil
import sys
import threading

_CLEAR = "\r\033[K"
_lock = threading.Lock()
_shown = ""


def renews() -> bool:
    """Whether somebody looks at a terminal that can take a line back."""
    return sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb"


def tell(line: str) -> None:
    """Prints a line that stays, apart from what a command gives."""
    with _lock:
        if _shown:
            sys.stderr.write(f"{_CLEAR}{line}\n{_shown}")
        else:
            sys.stderr.write(f"{line}\n")
        sys.stderr.flush()


def show(text: str) -> None:
    """Puts a text into the line that renews itself; an empty one takes the line away."""
    global _shown
    with _lock:
        _shown = fitted(text, shutil.get_terminal_size().columns)
        sys.stderr.write(f"{_CLEAR}{_shown}")
        sys.stderr.flush()


def fitted(text: str, columns: int) -> str:
    """A text that stays in one line of a terminal; what is cut off is marked.

    >>> fitted("compiling kubernetes", 13)
    'compiling k…'
    """
    return text if len(text) < columns else text[: max(columns - 2, 0)] + "…"
