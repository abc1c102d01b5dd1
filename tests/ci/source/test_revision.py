"""The commit of the sources, and the tags of their image."""

import re
from datetime import UTC, datetime

import pytest

from ci.source.revision import EPOCH, Revision, browsable, is_commit, tags

COMMIT = "0123456789abcdef0123456789abcdef01234567"
CLEAN = Revision(COMMIT, datetime(2026, 5, 9, 7, 30, tzinfo=UTC), branch="main")


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


def test_unknown() -> None:
    """Only what is said of a missing commit is a reason for one."""
    assert Revision(remark="Commit: not known.").unknown == "Commit: not known."
    assert Revision(COMMIT, changes="1", remark="Sources: changed.").unknown == ""


@pytest.mark.parametrize(
    ("name", "is_one"),
    [(COMMIT, True), (f"{COMMIT}-dirty.89abcdef", False), ("untracked.89abcdef", False)],
)
def test_commit_by_its_name(name: str, is_one: bool) -> None:
    """Sources that were changed since are of no moment."""
    assert is_commit(name) == is_one


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
        ("Feature-UPPER_1.0", [COMMIT, "Feature-UPPER_1.0"]),
        ("feature/login form", [COMMIT, "feature-login-form-4380bcebc40c"]),
        (".-hidden", [COMMIT, "hidden-cece69b33404"]),
        ("größe", [COMMIT, "gr-e-d353a2671b67"]),
        ("//", [COMMIT, "branch-a2c2339691fc"]),
        ("latest", [COMMIT, "latest-5e1e2bcac305"]),
        ("history-stage", [COMMIT, "history-stage-1cc532605a57"]),
        ("x" * 128, [COMMIT, "x" * 128]),
        ("x" * 200, [COMMIT, "x" * 115 + "-aa20c23e3201"]),
    ],
)
def test_tags_of_a_branch(branch: str | None, expected: list[str]) -> None:
    """Commit and branch, as legal tags, and latest for main only."""
    assert tags(CLEAN, branch, "main") == expected


ALIKE = [
    *("main", "ü/main", "/main", "-main", "main ", "refs/heads/main", "heads/main"),
    *("latest", "/latest", "Latest"),
    *("feat/foo#1", "feat/foo-1", "feat-foo-1", "feat/foo 1", "feat//foo-1"),
    *("x" * 128, "x" * 129, "x" * 128 + "/", "x" * 115),
    *("größe", "grüße", "gr-e", "//", "///", "branch", "branch-"),
    *("history-stage", "history/stage"),
    *(COMMIT, COMMIT + "0" * 24, f"{COMMIT}-dirty.89abcdef", "untracked.89abcdef"),
    *("sha256-" + "0" * 64, "sha256-" + "0" * 64 + ".sig"),
]


def test_no_two_branches_share_a_tag() -> None:
    """Nor does one have a tag that means something else, or that another is given by its digest."""
    given = {branch: tags(CLEAN, branch, "main")[1] for branch in ALIKE}
    again = {tag: tags(CLEAN, tag, "main")[1] for tag in given.values() if tag not in ALIKE}
    found = [*given.values(), *again.values()]
    assert len(set(found)) == len(found)
    assert not {COMMIT, f"{COMMIT}-dirty.89abcdef", "untracked.89abcdef"} & set(found)
    assert all(re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}", tag) for tag in found)


@pytest.mark.parametrize("branch", [branch for branch in ALIKE if branch != "main"])
def test_branch_that_looks_like_main(branch: str) -> None:
    """It moves neither main's tag nor latest."""
    assert not {"main", "latest"} & set(tags(CLEAN, branch, "main"))


@pytest.mark.parametrize("revision", [Revision(COMMIT, changes="1"), Revision(changes="1")])
def test_tags_of_uncommitted_sources(revision: Revision) -> None:
    """They do not move latest, not even on main."""
    assert tags(revision, "main", "main") == [revision.name, "main"]


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
