"""Spans of time as people write them: 90s, 5m, 48h, 7d."""

import re
from datetime import timedelta

from ci.run.errors import InvalidInput

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def parse(text: str, argument: str) -> timedelta:
    """`48h` as a timedelta; `argument` is named when it cannot be read."""
    match = re.fullmatch(r"(\d{1,6})([smhd])", text.strip())
    if match is None:
        raise InvalidInput(f"{argument} {text!r} is not a span of time: write 90s, 5m, 48h or 7d.")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def show(span: timedelta) -> str:
    """A timedelta in its two largest units, such as `3d 4h`."""
    seconds = max(int(span.total_seconds()), 0)
    parts = []
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m"), (1, "s")):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count}{unit}")
    return " ".join(parts[:2]) or "0s"
