"""Which environment a call is for."""

import pytest

from ci.project.environments import Environment, Environments, choose, feeder, named
from ci.project.service import Service
from ci.run.errors import InvalidInput

WEB = Service("web")
FOUR: Environments = {
    "dev": Environment("dev", WEB, "dev", "dev"),
    "stage": Environment("stage", WEB, "stage", "stage"),
    "prod": Environment("prod", WEB, "prod", "main", promoted_from="stage", signed=True),
    "live-eu": Environment("live-eu", WEB, "team-live-eu", promoted_from="prod"),
}


@pytest.mark.parametrize(
    ("env", "branch", "chosen"),
    [
        ("dev", None, "dev"),
        ("prod", "feature/login", "prod"),
        ("stage", "main", "stage"),
        ("live-eu", None, "live-eu"),
        (None, "dev", "dev"),
        (None, "stage", "stage"),
        (None, "main", "prod"),
    ],
)
def test_asked_for_or_fed_by_the_branch(env: str | None, branch: str | None, chosen: str) -> None:
    """What was asked for wins; without it the branch decides."""
    assert choose(FOUR, env, branch).name == chosen


@pytest.mark.parametrize(
    ("branch", "said"), [("feature/login", "Branch feature/login"), (None, "No branch"), ("", "No")]
)
def test_branch_that_feeds_nothing(branch: str | None, said: str) -> None:
    """The refusal says why, and names the choices."""
    with pytest.raises(InvalidInput, match=rf"{said}.*--env \(dev, stage, prod, live-eu\)"):
        choose(FOUR, None, branch)


def test_branch_that_cannot_be_read() -> None:
    """Why there is none comes first, with what to do about it."""
    why = "Commit: not known, as the checkout is a worktree; add --git-dir /a/.git."
    with pytest.raises(InvalidInput, match=r"add --git-dir /a/.git\. No branch is known: name one"):
        choose(FOUR, None, None, why)


def test_environment_that_is_none() -> None:
    """The refusal names those that are, and how to add it."""
    said = r"no environment qa: name one of dev, .*live-eu, or add \[tool.ci.environments.qa\]"
    with pytest.raises(InvalidInput, match=said):
        named(FOUR, "qa")


def test_names_of_an_environment() -> None:
    """Its overlay and its Lease are called after it, and its namespace as the project says."""
    live = FOUR["live-eu"]
    assert (live.overlay, live.app) == ("overlays/live-eu", "live-eu-web")
    assert live.namespace == "team-live-eu"


@pytest.mark.parametrize(
    ("of", "fed_by"), [("dev", None), ("prod", FOUR["stage"]), ("live-eu", FOUR["prod"])]
)
def test_environment_that_images_come_from(of: str, fed_by: Environment | None) -> None:
    """It is the one that the table names, or none."""
    assert feeder(FOUR, FOUR[of]) == fed_by
