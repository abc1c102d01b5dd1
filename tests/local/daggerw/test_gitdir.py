"""Where git's own folder is, for checkouts that do not have it."""

import subprocess
from pathlib import Path

import pytest

from local.daggerw.gitdir import elsewhere, handed


def git(folder: Path, *arguments: str | Path) -> None:
    """Run git in a folder, with nobody's settings."""
    author = ("-c", "user.name=A", "-c", "user.email=a@example.com")
    allowed = ("-c", "protocol.file.allow=always")
    subprocess.run(
        ["git", *author, *allowed, *map(str, arguments)],
        cwd=folder,
        check=True,
        capture_output=True,
        env={"PATH": "/usr/bin:/bin", "GIT_CONFIG_GLOBAL": "/dev/null"},
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository with a commit."""
    folder = tmp_path.resolve() / "checkout"
    folder.mkdir()
    git(folder, "init", "--quiet")
    git(folder, "commit", "--quiet", "--allow-empty", "--message=First")
    return folder


def test_checkout(checkout: Path) -> None:
    """It has its own."""
    assert elsewhere(checkout) is None


def test_no_checkout(tmp_path: Path) -> None:
    """Sources from an archive have none."""
    assert elsewhere(tmp_path) is None


def test_worktree(checkout: Path) -> None:
    """It is that of the repository."""
    git(checkout, "worktree", "add", "--quiet", "--detach", "../worktree")
    assert elsewhere(checkout.with_name("worktree")) == checkout / ".git"


def test_shared_clone(checkout: Path) -> None:
    """It is the one with the objects."""
    git(checkout, "clone", "--quiet", "--shared", checkout, "../clone")
    assert elsewhere(checkout.with_name("clone")) == checkout / ".git"


def test_submodule(checkout: Path) -> None:
    """It is in the repository around it."""
    outer = checkout.with_name("outer")
    outer.mkdir()
    git(outer, "init", "--quiet")
    git(outer, "submodule", "--quiet", "add", checkout, "inner")
    assert elsewhere(outer / "inner") == outer / ".git" / "modules" / "inner"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["call", "build"], ["call", "--git-dir={0}", "build"]),
        (
            ["--progress=plain", "call", "build"],
            ["--progress=plain", "call", "--git-dir={0}", "build"],
        ),
        (["call", "--git-dir=/mine", "build"], ["call", "--git-dir=/mine", "build"]),
        (["call", "--git-dir", "/mine", "build"], ["call", "--git-dir", "/mine", "build"]),
        (["functions"], ["functions"]),
    ],
)
def test_arguments(checkout: Path, arguments: list[str], expected: list[str]) -> None:
    """They say where it is, unless they do already."""
    git(checkout, "worktree", "add", "--quiet", "--detach", "../worktree")
    wanted = [each.format(checkout / ".git") for each in expected]
    assert handed(arguments, checkout.with_name("worktree")) == wanted
    assert handed(arguments, checkout) == arguments
