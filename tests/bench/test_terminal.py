"""What is kept of a terminal, and the picture of it."""

import json
import re
from xml.etree import ElementTree

import pytest

from tests.bench.terminal import LONGEST_PAUSE, WIDTH, Line, from_cast, picture, to_cast

COLUMN = 12.2
"""How wide a letter is."""

COMMAND = Line(0.0, "$ deploy <env> & wait")
LINES = [
    COMMAND,
    Line(1.5, "waiting for {a} pod"),
    Line(31.5, "Error: it falls."),
    Line(32.0, "$ status"),
    Line(32.5, ""),
    Line(32.5, "ünïcode"),
]


def rows(drawn: str) -> list[tuple[float, str]]:
    """The rows of a picture, each with the seconds after which it appears."""
    delays = dict(re.findall(r'line-(\d+)\)"\] { animation-delay: ([\d.]+)s }', drawn))
    found: dict[str, str] = {}
    for text in ElementTree.fromstring(drawn).iter("{http://www.w3.org/2000/svg}text"):
        row = re.search(r"line-(\d+)", text.get("clip-path", ""))
        if row:
            place = round(float(text.get("x", "0")) / COLUMN)
            before = found.get(row[1], "").ljust(place)
            found[row[1]] = before + (text.text or "").replace("\xa0", " ")
    return [(float(delays[row]), text.rstrip()) for row, text in found.items() if row in delays]


def test_recording_that_is_kept() -> None:
    """It is an asciicast, and is read again as it was."""
    cast = to_cast(LINES, "a title")
    assert json.loads(cast.splitlines()[0])["version"] == 2
    assert json.loads(cast.splitlines()[1]) == [0.0, "o", f"{COMMAND.text}\r\n"]
    assert from_cast(cast) == ("a title", LINES)


def test_picture() -> None:
    """Each line appears in its time, with the seconds since its command; pauses are shortened."""
    assert rows(picture(LINES, "a title")) == [
        (0.0, COMMAND.text),
        (1.5, "  1.5 s  waiting for {a} pod"),
        (1.5 + LONGEST_PAUSE, " 31.5 s  Error: it falls."),
        (4.0, "$ status"),
        (4.5, "  0.5 s"),
        (4.5, "         ünïcode"),
    ]


@pytest.mark.parametrize("text", ["word " * 60, "x" * 250, "    indented " + "word " * 40])
def test_line_that_is_too_long(text: str) -> None:
    """It goes on in the next rows, at its indentation, and nothing of it is lost."""
    [first, *others] = rows(picture([COMMAND, Line(2.0, text)], "a title"))[1:]
    assert others
    assert all(len(row) <= WIDTH and seconds == 2.0 for seconds, row in [first, *others])
    indent = len(text) - len(text.lstrip())
    assert all(row.startswith(" " * (indent + 9)) for _, row in others)
    told = [first[1].removeprefix("  2.0 s"), *(row for _, row in others)]
    assert "".join(told).replace(" ", "") == text.replace(" ", "")


def test_picture_where_nothing_moves() -> None:
    """Lines are hidden by what moves them only, so whoever wants no motion sees all at once."""
    drawn = picture(LINES, "a title")
    hides = re.search(
        r"no-preference\) {\n\.terminal-matrix text { animation: appear .*both }", drawn
    )
    assert hides
    assert drawn.count("opacity: 0 }") == 1
