"""Which environment a call is for."""

import pytest

from ci.project.environments import ENVIRONMENTS, Env, choose
from ci.run.errors import InvalidInput


@pytest.mark.parametrize(
    ("env", "branch", "chosen"),
    [
        (Env.dev, None, "dev"),
        (Env.prod, "feature/login", "prod"),
        (Env.stage, "main", "stage"),
        (None, "dev", "dev"),
        (None, "stage", "stage"),
        (None, "main", "prod"),
    ],
)
def test_asked_for_or_fed_by_the_branch(env: Env | None, branch: str | None, chosen: str) -> None:
    """What was asked for wins; without it the branch decides."""
    assert choose(env, branch).name == chosen


@pytest.mark.parametrize(
    ("branch", "said"), [("feature/login", "Branch feature/login"), (None, "No branch"), ("", "No")]
)
def test_branch_that_feeds_nothing(branch: str | None, said: str) -> None:
    """The refusal says why, and names the choices."""
    with pytest.raises(InvalidInput, match=rf"{said}.*--env \(dev, stage, prod\)"):
        choose(None, branch)


def test_branch_that_cannot_be_read() -> None:
    """Why there is none comes first, with what to do about it."""
    why = "Commit: not known, as the checkout is a worktree; add --git-dir /a/.git."
    with pytest.raises(InvalidInput, match=r"add --git-dir /a/.git\. No branch is known: name one"):
        choose(None, None, why)


@pytest.mark.parametrize(
    ("env", "branch", "namespace", "overlay", "app"),
    [
        (Env.dev, "dev", "dev", "overlays/dev", "dev-fastapi"),
        (Env.stage, "stage", "stage", "overlays/stage", "stage-fastapi"),
        (Env.prod, "main", "prod", "overlays/prod", "prod-fastapi"),
    ],
)
def test_every_environment(env: Env, branch: str, namespace: str, overlay: str, app: str) -> None:
    """Branch, namespace, overlay and names are those of the architecture."""
    found = ENVIRONMENTS[env]
    assert (found.branch, found.namespace, found.overlay, found.app) == (
        branch,
        namespace,
        overlay,
        app,
    )
