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


def section(title: str) -> str:
    """What the guide says under a title."""
    text = (REPOSITORY / "CONTRIBUTING.md").read_text()
    return text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def environments_are_listed_in() -> set[str]:
    """The files in which the platform, the stack or their tests list the environments."""
    listed = re.compile(r"dev\W+stage\W+prod|dev\W+prod\W+stage|namespace: stage")
    folders = ("manifests/platform", "local", "tests/manifests")
    files = [file for folder in folders for file in (REPOSITORY / folder).rglob("*.*")]
    return {
        str(file.relative_to(REPOSITORY))
        for file in files
        if file.is_file() and listed.search(file.read_text(errors="ignore"))
    }


@pytest.mark.parametrize("guide", GUIDES)
def test_files_that_are_named(guide: str) -> None:
    """They are there."""
    assert files(guide)
    assert [each for each in files(guide) if not (REPOSITORY / each).exists()] == []


def test_files_of_a_new_environment() -> None:
    """Wherever the environments are listed, the guide says so."""
    named = tuple(PATH.findall(section("A new environment")))
    assert len(environments_are_listed_in()) >= 5
    assert [file for file in environments_are_listed_in() if not file.startswith(named)] == []
