"""The commit that is checked out, read from repositories as git makes them."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ci.source.revision import Revision
from tests.ci.repositories import commit, differences, git, repository, seen


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository with one commit on branch stage."""
    return repository(tmp_path / "checkout")


def away(folder: Path) -> Path:
    """The folder, where nothing that names it finds it any more."""
    return folder.rename(folder.with_name(f"{folder.name}-elsewhere"))


def head(folder: Path) -> str:
    """The commit that git itself says is checked out."""
    return git(folder, "rev-parse", "HEAD")


class TestCommit:
    def test_of_a_branch(self, checkout: Path) -> None:
        """Commit, date and branch are read."""
        assert seen(checkout).revision == Revision(
            commit=head(checkout),
            committed=datetime(2026, 5, 9, 7, 30, tzinfo=UTC),
            branch="stage",
        )

    def test_of_a_detached_head(self, checkout: Path) -> None:
        """Where CI checked out a commit there is no branch."""
        git(checkout, "checkout", "--quiet", "--detach")
        found = seen(checkout).revision
        assert (found.commit, found.branch) == (head(checkout), None)

    def test_that_is_packed(self, checkout: Path) -> None:
        """References and objects may be packed, as in a fresh clone."""
        git(checkout, "remote", "add", "origin", "git@example.com:owner/name.git")
        git(checkout, "gc", "--quiet")
        git(checkout, "pack-refs", "--all")
        found = seen(checkout).revision
        assert (found.commit, found.branch) == (head(checkout), "stage")
        assert found.origin == "https://example.com/owner/name"
        assert differences(checkout) == []

    @pytest.mark.parametrize("option", ["--depth=1", "--filter=blob:none", "--filter=tree:0"])
    def test_of_a_clone_that_is_not_whole(self, checkout: Path, option: str) -> None:
        """What is checked out is there, and no more is needed."""
        git(checkout, "commit", "--quiet", "--allow-empty", "--message=Second")
        git(checkout, "config", "uploadpack.allowFilter", "true")
        clone = checkout.with_name("clone")
        git(checkout, "clone", "--quiet", option, checkout.as_uri(), clone)
        assert seen(clone).revision.commit == head(checkout)
        assert differences(clone) == []

    def test_of_a_repository_with_sha256(self, tmp_path: Path) -> None:
        """Its name is longer, and is found in the same way."""
        checkout = repository(tmp_path / "long", "--object-format=sha256")
        found = seen(checkout).revision
        assert (found.commit, found.branch) == (head(checkout), "stage")
        assert len(found.commit) == 64
        assert differences(checkout) == []

    def test_of_settings_that_reach_elsewhere(self, checkout: Path) -> None:
        """What a setting includes may be out of reach, such as the credentials of a job."""
        git(checkout, "config", "include.path", "/nowhere/config")
        git(checkout, "config", f"includeIf.gitdir:{checkout}/.git.path", "/nowhere/credentials")
        assert seen(checkout).revision.commit == head(checkout)


class TestClone:
    @pytest.mark.parametrize("how", ["--shared", "--reference={0} --no-local"])
    def test_that_borrows_its_objects(self, checkout: Path, how: str) -> None:
        """It has its commit where the lender's folder is given; else it is said which one."""
        clone = checkout.with_name("clone")
        git(checkout, "clone", "--quiet", *how.format(checkout).split(), checkout, clone)
        commit_ = head(clone)
        lender = away(checkout)

        alone = seen(clone).revision
        assert (alone.commit, alone.branch) == ("", "stage")
        assert f"add --git-dir {checkout}/.git." in alone.remark
        assert seen(clone, lender / ".git").revision.commit == commit_
        assert differences(clone, lender / ".git") == []

    def test_that_is_given_a_stranger(self, checkout: Path, tmp_path: Path) -> None:
        """A folder without the objects is no help, and it is said."""
        clone = checkout.with_name("clone")
        git(checkout, "clone", "--quiet", "--shared", checkout, clone)
        away(checkout)
        (tmp_path / "empty").mkdir()
        remark = seen(clone, tmp_path / "empty").revision.remark
        assert "--git-dir does not have them all" in remark

    def test_that_committed_since(self, checkout: Path) -> None:
        """The commit is its own, and some of what it consists of is not."""
        clone = checkout.with_name("clone")
        git(checkout, "clone", "--quiet", "--shared", checkout, clone)
        (clone / "README.md").write_text("other\n")
        commit(clone)
        lender = away(checkout)
        alone = seen(clone)
        assert alone.revision.commit
        assert alone.tree is None
        assert "cannot be told, as objects are borrowed from" in alone.revision.remark
        assert differences(clone, lender / ".git") == []


