"""The line that renews itself, and those that stay."""

import io
from types import SimpleNamespace

import pytest

from local.terminal import line


class Terminal(io.StringIO):
    """A terminal that writes down what it is sent."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal of 40 columns in place of this process's stderr."""
    sent = Terminal()
    monkeypatch.setattr(line, "sys", SimpleNamespace(stderr=sent))
    monkeypatch.setattr(line, "_shown", "")
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("TERM", "xterm")
    return sent


def test_where_a_line_can_be_renewed(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal that can move back, and nowhere else."""
    assert line.renews()

    monkeypatch.setenv("TERM", "dumb")
    assert not line.renews()

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(line, "sys", SimpleNamespace(stderr=io.StringIO()))
    assert not line.renews()


def test_line_that_stays(terminal: Terminal) -> None:
    """Without another below it, it is the text and nothing else."""
    line.tell("registry (1.0 s)")

    assert terminal.getvalue() == "registry (1.0 s)\n"


def test_line_that_stays_above_the_other(terminal: Terminal) -> None:
    """The other is taken away, and shown again below it."""
    line.show("trivy: compiling")
    line.tell("registry (1.0 s)")
    line.show("")

    assert terminal.getvalue() == (
        "\r\033[Ktrivy: compiling\r\033[Kregistry (1.0 s)\ntrivy: compiling\r\033[K"
    )


@pytest.mark.parametrize(
    ("text", "columns", "shown"),
    [("short", 10, "short"), ("0123456789", 10, "01234567…"), ("0123456789", 11, "0123456789")],
)
def test_text_that_is_too_long(text: str, columns: int, shown: str) -> None:
    """It is cut off: a terminal that breaks a line could not take it back."""
    assert line.fitted(text, columns) == shown
