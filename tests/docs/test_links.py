"""The way through the guides: each is found, and no link leads nowhere."""

from pathlib import Path

import pytest

from tests.docs.markdown import REPOSITORY, links, pages, places, target
from tests.test_repository import shown

START = REPOSITORY / "README.md"


def reached() -> set[Path]:
    """The pages to which one gets from README."""
    found, ahead = set[Path](), [START]
    while ahead:
        page = ahead.pop()
        if page not in found and page.suffix == ".md" and page.is_file():
            found.add(page)
            ahead += [target(page, link)[0] for link in links(page)]
    return found


def is_guide(page: Path) -> bool:
    """Whether someone who reads the guides is to find it: decisions and changes are records."""
    return "adr" not in page.parts and page.name != "CHANGELOG.md"


def test_pages_are_found() -> None:
    """The tests below look at something."""
    assert START in pages()
    assert len([page for page in pages() if is_guide(page)]) >= 8
    assert sum(len(links(page)) for page in pages()) >= 50


def test_guide() -> None:
    """One gets to it from README, or from a guide to which one gets."""
    missed = {page for page in pages() if is_guide(page)} - reached()
    assert sorted(map(shown, missed)) == []


@pytest.mark.parametrize("page", pages(), ids=shown)
def test_link(page: Path) -> None:
    """There is a file to which it leads, and a heading where it names one."""
    for link in links(page):
        file, place = target(page, link)
        assert file.exists(), link
        assert not place or place in places(file), link
