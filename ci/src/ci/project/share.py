"""Shares of the requests as people write them: 10%."""

import re

from ci.run.errors import InvalidInput


def parse(text: str, argument: str) -> int:
    """`10%` as 10, from 1 to 99; `argument` is named when it cannot be read."""
    match = re.fullmatch(r"(\d{1,2})\s?%", text.strip())
    if match is None or not int(match[1]):
        raise InvalidInput(
            f"{argument} {text!r} is no share of the requests: write one from 1% to 99%, such as "
            "10%."
        )
    return int(match[1])
