"""Which lock files there are, and how each is written."""

import subprocess
import tomllib
from pathlib import Path

import pytest

from ci.checks.locks import LOCKS, Lock

REPOSITORY = Path(__file__).parents[3]
HASHED = Lock("shop/requirements.txt", ("--generate-hashes", "requirements.in"))


def tracked(pattern: str) -> set[str]:
    """The files of the repository that match a pattern."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", pattern],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
        text=True,
    )
    return {name for name in listed.stdout.splitlines() if (REPOSITORY / name).exists()}


def test_what_requirements_are_written_for() -> None:
    """Each file of requirements has its lock file, and so has each module."""
    modules = {
        str(Path(name).with_name("requirements.lock"))
        for name in tracked("*pyproject.toml")
        if "project" in tomllib.loads((REPOSITORY / name).read_text())
    }
    ours = {str(Path(name).with_suffix(".txt")) for name in tracked("*.in")}
    assert {lock.path for lock in LOCKS} == ours | modules


def test_lock_that_takes_versions_of_others() -> None:
    """It is written after them."""
    written: set[str] = set()
    for lock in LOCKS:
        source = (REPOSITORY / lock.path).with_suffix(".in")
        lines = source.read_text().splitlines() if source.exists() else []
        taken = {line.removeprefix("-r ") for line in lines if line.startswith("-r ")}
        named = {(source.parent / name).resolve().relative_to(REPOSITORY) for name in taken}
        assert {str(name) for name in named} <= written
        written.add(lock.path)


@pytest.mark.parametrize(
    ("upgrade", "called"),
    [
        ([], "--quiet -o requirements.txt --generate-hashes requirements.in"),
        (["--upgrade"], "--quiet --upgrade -o requirements.txt --generate-hashes requirements.in"),
    ],
    ids=["as it is", "newest"],
)
def test_command(upgrade: list[str], called: str) -> None:
    """uv is called in the lock file's folder, and keeps versions unless newer ones are wanted."""
    assert HASHED.folder == "shop"
    assert " ".join(HASHED.command(upgrade)) == f"python3 -m uv pip compile {called}"
