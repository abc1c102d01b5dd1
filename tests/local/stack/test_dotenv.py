"""The stack's block in a person's .env."""

from pathlib import Path

import pytest

from local.stack import dotenv

BLOCK = f"{dotenv.BEGIN}\nCI_DEPLOY_KUBECONFIG=file:///kubeconfig\n{dotenv.END}\n"
VALUES = {"CI_DEPLOY_KUBECONFIG": "file:///kubeconfig"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / ".env"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, BLOCK),
        ("TOKEN=secret\n", f"TOKEN=secret\n{BLOCK}"),
        ("TOKEN=secret", f"TOKEN=secret\n{BLOCK}"),
        (BLOCK, BLOCK),
        (BLOCK.replace("///", "///old/"), BLOCK),
        (f"A=1\n{BLOCK}B=2\n", f"A=1\nB=2\n{BLOCK}"),
    ],
    ids=["no file", "a person's", "no last newline", "the same", "another", "in the middle"],
)
def test_block_is_written(file: Path, before: str | None, after: str) -> None:
    """There is one block, with the new values, below everything that a person wrote."""
    if before is not None:
        file.write_text(before)

    dotenv.update(file, VALUES)

    assert file.read_text() == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"TOKEN=secret\n\n# mine\n{BLOCK}", "TOKEN=secret\n\n# mine\n"),
        (f"A=1\n{BLOCK}B=2\n", "A=1\nB=2\n"),
        ("TOKEN=secret\n", "TOKEN=secret\n"),
    ],
    ids=["above", "around", "no block"],
)
def test_block_is_taken_out(file: Path, before: str, after: str) -> None:
    """Every line that a person wrote stays."""
    file.write_text(before)

    dotenv.update(file, None)

    assert file.read_text() == after


@pytest.mark.parametrize("before", [BLOCK, None])
def test_file_with_nothing_else_goes(file: Path, before: str | None) -> None:
    """No empty file is left behind."""
    if before:
        file.write_text(before)

    dotenv.update(file, None)

    assert not file.exists()


def test_file_that_says_the_same_is_not_touched(file: Path) -> None:
    """Bringing up a stack that is up writes nothing."""
    dotenv.update(file, VALUES)
    file.chmod(0o400)
    before = file.stat()

    dotenv.update(file, VALUES)

    assert file.stat().st_mtime_ns == before.st_mtime_ns
