"""What a security linter says of the workflow and of Dependabot's configuration."""

import subprocess

from tests.workflow.calls import REPOSITORY


def test_zizmor_finds_nothing() -> None:
    """Not even with its pedantic rules."""
    done = subprocess.run(
        ["zizmor", "--offline", "--persona=pedantic", "--no-progress", "--no-config", ".github"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
