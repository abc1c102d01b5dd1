"""Whether sources are what was committed: clean is clean, and a real change is one."""

from hashlib import sha256
from pathlib import Path

import pytest

from ci.source.differences import told
from tests.ci.repositories import commit, differences, git, repository


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository with one commit."""
    return repository(tmp_path / "checkout")


class TestClean:
    def test_as_it_was_committed(self, checkout: Path) -> None:
        """Files, programs and links are what they were."""
        assert differences(checkout) == []

    def test_file_that_the_machine_ignores(self, checkout: Path) -> None:
        """What a person's own settings ignore is not looked for in the repository's."""
        ignored = checkout.with_name("ignored")
        ignored.write_text("*.swp\n.idea/\n")
        git(checkout, "config", "--global", "core.excludesFile", ignored)
        (checkout / ".idea").mkdir()
        (checkout / ".idea" / "workspace.xml").touch()
        (checkout / "notes.swp").touch()
        assert git(checkout, "status", "--porcelain") == ""
        assert differences(checkout) == []

    def test_file_that_the_repository_ignores(self, checkout: Path) -> None:
        """Nor does one count that .gitignore names."""
        (checkout / ".gitignore").write_text("build/\n")
        commit(checkout)
        (checkout / "build").mkdir()
        (checkout / "build" / "out").touch()
        assert differences(checkout) == []

    def test_modes_that_the_file_system_does_not_keep(self, checkout: Path) -> None:
        """Where git is told not to look at them, nobody does."""
        git(checkout, "config", "core.fileMode", "false")
        (checkout / "README.md").chmod(0o755)
        (checkout / "service" / "run.sh").chmod(0o644)
        assert git(checkout, "status", "--porcelain") == ""
        assert differences(checkout) == []

    def test_links_that_the_file_system_does_not_keep(self, checkout: Path) -> None:
        """They are files with the path in them."""
        git(checkout, "config", "core.symlinks", "false")
        (checkout / "link").unlink()
        git(checkout, "checkout", "link")
        assert not (checkout / "link").is_symlink()
        assert differences(checkout) == []

    def test_permissions_of_another_umask(self, checkout: Path) -> None:
        """Git only keeps whether a file may be executed."""
        (checkout / "README.md").chmod(0o600)
        (checkout / "service" / "run.sh").chmod(0o700)
        assert differences(checkout) == []

    @pytest.mark.parametrize(
        ("setting", "attributes"),
        [("true", ""), ("false", "* text=auto eol=crlf\n")],
        ids=["core.autocrlf", "an attribute"],
    )
    def test_ends_of_lines_that_git_converted(
        self, checkout: Path, setting: str, attributes: str
    ) -> None:
        """Whoever asked for that, the settings of the machine or the repository."""
        (checkout / ".gitattributes").write_text(attributes)
        commit(checkout)
        git(checkout, "config", "--global", "core.autocrlf", setting)
        (checkout / "README.md").unlink()
        git(checkout, "checkout", "README.md")
        assert b"\r\n" in (checkout / "README.md").read_bytes()
        assert git(checkout, "status", "--porcelain") == ""
        assert differences(checkout) == []

    def test_file_of_git_lfs(self, checkout: Path) -> None:
        """A pointer is committed, and the file is what it points to."""
        data = b"large\r\n" * 100
        (checkout / "model.bin").write_bytes(_pointer(data))
        commit(checkout)
        assert differences(checkout) == []
        (checkout / "model.bin").write_bytes(data)
        assert differences(checkout) == []

    def test_sparse_checkout(self, checkout: Path) -> None:
        """What git was told to leave out is not missing."""
        (checkout / "docs").mkdir()
        (checkout / "docs" / "guide.md").touch()
        commit(checkout)
        git(checkout, "sparse-checkout", "set", "--no-cone", "/*", "!/docs")
        assert not (checkout / "docs").exists()
        assert differences(checkout) == []

    def test_file_that_the_pipeline_leaves_out(self, checkout: Path) -> None:
        """What does not come with the sources is not missing either."""
        for name in (".env", "infra/.terraform.lock.hcl", "ci/sdk/main.py", "reports/report.json"):
            (checkout / name).parent.mkdir(parents=True, exist_ok=True)
            (checkout / name).write_text("tracked all the same\n")
        commit(checkout)
        assert differences(checkout) == []

    def test_staged_and_as_it_was(self, checkout: Path) -> None:
        """What the next commit would be is of no interest."""
        git(checkout, "rm", "--quiet", "--cached", "README.md")
        assert differences(checkout) == []

    def test_names_of_all_kinds(self, checkout: Path) -> None:
        """A name is a name."""
        for name in ("[x]", "!y", "a b", "*", "ü", "-q", "a\\b", "{c}"):
            (checkout / "service" / name).mkdir()
            (checkout / "service" / name / f"{name}.py").touch()
        commit(checkout)
        assert differences(checkout) == []

    @pytest.mark.parametrize("version", ["2", "3", "4"])
    def test_index_of_any_version(self, checkout: Path, version: str) -> None:
        """Git has several formats for it."""
        git(checkout, "update-index", "--index-version", version)
        assert differences(checkout) == []


class TestChange:
    def test_of_a_file(self, checkout: Path) -> None:
        """One character is enough."""
        (checkout / "README.md").write_text("this iz\nREADME.md\n")
        assert differences(checkout) == ["README.md"]

    def test_of_what_may_be_executed(self, checkout: Path) -> None:
        """Where the file system keeps that, it counts."""
        (checkout / "README.md").chmod(0o755)
        assert differences(checkout) == ["README.md"]

    def test_of_a_link(self, checkout: Path) -> None:
        """It leads elsewhere."""
        (checkout / "link").unlink()
        (checkout / "link").symlink_to("README.md")
        assert differences(checkout) == ["link"]

    def test_of_a_kind(self, checkout: Path) -> None:
        """A link that became the file that it led to, and a file that became a folder."""
        (checkout / "link").unlink()
        (checkout / "link").write_text("service/main.py")
        (checkout / "README.md").unlink()
        (checkout / "README.md").mkdir()
        assert differences(checkout) == ["README.md", "link"]

    def test_that_removes_a_file(self, checkout: Path) -> None:
        """It is missing."""
        (checkout / "README.md").unlink()
        assert differences(checkout) == ["README.md"]

    @pytest.mark.parametrize("ignored", [False, True])
    def test_that_adds_a_file_to_the_image(self, checkout: Path, ignored: bool) -> None:
        """The image is made of it, so it is not the commit's, whatever git is told to ignore."""
        if ignored:
            (checkout / ".git" / "info" / "exclude").write_text("new.py\n")
        (checkout / "service" / "new.py").touch()
        assert differences(checkout) == ["service/new.py"]

    def test_of_ends_of_lines(self, checkout: Path) -> None:
        """Where git did not make them, they are a change."""
        (checkout / "README.md").write_bytes(b"this is\r\nREADME.md\r\n")
        assert differences(checkout) == ["README.md"]

    def test_within_converted_ends_of_lines(self, checkout: Path) -> None:
        """Of as many bytes, even."""
        git(checkout, "config", "core.autocrlf", "true")
        (checkout / "README.md").unlink()
        git(checkout, "checkout", "README.md")
        (checkout / "README.md").write_bytes(b"this iz\r\nREADME.md\r\n")
        assert differences(checkout) == ["README.md"]

    def test_of_what_a_pointer_points_to(self, checkout: Path) -> None:
        """Another large file is another file."""
        (checkout / "model.bin").write_bytes(_pointer(b"large"))
        commit(checkout)
        (checkout / "model.bin").write_bytes(b"small")
        assert differences(checkout) == ["model.bin"]

    def test_that_is_staged(self, checkout: Path) -> None:
        """It is in no commit yet."""
        (checkout / "README.md").write_text("other\n")
        git(checkout, "add", "README.md")
        assert differences(checkout) == ["README.md"]

    def test_that_git_was_told_not_to_look_for(self, checkout: Path) -> None:
        """What nobody is to see would be released all the same."""
        git(checkout, "update-index", "--assume-unchanged", "README.md")
        (checkout / "README.md").write_text("other\n")
        assert differences(checkout) == ["README.md"]


