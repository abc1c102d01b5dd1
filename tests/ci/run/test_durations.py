"""Spans of time, read and shown."""

from datetime import timedelta

import pytest

from ci.run.durations import parse, show
from ci.run.errors import InvalidInput


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("90s", timedelta(seconds=90)),
        ("5m", timedelta(minutes=5)),
        ("48h", timedelta(days=2)),
        (" 7d ", timedelta(days=7)),
        ("0s", timedelta()),
    ],
)
def test_span_as_people_write_it(text: str, span: timedelta) -> None:
    """A number and a unit are read."""
    assert parse(text, "--timeout") == span


@pytest.mark.parametrize("text", ["", "5", "m", "-5m", "1.5h", "5m30s", "9999999d", "5 m", "5M"])
def test_span_that_cannot_be_read(text: str) -> None:
    """The refusal names the argument and how to write it."""
    with pytest.raises(InvalidInput, match="--timeout .* write 90s, 5m, 48h or 7d"):
        parse(text, "--timeout")


@pytest.mark.parametrize(
    ("span", "shown"),
    [
        (timedelta(), "0s"),
        (timedelta(seconds=-3), "0s"),
        (timedelta(seconds=59.9), "59s"),
        (timedelta(hours=1, seconds=1), "1h 1s"),
        (timedelta(days=3, hours=4, minutes=5), "3d 4h"),
    ],
)
def test_span_shown(span: timedelta, shown: str) -> None:
    """The two largest units are enough."""
    assert show(span) == shown
