"""The guides as they are read: sections, tables and links."""

import re
from pathlib import Path

from tests.test_repository import REPOSITORY, tracked

_LINK = re.compile(r"(?<!!)\[[^]]*\]\(([^)\s]+)\)|!\[[^]]*\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^ *(```|~~~).*?^ *\1", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ +(.*)$", re.MULTILINE)


def pages() -> list[Path]:
    """Every page of the repository."""
    return [file for file in tracked() if file.suffix == ".md"]


def section(text: str, title: str) -> str:
    """What stands below a heading, up to the next one that is as high."""
    level, _, rest = re.split(rf"^(#+) ({re.escape(title)})\n", text, maxsplit=1, flags=re.M)[1:]
    return re.split(rf"^#{{1,{len(level)}}} ", rest, maxsplit=1, flags=re.M)[0]


def table(text: str) -> dict[str, list[str]]:
    """The rows of the first table, below its head: their first cells, and the others."""
    rows = re.search(r"^\|.*\n\|[ |:-]+\n((?:\|.*\n)+)", text, re.M)
    assert rows, text
    cells = [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows[1].splitlines()]
    assert len({first for first, *_ in cells}) == len(cells), "a row is there twice"
    return {first: others for first, *others in cells}


def links(page: Path) -> list[str]:
    """Where a page leads within the repository, as it stands there."""
    found = (a or b for a, b in _LINK.findall(_FENCE.sub("", page.read_text())))
    return [to for to in found if not re.match(r"[a-z]+:", to)]


def target(page: Path, link: str) -> tuple[Path, str]:
    """The file, and the place in it, to which a link of a page leads."""
    name, _, place = link.partition("#")
    return (page.parent / name).resolve() if name else page, place


def places(page: Path) -> set[str]:
    """The places of a page that a link can name: its headings."""
    headings = _HEADING.findall(_FENCE.sub("", page.read_text()))
    return {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}


__all__ = ["REPOSITORY", "links", "pages", "places", "section", "table", "target"]