class TestSubmodule:
    @pytest.fixture
    def outer(self, checkout: Path, tmp_path: Path) -> Path:
        """A repository with a submodule in a folder that it was not always in."""
        outer = repository(tmp_path / "outer")
        git(outer, "submodule", "--quiet", "add", checkout, "before")
        git(outer, "mv", "before", "service/library")
        return commit(outer)

    def test_as_it_was_committed(self, outer: Path) -> None:
        """What is in it is committed elsewhere."""
        assert git(outer, "status", "--porcelain") == ""
        assert differences(outer) == []

    def test_that_is_not_checked_out(self, outer: Path) -> None:
        """It is empty, as after a clone."""
        git(outer, "submodule", "--quiet", "deinit", "--all")
        assert git(outer, "status", "--porcelain") == ""
        assert differences(outer) == []

    def test_with_a_change(self, outer: Path) -> None:
        """It is told where."""
        (outer / "service" / "library" / "README.md").write_text("other\n")
        (outer / "service" / "library" / "new.py").touch()
        assert differences(outer) == ["service/library/README.md", "service/library/new.py"]

    def test_at_another_commit(self, outer: Path) -> None:
        """It is another library."""
        library = outer / "service" / "library"
        (library / "README.md").write_text("other\n")
        commit(library)
        assert differences(outer) == ["service/library"]


@pytest.mark.parametrize(
    ("changed", "added", "said"),
    [
        ([], [], ""),
        (["a"], [], "Sources: changed since commit 0123456789ab: a."),
        (
            ["a", "b", "c", "d", "e"],
            ["service/x.py"],
            "Sources: changed since commit 0123456789ab: a, b, c and 2 more; "
            "part of the image and in no commit: service/x.py.",
        ),
    ],
)
def test_sentence(changed: list[str], added: list[str], said: str) -> None:
    """It names the first of them, so that nobody has to search."""
    assert told("0123456789abcdef" * 2, changed, added) == said


def _pointer(data: bytes) -> bytes:
    """What `git lfs` would commit in place of data, by its specification."""
    lines = ("version https://git-lfs.github.com/spec/v1", f"oid sha256:{sha256(data).hexdigest()}")
    return "\n".join((*lines, f"size {len(data)}", "")).encode()