class TestWorktree:
    @pytest.fixture
    def worktree(self, checkout: Path) -> Path:
        """A worktree on a branch and a commit of its own."""
        worktree = checkout.with_name("worktree")
        git(checkout, "worktree", "add", "--quiet", "-b", "feature", worktree)
        (worktree / "README.md").write_text("other\n")
        return commit(worktree)

    def test_alone(self, checkout: Path, worktree: Path) -> None:
        """It is said which folder is missing."""
        found = seen(worktree).revision
        assert (found.commit, found.branch) == ("", None)
        assert found.remark == (
            "Commit: not known, as the checkout is a worktree, and its git folder out of reach; "
            f"add --git-dir {checkout}/.git."
        )

    def test_with_the_folder_of_its_repository(self, checkout: Path, worktree: Path) -> None:
        """Its own commit and branch are read, and not those of the repository."""
        found = seen(worktree, checkout / ".git").revision
        assert (found.commit, found.branch) == (head(worktree), "feature")
        assert found.commit != head(checkout)
        assert differences(worktree, checkout / ".git") == []

    def test_with_the_folder_of_another(self, worktree: Path, tmp_path: Path) -> None:
        """A repository without this worktree is refused."""
        other = repository(tmp_path / "other")
        found = seen(worktree, other / ".git").revision
        assert found.commit == ""
        assert "--git-dir has no worktree worktree" in found.remark

    def test_of_a_clone_that_borrows(self, checkout: Path) -> None:
        """Two folders cannot be given, so it is said how one becomes enough."""
        clone, worktree = checkout.with_name("clone"), checkout.with_name("worktree")
        git(checkout, "clone", "--quiet", "--shared", checkout, clone)
        git(clone, "worktree", "add", "--quiet", "--detach", worktree)
        away(checkout)
        assert (
            "`git repack -a -d` makes them its own"
            in seen(worktree, clone / ".git").revision.remark
        )


class TestFolderOfItsOwn:
    def test_of_a_submodule(self, checkout: Path, tmp_path: Path) -> None:
        """A submodule that is the project has its commit where its folder is given."""
        outer = repository(tmp_path / "outer")
        git(outer, "submodule", "--quiet", "add", checkout, "inner")
        inner = outer / "inner"
        alone = seen(inner).revision
        assert "add --git-dir ../.git/modules/inner." in alone.remark
        assert seen(inner, outer / ".git/modules/inner").revision.commit == head(checkout)
        assert differences(inner, outer / ".git/modules/inner") == []

    def test_that_was_asked_for(self, tmp_path: Path) -> None:
        """`git init --separate-git-dir` is the same."""
        separate = tmp_path / "separate"
        checkout = repository(tmp_path / "checkout", f"--separate-git-dir={separate}")
        assert f"add --git-dir {separate}." in seen(checkout).revision.remark
        assert seen(checkout, separate).revision.commit == head(checkout)

    def test_behind_a_link(self, checkout: Path, tmp_path: Path) -> None:
        """Nobody follows it: what it leads to is not in the sources."""
        shutil.move(checkout / ".git", tmp_path / "separate")
        (checkout / ".git").symlink_to(tmp_path / "separate")
        assert f"add --git-dir {tmp_path}/separate." in seen(checkout).revision.remark


class TestNothing:
    def test_committed_yet(self, tmp_path: Path) -> None:
        """The branch is known all the same."""
        git(tmp_path, "init", "--quiet", "--initial-branch=stage")
        found = seen(tmp_path).revision
        assert (found.commit, found.branch) == ("", "stage")
        assert "nothing is committed yet" in found.remark

    def test_of_a_checkout(self, tmp_path: Path) -> None:
        """Sources from an archive have no commit."""
        (tmp_path / "README.md").touch()
        assert seen(tmp_path).revision == Revision(
            remark="Commit: not known, as the sources are no git checkout."
        )

    @pytest.mark.parametrize("broken", ["HEAD", "config", "index", "refs/heads/stage"])
    def test_that_can_be_read(self, checkout: Path, broken: str) -> None:
        """A damaged repository is no failure of the call, and never another commit."""
        (checkout / ".git" / broken).write_bytes(b"\0\xff[broken")
        found = seen(checkout).revision
        if found.commit:
            assert broken == "index"
        else:
            assert found.remark.startswith("Commit: not known, as ")

    def test_known_of_a_format(self, checkout: Path) -> None:
        """A format of the future is named."""
        git(checkout, "config", "core.repositoryFormatVersion", "1")
        git(checkout, "config", "extensions.future", "true")
        assert "future" in seen(checkout).revision.remark
