"""What is checked before a commit, beside what the pipeline's lint checks."""

import re
from pathlib import Path

import yaml

from ci.image.linters import LINTERS

REPOSITORY = Path(__file__).parents[1]
CONFIGURATION = yaml.safe_load((REPOSITORY / ".pre-commit-config.yaml").read_text())
HOOKS = [hook for repo in CONFIGURATION["repos"] for hook in repo["hooks"]]


def asked_for() -> set[str]:
    """The packages that the pipeline's lint asks for."""
    lines = (REPOSITORY / "ci" / "lint-requirements.in").read_text().lower().splitlines()
    return {line for line in lines if line and not line.startswith("#")}


def locked() -> set[str]:
    """Every package that the pipeline's lint installs, with its version."""
    lock = (REPOSITORY / "ci" / "lint-requirements.txt").read_text()
    return set(re.findall(r"^([\w.-]+==\S+)", lock, re.MULTILINE))


def test_the_same_tools() -> None:
    """What passes before a commit passes in the pipeline."""
    assert {hook["id"] for hook in HOOKS} == set(LINTERS)


def test_at_the_same_versions() -> None:
    """Each package is the one of the lock file, and none is left out."""
    packages = [each for hook in HOOKS for each in hook["additional_dependencies"]]
    assert set(packages) <= locked()
    assert {each.partition("==")[0] for each in packages} == asked_for()


def test_nothing_is_downloaded_by_a_tag() -> None:
    """Every hook is written here: there is no other repository whose tag could move."""
    assert [repo["repo"] for repo in CONFIGURATION["repos"]] == ["local"]
