"""Which of two commits is the older one, as a checkout knows it."""

import subprocess
from pathlib import Path

import pytest

from ci.source.ancestry import Order, commit, compared
from tests.ci.repositories import git

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Two commits on main, one on a branch from the first, and one merge of both.

    first -- second -- merge        (main)
         `-- aside ---'             (aside)
    """
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    for name in ("first", "second"):
        git(tmp_path, "commit", "--quiet", "--allow-empty", f"--message={name}")
        git(tmp_path, "tag", name)
    git(tmp_path, "checkout", "--quiet", "-b", "aside", "first")
    git(tmp_path, "commit", "--quiet", "--allow-empty", "--message=aside")
    git(tmp_path, "checkout", "--quiet", "main")
    git(tmp_path, "merge", "--quiet", "--no-ff", "--message=merge", "aside")
    git(tmp_path, "tag", "merge")
    return tmp_path


def id_of(repository: Path, name: str) -> str:
    return git(repository, "rev-parse", f"{name}^{{commit}}")


@pytest.mark.parametrize(
    ("runs", "comes", "expected"),
    [
        ("first", "second", Order.NEWER),
        ("first", "merge", Order.NEWER),
        ("aside", "merge", Order.NEWER),
        ("second", "first", Order.OLDER),
        ("merge", "first", Order.OLDER),
        ("merge", "aside", Order.OLDER),
        ("second", "aside", Order.APART),
        ("aside", "second", Order.APART),
    ],
)
def test_whole_history(repository: Path, runs: str, comes: str, expected: Order) -> None:
    """It says of any two commits how the second stands to the first."""
    pair = id_of(repository, runs), id_of(repository, comes)
    assert compared(repository, None, *pair) is expected


def test_commit_dated_before_its_parent(repository: Path) -> None:
    """The order is that of parents and children; a clock that was wrong changes nothing."""
    made = subprocess.run(
        ["git", "commit-tree", "merge^{tree}", "-p", "merge", "-m", "early"],
        cwd=repository,
        check=True,
        capture_output=True,
        text=True,
        env={
            "PATH": "/usr/bin:/bin",
            "GIT_AUTHOR_NAME": "A",
            "GIT_AUTHOR_EMAIL": "a@example.com",
            "GIT_COMMITTER_NAME": "A",
            "GIT_COMMITTER_EMAIL": "a@example.com",
            "GIT_COMMITTER_DATE": "2001-01-01T00:00:00Z",
        },
    )
    early, first = made.stdout.strip(), id_of(repository, "first")
    assert compared(repository, None, early, first) is Order.OLDER
    assert compared(repository, None, first, early) is Order.NEWER


def test_commit_that_is_not_there(repository: Path) -> None:
    """One that was never fetched, or was rewritten, is in no known order."""
    there = id_of(repository, "second")
    assert compared(repository, None, COMMIT, there) is Order.UNKNOWN
    assert compared(repository, None, there, COMMIT) is Order.UNKNOWN


class TestShallowClone:
    @pytest.fixture
    def clone(self, repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
        """The tips of both branches with one parent each, as `--depth` cuts them off."""
        git(repository, "commit", "--quiet", "--allow-empty", "--message=third")
        git(repository, "checkout", "--quiet", "aside")
        git(repository, "commit", "--quiet", "--allow-empty", "--message=later")
        clone = tmp_path_factory.mktemp("clone")
        origin = repository.as_uri()
        git(clone, "clone", "--quiet", "--depth=1", "--no-single-branch", origin, ".")
        return clone

    def test_tips_of_branches(self, clone: Path) -> None:
        """Where their histories meet was cut off, so nothing is known of them."""
        pair = id_of(clone, "origin/main"), id_of(clone, "origin/aside")
        assert compared(clone, None, *pair) is Order.UNKNOWN

    def test_parent_that_was_fetched(self, clone: Path) -> None:
        """What is there counts."""
        git(clone, "fetch", "--quiet", "--depth=2")
        pair = id_of(clone, "origin/main"), id_of(clone, "origin/main~1")
        assert compared(clone, None, *pair) is Order.OLDER

    def test_parent_that_was_not_fetched(self, repository: Path, clone: Path) -> None:
        """It is in no known order."""
        pair = id_of(repository, "main~1"), id_of(clone, "origin/main")
        assert compared(clone, None, *pair) is Order.UNKNOWN


def test_folder_that_is_no_repository(tmp_path: Path) -> None:
    """It orders nothing."""
    assert compared(tmp_path, None, COMMIT, COMMIT[::-1]) is Order.UNKNOWN


@pytest.mark.parametrize(
    ("revision", "expected"),
    [
        (COMMIT, COMMIT),
        (f"{COMMIT}-dirty.1a2b3c4d", COMMIT),
        ("untracked.1a2b3c4d", ""),
        ("unknown", ""),
        ("v1.2.3", ""),
        (f"{COMMIT}0", ""),
        ("", ""),
    ],
)
def test_commit_of_a_revision(revision: str, expected: str) -> None:
    """Uncommitted sources are of the commit that they were changed from."""
    assert commit(revision) == expected
