"""Everything that is tracked: it names no registry of packages, and locks what it installs."""

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]

# In pieces, so that this file names none of them.
HOSTS = [
    ".".join(pieces)
    for pieces in (
        ("pypi", "org"),
        ("files", "pythonhosted", "org"),
        ("proxy", "golang", "org"),
        ("sum", "golang", "org"),
        ("deb", "debian", "org"),
        ("security", "debian", "org"),
        ("registry", "npmjs", "org"),
        ("crates", "io"),
    )
]


@cache
def tracked() -> list[Path]:
    """Every file that git tracks or would, for it is not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
        text=True,
    )
    named = [REPOSITORY / name for name in listed.stdout.split("\0") if name]
    return [file for file in named if file.is_file()]


def shown(file: Path) -> str:
    return str(file.relative_to(REPOSITORY))


def requirement_locks() -> list[Path]:
    """The lock files that pip reads."""
    lock = re.compile(r".*requirements\.(txt|lock)|uv\.txt")
    return [file for file in tracked() if lock.fullmatch(file.name)]


def sum_locks() -> list[Path]:
    """The lock files that Go reads."""
    return [file for file in tracked() if file.name == "go.sum"]


@pytest.mark.parametrize("host", HOSTS)
def test_no_file_names_a_package_registry(host: str) -> None:
    """Where packages come from is the machine's to say: behind a proxy it is another address."""
    assert [shown(file) for file in tracked() if host.encode() in file.read_bytes()] == []


def test_lock_files_are_found() -> None:
    """The tests below look at something."""
    assert len(requirement_locks()) >= 5
    assert len(sum_locks()) >= 3


@pytest.mark.parametrize("lock", requirement_locks(), ids=shown)
def test_every_requirement_is_pinned_with_its_hash(lock: Path) -> None:
    """One exact version and at least one SHA-256 each, and nothing else is asked for."""
    text = re.sub(r"^\s*#.*$", "", lock.read_text(), flags=re.MULTILINE)
    requirements = re.split(r"\n(?=\S)", text.strip())

    for requirement in requirements:
        assert re.match(r"[\w.\-\[\],]+==[\w.+!]+[\s;]", requirement), requirement
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", requirement), requirement


@pytest.mark.parametrize("lock", sum_locks(), ids=shown)
def test_every_module_is_pinned_with_its_hash(lock: Path) -> None:
    """A version and a checksum each."""
    for line in lock.read_text().splitlines():
        assert re.fullmatch(r"\S+ v\S+ h1:[\w+/]{43}=", line), line


@pytest.mark.parametrize("lock", sum_locks(), ids=shown)
def test_every_go_module_has_its_lock(lock: Path) -> None:
    """A go.mod lies beside it."""
    assert lock.with_name("go.mod").is_file()
