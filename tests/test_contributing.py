"""What the guides for contributors say of the repository."""

import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
GUIDES = ["CONTRIBUTING.md", "SECURITY.md"]
PATH = re.compile(r"`(\.?\w[\w./-]*/[\w./-]*|[\w.-]+\.(?:md|json|yaml))`")


def files(guide: str) -> set[str]:
    """The files and folders that a guide names, but for those that are yet to be written."""
    named = set(PATH.findall((REPOSITORY / guide).read_text()))
    return {each for each in named if "NAME" not in each}


@pytest.mark.parametrize("guide", GUIDES)
def test_files_that_are_named(guide: str) -> None:
    """They are there."""
    assert files(guide)
    assert [each for each in files(guide) if not (REPOSITORY / each).exists()] == []
