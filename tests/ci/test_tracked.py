"""What git tracks under the name of something that the pipeline leaves out."""

from pathlib import Path

import pytest
from dulwich import porcelain

from ci.sources import UNTRACKED
from ci.tracked import indexed, left_out


@pytest.mark.parametrize(
    ("path", "out"),
    [
        (".env", True),
        ("infra/terraform.tfstate", True),
        ("terraform.tfstate.backup", True),
        ("reports/summary.md", True),
        ("infra/.terraform/providers/a", True),
        ("a/b/__pycache__/c.pyc", True),
        ("ci/sdk/src/dagger/__init__.py", True),
        ("service/.env", False),
        ("docs/reports/summary.md", False),
        ("service/app/main.py", False),
        ("environment.py", False),
    ],
)
def test_path(path: str, out: bool) -> None:
    """It is left out by its own name, or by that of a folder above it."""
    assert left_out([path]) == [path] * out


def test_every_pattern() -> None:
    """Each of what is left out is found again where it is tracked."""
    paths = [pattern.replace("**/", "deep/down/").replace("*", "x") for pattern in UNTRACKED]
    assert left_out(paths) == paths


def test_index(tmp_path: Path) -> None:
    """It names what was added, under whatever name."""
    (tmp_path / "a b").mkdir()
    for name in (".env", "a b/ü"):
        (tmp_path / name).touch()
    repository = porcelain.init(tmp_path)
    porcelain.add(repository, [tmp_path / ".env", tmp_path / "a b/ü"])
    assert sorted(indexed(tmp_path / ".git" / "index")) == [".env", "a b/ü"]
