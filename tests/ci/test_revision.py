"""The commit of the sources, and the tags of their image."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ci.revision import EPOCH, Revision, browsable, read, tags

COMMIT = "0123456789abcdef0123456789abcdef01234567"
CLEAN = Revision(COMMIT, datetime(2026, 5, 9, 7, 30, tzinfo=UTC), branch="main")


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder, as an author whose commits have a known date."""
    return subprocess.run(
        ["git", "-c", "user.name=A", "-c", "user.email=a@example.com", *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
        env={
            "PATH": "/usr/bin:/bin",
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_COMMITTER_DATE": "2026-05-09T09:30:00+02:00",
        },
    ).stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository with one commit on branch stage."""
    git(tmp_path, "init", "--quiet", "--initial-branch=stage")
    (tmp_path / "file").write_text("content")
    git(tmp_path, "add", "file")
    git(tmp_path, "commit", "--quiet", "--message=First")
    return tmp_path


def test_branch_checked_out(checkout: Path) -> None:
    """Commit, date and branch are read."""
    assert read(checkout / ".git") == Revision(
        commit=git(checkout, "rev-parse", "HEAD"),
        committed=datetime(2026, 5, 9, 7, 30, tzinfo=UTC),
        branch="stage",
    )


def test_detached_head(checkout: Path) -> None:
    """Where CI checked out a commit there is no branch."""
    git(checkout, "checkout", "--quiet", "--detach")
    found = read(checkout / ".git")
    assert found.commit == git(checkout, "rev-parse", "HEAD")
    assert found.branch is None


def test_packed_repository(checkout: Path) -> None:
    """References and objects may be packed, as in a fresh clone."""
    git(checkout, "remote", "add", "origin", "git@example.com:owner/name.git")
    git(checkout, "gc", "--quiet")
    git(checkout, "pack-refs", "--all")
    found = read(checkout / ".git")
    assert found.commit == git(checkout, "rev-parse", "HEAD")
    assert found.origin == "https://example.com/owner/name"


def test_shallow_clone(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """One commit without its parents is enough."""
    git(checkout, "commit", "--quiet", "--allow-empty", "--message=Second")
    clone = tmp_path_factory.mktemp("clone")
    git(clone, "clone", "--quiet", "--depth=1", checkout.as_uri(), ".")
    assert read(clone / ".git").commit == git(checkout, "rev-parse", "HEAD")


def test_no_commit_yet(tmp_path: Path) -> None:
    """A repository without a commit has no revision."""
    git(tmp_path, "init", "--quiet")
    assert read(tmp_path / ".git") == Revision()


def test_not_a_repository(tmp_path: Path) -> None:
    """Neither has a folder that is no repository."""
    assert read(tmp_path) == Revision()


@pytest.mark.parametrize(
    ("revision", "name"),
    [
        (CLEAN, COMMIT),
        (Revision(COMMIT, EPOCH, changes="89abcdef"), f"{COMMIT}-dirty.89abcdef"),
        (Revision(changes="89abcdef"), "untracked.89abcdef"),
    ],
)
def test_name(revision: Revision, name: str) -> None:
    """Sources that were not committed never go by the commit alone."""
    assert revision.name == name


def test_created() -> None:
    """The date of the commit, so that the same sources give the same image."""
    assert CLEAN.created == "2026-05-09T07:30:00Z"


@pytest.mark.parametrize(
    ("branch", "expected"),
    [
        ("main", [COMMIT, "main", "latest"]),
        ("stage", [COMMIT, "stage"]),
        (None, [COMMIT]),
        ("", [COMMIT]),
        ("feature/login form", [COMMIT, "feature-login-form"]),
        ("Feature/UPPER", [COMMIT, "Feature-UPPER"]),
        (".-hidden", [COMMIT, "hidden"]),
        ("größe", [COMMIT, "gr-e"]),
        ("//", [COMMIT, "branch-"]),
        ("latest", [COMMIT, "branch-latest"]),
        ("x" * 200, [COMMIT, "x" * 128]),
    ],
)
def test_tags_of_a_branch(branch: str | None, expected: list[str]) -> None:
    """Commit and branch, as legal tags, and latest for main only."""
    assert tags(CLEAN, branch) == expected


@pytest.mark.parametrize("revision", [Revision(COMMIT, changes="1"), Revision(changes="1")])
def test_tags_of_uncommitted_sources(revision: Revision) -> None:
    """They do not move latest, not even on main."""
    assert tags(revision, "main") == [revision.name, "main"]


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://example.com/owner/name.git", "https://example.com/owner/name"),
        ("https://user:secret@example.com/owner/name", "https://example.com/owner/name"),
        ("git@example.com:owner/name.git", "https://example.com/owner/name"),
        ("ssh://git@example.com:22/owner/name.git", "https://example.com/owner/name"),
        ("https://token@example.com/owner/name.git", "https://example.com/owner/name"),
        ("https://token:@example.com/owner/name.git/", "https://example.com/owner/name"),
        ("https://user:sec@ret@example.com:8443/owner/name", "https://example.com/owner/name"),
        ("HTTPS://Token@Example.com/owner/name", "https://Example.com/owner/name"),
        ("https://example.com/name.git?private_token=secret", "https://example.com/name"),
        ("https://example.com/name?a=b#secret", "https://example.com/name"),
        ("https://example.com/name/#secret@host/x", "https://example.com/name"),
        ("https://example.com/a/My%20Name/_git/b~c", "https://example.com/a/My%20Name/_git/b~c"),
        ("token@example.com:owner/name.git?secret", "https://example.com/owner/name"),
        ("user:secret@example.com:owner/name.git", None),
        ("https://sec/ret@example.com/name", None),
        ("https://user:sec/ret@example.com/name", None),
        ("https://example.com/name.git;token=secret", None),
        ("https://example.com/name&token=secret", None),
        ("https://example.com/owner/na\nme", None),
        ("https://example.com?private_token=secret", None),
        ("https://secret", None),
        ("token::https://secret@example.com/name", None),
        ("/srv/git/name.git", None),
        ("../name", None),
        ("file:///srv/name", None),
    ],
)
def test_origin(url: str, address: str | None) -> None:
    """An address for a browser, without credentials, or none."""
    assert browsable(url) == address
