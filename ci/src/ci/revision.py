"""The commit that the sources were checked out from, and the tags an image of it gets."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ci.environments import ENVIRONMENTS, Env

if TYPE_CHECKING:
    from dulwich.repo import Repo

EPOCH = datetime.fromtimestamp(0, UTC)
_BRANCH = "refs/heads/"
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

    @property
    def name(self) -> str:
        """The commit, and what sets uncommitted sources apart from it."""
        if not self.commit:
            return f"untracked.{self.changes}"
        return f"{self.commit}-dirty.{self.changes}" if self.changes else self.commit

    @property
    def created(self) -> str:
        return self.committed.strftime("%Y-%m-%dT%H:%M:%SZ")


def read(repository: Path) -> Revision:
    """The revision that a folder named `.git` has checked out."""
    from dulwich.errors import NotGitRepository
    from dulwich.objects import Commit
    from dulwich.refs import HEADREF
    from dulwich.repo import Repo

    try:
        repo = Repo(str(repository), bare=True)
        commit = repo[repo.head()]
    except (KeyError, NotGitRepository):
        return Revision()
    with repo:
        assert isinstance(commit, Commit)
        names, _ = repo.refs.follow(HEADREF)
        branch = names[-1].decode()
        return Revision(
            commit=commit.id.decode(),
            committed=datetime.fromtimestamp(commit.commit_time, UTC),
            branch=branch.removeprefix(_BRANCH) if branch.startswith(_BRANCH) else None,
            origin=_origin(repo),
        )


def tags(revision: Revision, branch: str | None) -> list[str]:
    """The tags of an image: its commit, its branch, and `latest` for what main has committed."""
    found = [revision.name]
    if branch:
        found.append(_tag(branch))
        if branch == ENVIRONMENTS[Env.prod].branch and revision.commit and not revision.changes:
            found.append("latest")
    return found


def _tag(branch: str) -> str:
    """The branch's name as a legal tag, never the one that means main."""
    legal = re.sub(r"[^A-Za-z0-9_.-]+", "-", branch).lstrip(".-")[:128]
    return f"branch-{legal}" if legal in ("", "latest") else legal


def _origin(repo: "Repo") -> str | None:
    try:
        return browsable(
            repo.get_config().get((b"remote", b"origin"), b"url").decode(errors="replace")
        )
    except KeyError:
        return None


def browsable(url: str) -> str | None:
    """The address of a remote as a browser takes it, without credentials, query and fragment."""
    match = _REMOTE.fullmatch(url)
    return f"https://{match['host'] or match['scp']}/{match['path']}" if match else None
