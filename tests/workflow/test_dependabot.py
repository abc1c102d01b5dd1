"""Which updates are proposed, and when."""

from typing import Any

import pytest

from tests.project import DEV
from tests.workflow.calls import REPOSITORY, load

UPDATES = load(".github/dependabot.yml")["updates"]


@pytest.mark.parametrize("update", UPDATES, ids=lambda update: update["package-ecosystem"])
def test_new_release(update: dict[str, Any]) -> None:
    """It is a week old before it is proposed, and goes the way of every change."""
    assert update["cooldown"]["default-days"] >= 7
    assert update["target-branch"] == DEV.branch


def test_folders_of_python_packages() -> None:
    """Each has a lock file."""
    (python,) = [each for each in UPDATES if each["package-ecosystem"] == "pip"]
    for folder in python["directories"]:
        assert list((REPOSITORY / folder.strip("/")).glob("*requirements.txt")), folder
