"""What a terminal showed and when: kept as an asciicast, and drawn as a picture that moves.

An asciicast (version 2) is what `asciinema play` plays. The picture is an SVG in which each line
appears when it was printed; where nothing moves, all lines are there.
"""

import io
import json
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rich.console import Console
from rich.text import Text

WIDTH = 100
PROMPT = "$ "
LONGEST_PAUSE = 2.0
"""Seconds for which a picture shows nothing new, however long nothing was printed."""

_FAILURE = "Error:"
_GUTTER = len(" 12.3 s  ")
_NAME = "terminal"
# Rich's own template, but for its web fonts, which no picture in a page loads.
_SVG: Final = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: monospace; font-size: {char_height}px; }}
.{unique_id}-title {{ font-family: sans-serif; font-size: 18px; font-weight: bold; }}
@keyframes appear {{ from {{ opacity: 0 }} to {{ opacity: 1 }} }}
@media (prefers-reduced-motion: no-preference) {{
.{unique_id}-matrix text {{ animation: appear 1ms both }}
%s
}}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


@dataclass(frozen=True)
class Line:
    """A line that was printed, or typed after a prompt, and the seconds since the beginning."""

    seconds: float
    text: str

    @property
    def typed(self) -> bool:
        """Whether it is a command."""
        return self.text.startswith(PROMPT)


@dataclass(frozen=True)
class Row:
    """A row of a picture: when it appears, and what is in it."""

    seconds: float
    text: Text


def to_cast(lines: Iterable[Line], title: str) -> str:
    """The recording as a file."""
    kept = list(lines)
    header = {"version": 2, "width": WIDTH, "height": len(kept), "title": title}
    events = ([round(line.seconds, 1), "o", f"{line.text}\r\n"] for line in kept)
    return "".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in [header, *events])


def from_cast(cast: str) -> tuple[str, list[Line]]:
    """A recording's title, and its lines."""
    header, *events = map(json.loads, cast.splitlines())
    return header["title"], [Line(seconds, text.rstrip("\r\n")) for seconds, _, text in events]


def picture(lines: Sequence[Line], title: str) -> str:
    """The recording as an SVG."""
    rows = list(_rows(lines))
    console = Console(record=True, file=io.StringIO(), width=WIDTH, force_terminal=True)
    for row in rows:
        console.print(row.text, soft_wrap=True)
    console.print()  # Rich gives no room to what is in the last row.
    appear = (
        f'.{_NAME}-matrix [clip-path="url(#{_NAME}-line-{place})"]'
        f" {{{{ animation-delay: {row.seconds:.1f}s }}}}"
        for place, row in enumerate(rows)
    )
    template = _SVG % "\n".join(appear)
    drawn = console.export_svg(title=title, code_format=template, unique_id=_NAME)
    return "\n".join(line.strip() for line in drawn.splitlines() if line.strip()) + "\n"


def _rows(lines: Iterable[Line]) -> Iterator[Row]:
    """The rows that lines take; where they change, with the seconds since the command was typed."""
    shown = before = typed = 0.0
    beside = style = ""
    for line in lines:
        shown, before = shown + min(line.seconds - before, LONGEST_PAUSE), line.seconds
        if line.typed:
            typed, beside, style = line.seconds, "", ""
            yield Row(shown, Text(line.text, style="bold"))
            continue
        if line.text.startswith(_FAILURE):
            style = "red"
        last, beside = beside, f"{line.seconds - typed:5.1f} s"
        gutter = "" if beside == last else beside
        for piece in _wrapped(line.text):
            yield Row(shown, Text.assemble((gutter.ljust(_GUTTER), "dim"), (piece, style)))
            gutter = ""


def _wrapped(text: str) -> list[str]:
    indent = " " * (len(text) - len(text.lstrip()))
    return textwrap.wrap(
        text, WIDTH - _GUTTER, subsequent_indent=indent, break_on_hyphens=False
    ) or [""]
