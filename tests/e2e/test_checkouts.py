"""Checkouts that leave git's data elsewhere: their commit is found, or it is said why not."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.conftest import Result, run

pytestmark = pytest.mark.e2e

Call = Callable[..., Result]
REVISION = ("build", "label", "--name", "org.opencontainers.image.revision")


@pytest.fixture
def worktree(checkout: Path, tmp_path: Path) -> Path:
    """A worktree of the checkout, clean."""
    made = run("git", "worktree", "add", "--detach", tmp_path / "worktree", cwd=checkout)
    assert made.code == 0, made.printed
    return tmp_path / "worktree"


class TestWorktree:
    def test_with_the_folder_of_its_repository(
        self, call: Call, checkout: Path, worktree: Path
    ) -> None:
        """Its image bears the commit."""
        result = call(f"--git-dir={checkout}/.git", *REVISION, cwd=worktree)
        head = run("git", "rev-parse", "HEAD", cwd=worktree).stdout
        assert result.stdout.strip() == head.strip(), result.printed

    def test_alone(self, call: Call, checkout: Path, worktree: Path) -> None:
        """Its image bears none, and the call says what to give."""
        result = call(*REVISION, cwd=worktree)
        assert result.stdout.startswith("untracked.")
        assert f"add --git-dir {checkout}/.git." in result.stderr
