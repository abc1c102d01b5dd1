"""What the service is called stands in its base and in the table, and nowhere else."""

import re
import subprocess
from pathlib import PurePosixPath

import pytest

from tests.project import NAME, REPOSITORY

# Where it stands, and where documentation says it.
WRITTEN = ("manifests/base/", "pyproject.toml", "docs/")
# The package of Python that it is made with, and the repository.
OTHERWISE = re.compile(r"(from|import) fastapi\b|fastapi(==|>=|\[|>1)|fastapi-dagger")
OF_THE_PACKAGE = {
    "tests/ci/scan/test_unseen.py",
    "tests/e2e/test_scan.py",
    "tests/e2e/test_supply_chain.py",
}


def files() -> list[str]:
    """What git tracks of code and configuration."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=REPOSITORY, check=True, capture_output=True, text=True
    )
    return [
        name
        for name in listed.stdout.split("\0")
        if name
        and (REPOSITORY / name).is_file()
        and not name.startswith(WRITTEN)
        and name not in OF_THE_PACKAGE
        and PurePosixPath(name).suffix not in {".md", ".lock", ".sum"}
        and "requirements" not in name
    ]


def places(text: str) -> list[str]:
    """The lines that say it, where they mean the service."""
    said = re.compile(rf"(?<!\w){NAME}(?!\w)")
    return [line.strip() for line in text.splitlines() if said.search(OTHERWISE.sub("", line))]


def test_places_outside_the_base() -> None:
    """There are none: whatever needs the name has it from the table."""
    found = {name: places((REPOSITORY / name).read_text(errors="ignore")) for name in files()}
    found.pop("tests/test_name.py", None)
    found.pop("tests/ci/project/test_settings.py", None)  # What the table itself says.
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    ("line", "count"),
    [
        (f"image = 'registry/{NAME}'", 1),
        (f"kubectl get deployment/dev-{NAME}", 1),
        (f"https://stage.{NAME}.local/", 1),
        ("from fastapi import FastAPI", 0),
        ("fastapi==0.165.0", 0),
        ("/var/lib/fastapi-dagger/kubeconfig", 0),
    ],
)
def test_line(line: str, count: int) -> None:
    """The package and the repository are called otherwise, or are another thing."""
    assert len(places(line)) == count
