"""`dagger check --no-generate`: every check of the pipeline, by one call."""

from pathlib import Path

import pytest

from local.tools.catalogue import DAGGER
from tests.e2e.conftest import Result, run

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("stack")]

CHECKS = ("infra", "lint", "locked", "manifests", "test")


def check(*words: str, cwd: Path) -> Result:
    """Runs `dagger check` without what would be generated, which `locked` is for."""
    return run(
        DAGGER.program("dagger"), "--progress=plain", "check", "--no-generate", *words, cwd=cwd
    )


class TestCheck:
    def test_is_offered_for_each(self, checkout: Path) -> None:
        """All of them are listed, and nothing else is."""
        listed = check("--list", cwd=checkout)
        assert listed.code == 0, listed.error
        assert [line.split()[0] for line in listed.stdout.splitlines() if "ci:" in line] == [
            f"ci:{name}" for name in CHECKS
        ]

    @pytest.mark.soak
    def test_of_sources_with_two_faults(self, checkout: Path) -> None:
        """All are run to their end; the call fails, with the findings of both that fail."""
        (checkout / "service" / "app" / "unused.py").write_text("import os\n")
        (checkout / "infra" / "crooked.tf").write_text('locals   { a="b" }\n')

        failed = check(cwd=checkout)

        assert failed.code != 0
        for name in CHECKS:
            assert f"ci:{name}" in failed.stderr
        assert "F401" in failed.stderr
        assert "crooked.tf" in failed.stderr
        assert "Lint fails: flake8 found something" in failed.error
        assert "The infrastructure is not sound: fmt found something" in failed.error
        assert "Traceback" not in failed.printed
