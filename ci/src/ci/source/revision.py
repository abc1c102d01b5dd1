"""The commit that the sources were checked out from, and the tags an image of it gets."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

EPOCH = datetime.fromtimestamp(0, UTC)
TAG_LENGTH = 128
DIGEST_DIGITS = 12
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_TAG = re.compile(rf"[A-Za-z0-9_][A-Za-z0-9_.-]{{0,{TAG_LENGTH - 1}}}")
# What main's images, histories, commits, uncommitted sources, referrers of a digest (where a
# registry has no API for them) and branches with a digest go by.
_TAKEN = re.compile(
    rf"latest|history-.*|{_COMMIT.pattern}(-dirty\..*)?|untracked\..*|sha\d+-.*"
    rf"|.*-[0-9a-f]{{{DIGEST_DIGITS}}}"
)
# Only what an address is made of is taken: whatever else there is may be a credential.
_REMOTE = re.compile(
    r"(?:(?:https?|ssh|git)://(?:[^/]*@)?(?P<host>[\w.-]+)(?::\d+)?/|[^@/:]+@(?P<scp>[\w.-]+):)"
    r"(?P<path>(?:[\w./~+-]|%[0-9A-Fa-f]{2})+?)(?:\.git)?/?(?:[?#].*)?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Revision:
    """What is known of the sources: nothing but `changes` outside a checkout."""

    commit: str = ""
    committed: datetime = EPOCH
    branch: str | None = None
    origin: str | None = None
    changes: str = ""
    """Digest of the sources, where they differ from the commit."""
    remark: str = ""
    """Why no commit is known, or how the sources differ from it: a sentence, or nothing."""

    @property
    def name(self) -> str:
        """The commit, and what sets uncommitted sources apart from it."""
        if not self.commit:
            return f"untracked.{self.changes}"
        return f"{self.commit}-dirty.{self.changes}" if self.changes else self.commit

    @property
    def unknown(self) -> str:
        """Why no commit is known, in a sentence; nothing where one is."""
        return "" if self.commit else self.remark

    @property
    def created(self) -> str:
        return self.committed.strftime("%Y-%m-%dT%H:%M:%SZ")


def is_commit(name: str) -> bool:
    """Whether a revision's name is that of a commit, with nothing changed since."""
    return bool(_COMMIT.fullmatch(name))


def tags(revision: Revision, branch: str | None, newest: str | None) -> list[str]:
    """The tags of an image: its commit, its branch, `latest` for a commit of branch `newest`."""
    found = [revision.name]
    if branch:
        found.append(_tag(branch))
        if branch == newest and revision.commit and not revision.changes:
            found.append("latest")
    return found


def _tag(branch: str) -> str:
    """The tag that is this branch's and no other's.

    A name that is no legal tag, or one that means something else, is told apart by its digest.
    """
    if _TAG.fullmatch(branch) and not _TAKEN.fullmatch(branch):
        return branch
    legal = re.sub(r"[^A-Za-z0-9_.-]+", "-", branch).lstrip(".-") or "branch"
    digest = sha256(branch.encode(errors="surrogateescape")).hexdigest()[:DIGEST_DIGITS]
    return f"{legal[: TAG_LENGTH - DIGEST_DIGITS - 1]}-{digest}"


def browsable(url: str) -> str | None:
    """The address of a remote as a browser takes it, without credentials, query and fragment."""
    match = _REMOTE.fullmatch(url)
    return f"https://{match['host'] or match['scp']}/{match['path']}" if match else None
