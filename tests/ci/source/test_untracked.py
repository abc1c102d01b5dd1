"""What of a clone does not come to the pipeline."""

import pytest

from ci.source.untracked import UNTRACKED, is_untracked


@pytest.mark.parametrize(
    ("path", "left"),
    [
        (".env", True),
        ("service/.env", False),
        (".env.example", False),
        ("reports/report.json", True),
        ("reports/image.sarif", True),
        ("reports/views.py", False),
        ("docs/reports/report.json", False),
        ("ci/sdk/src/main.py", True),
        ("ci/sdk.md", False),
        ("infra/main.tfstate", True),
        ("infra/main.tfstate.backup", True),
        ("terraform.tfstate", True),
        ("infra/.terraform/providers/x", True),
        ("infra/.terraform.lock.hcl", True),
        ("service/app/__pycache__/main.pyc", True),
        ("service/app/main.py", False),
        ("environment.py", False),
    ],
)
def test_path(path: str, left: bool) -> None:
    """What tools make and what is secret stays where it is, and nothing else."""
    assert is_untracked(path) == left


def test_every_pattern_is_understood() -> None:
    """Each is a path, or a name anywhere: no other kind is told apart here."""
    for pattern in UNTRACKED:
        assert not set(pattern.removeprefix("**/")) & set("?[]!{}\\")
        assert "/" not in pattern.removeprefix("**/") or "*" not in pattern
        assert is_untracked(pattern.replace("**/", "deep/down/").replace("*", "x"))
