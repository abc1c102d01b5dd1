"""What Trivy does not look at, and how that is said."""

import json
import re
from pathlib import Path

import pytest

from ci.scan import unseen
from ci.scan.unseen import BINARY, PINNED, RANGES, remarks


def of(root: Path, **files: str) -> list[str]:
    """Files with ranges; in their names `__` stands for a dot and `___` for a slash."""
    for name, text in files.items():
        file = root / name.replace("___", "/").replace("__", ".")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return unseen.unseen(root).get(RANGES, [])


@pytest.mark.parametrize(
    ("path", "scanned"),
    [
        ("requirements.txt", True),
        ("ci/requirements.lock", True),
        ("requirements-dev.txt", True),
        ("dev-requirements.txt", True),
        ("service/requirements_test.txt", True),
        ("requirements/prod.txt", True),
        ("constraints.txt", True),
        ("build/constraints-3.11.txt", True),
        ("requirements.in", False),
        ("docs/requirements.md", False),
        ("my/requirements/notes/prod.txt", False),
        ("robots.txt", False),
    ],
)
def test_file_of_pinned_packages(path: str, scanned: bool) -> None:
    """It is told by its name, wherever it is."""
    assert bool(re.search(PINNED, path)) is scanned


@pytest.mark.parametrize(
    ("content", "binary"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", True),
        ("kïey = 'ü'\n".encode(), False),
        ("key = 'a'\n".encode("utf-16"), True),
        (b"\x7fELF\x02\x01\x01\0\0\0", True),
        (b"a\x1b[1mbold\x1b[0m\n", False),
        (b"x" * 300 + b"\0" * 10, False),
        (b"\0" * 9, False),
    ],
)
def test_binary_file(tmp_path: Path, content: bytes, binary: bool) -> None:
    """It is one that Trivy takes for binary, and reads nothing of."""
    (tmp_path / "file").write_bytes(content)
    assert (BINARY in unseen.unseen(tmp_path)) is binary


def test_links_and_folders(tmp_path: Path) -> None:
    """They hold nothing of their own."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("/bin/sh")
    assert unseen.unseen(tmp_path) == {}


class TestRanges:
    @pytest.mark.parametrize("line", ["fastapi", "fastapi>=0.100", "fastapi[all]~=1.0", "a==1.*"])
    def test_in_a_lock_file(self, tmp_path: Path, line: str) -> None:
        """They are named, in a file of which the rest is looked at."""
        name = re.split(r"[\[>~=]", line)[0]
        told = of(tmp_path, requirements__txt=f"# none\n--no-index\nidna==3.7\n{line}\n")
        assert told == [f"requirements.txt ({name})"]

    @pytest.mark.parametrize(
        "line",
        [
            "idna==3.7",
            "idna == 3.7",
            "idna[x]==3.7 ; python_version > '3'",
            "idna==3.7 \\\n    --hash=sha256:12",
            "idna==3.7  # via anyio",
        ],
    )
    def test_pinned(self, tmp_path: Path, line: str) -> None:
        """One version is no range."""
        assert of(tmp_path, requirements__txt=f"{line}\n") == []

    def test_with_their_lock_file_beside(self, tmp_path: Path) -> None:
        """It is what Trivy looks at, under any spelling of a name."""
        told = of(
            tmp_path,
            requirements__in="Typing_Extensions\nfastapi>1\n",
            requirements__txt="typing-extensions==4.1\n",
        )
        assert told == ["requirements.in (fastapi)"]

    def test_in_a_project(self, tmp_path: Path) -> None:
        """Dependencies, groups, extras and what builds it are all looked for beside it."""
        project = """
            [project]
            dependencies = ["fastapi>=1", "idna"]
            optional-dependencies.fast = ["uvloop"]
            [dependency-groups]
            dev = ["pytest", {include-group = "other"}]
            [build-system]
            requires = ["hatchling"]
        """
        told = of(tmp_path, ci___pyproject__toml=project, ci___requirements__txt="idna==3.7\n")
        assert told == ["ci/pyproject.toml (fastapi, hatchling, pytest, uvloop)"]

    @pytest.mark.parametrize("lock", ["uv__lock", "poetry__lock", "pylock__toml"])
    def test_in_a_project_with_a_lock_file_of_its_tool(self, tmp_path: Path, lock: str) -> None:
        """Trivy looks at that one, which may lie above in a workspace."""
        project = '[project]\ndependencies = ["fastapi>=1"]\n'
        assert of(tmp_path, **{"a___pyproject__toml": project, lock: ""}) == []

    def test_in_a_project_that_is_no_toml(self, tmp_path: Path) -> None:
        """It names nothing."""
        assert of(tmp_path, pyproject__toml="[project\n") == []

    @pytest.mark.parametrize(
        ("manifest", "lock"),
        [
            ("package__json", "package-lock__json"),
            ("Cargo__toml", "Cargo__lock"),
            ("Gemfile", "Gemfile__lock"),
        ],
    )
    def test_of_another_language(self, tmp_path: Path, manifest: str, lock: str) -> None:
        """They are named unless their lock file is there."""
        assert of(tmp_path, **{manifest: "{}"}) == [
            f"{manifest.replace('__', '.')} (all that it names)"
        ]
        assert of(tmp_path, **{lock: ""}) == []


@pytest.mark.parametrize(
    "text",
    [
        "project = 1",
        "[project]\ndependencies = 3",
        "[project.optional-dependencies]\na = 1",
        "dependency-groups = []",
        "build-system = true",
        '[project]\ndependencies = [1, {a = "b"}]',
    ],
)
def test_project_that_is_none(tmp_path: Path, text: str) -> None:
    """Test data may look like one, and asks for nothing."""
    assert of(tmp_path, pyproject__toml=text) == []


def test_remarks() -> None:
    """Each reason is a sentence, with the files and how many more there are."""
    told = json.dumps({BINARY: ["a.png", "b.png", "c.png"], RANGES: ["pyproject.toml (idna)"]})
    assert remarks(told, shown=2) == [
        "Not looked at for secrets, for it is binary: a.png, b.png and 1 more.",
        "Not looked at for vulnerabilities, for no lock file beside it names a version: "
        "pyproject.toml (idna).",
    ]


def test_repository() -> None:
    """Nothing is said where everything was looked at."""
    assert remarks("{}") == []
