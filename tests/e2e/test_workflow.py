"""The workflow of GitHub Actions: its own lint, and its scripts, run on the stack as they are."""

from pathlib import Path

import pytest

from local.paths import REPOSITORY
from local.toolchain.catalogue import ACTIONLINT
from tests.e2e.conftest import Result, run

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("stack")]

WORKFLOW = REPOSITORY / ".github" / "workflows" / "pipeline.yml"


def actionlint(file: Path) -> Result:
    """What actionlint says, whatever else is installed that it could ask."""
    return run(ACTIONLINT.program("actionlint"), "-shellcheck=", "-pyflakes=", file)


class TestLint:
    def test_of_the_workflow_finds_nothing(self) -> None:
        """It examines the expressions, the keys and the permissions of every job."""
        done = actionlint(WORKFLOW)
        assert done.code == 0, done.printed

    def test_of_a_workflow_with_a_faulty_expression(self, tmp_path: Path) -> None:
        """It would find one in this file."""
        faulty = tmp_path / "faulty.yml"
        faulty.write_text(WORKFLOW.read_text().replace("matrix.environment", "matrix.nothing"))
        done = actionlint(faulty)
        assert done.code == 1
        assert 'property "nothing" is not defined' in done.stdout
