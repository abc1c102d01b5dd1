"""What is found on the stack, as objects."""

from collections.abc import Callable

import pytest

from local.host.paths import REPOSITORY
from local.tools.catalogue import DAGGER
from tests.e2e.conftest import Result, run

pytestmark = pytest.mark.e2e

Call = Callable[..., Result]

ENV = ("--env", "dev")


def test_release(call: Call, good: str) -> None:
    """One field of it is printed by itself, and its report is the verb's."""
    assert call("release", *ENV, "image").stdout.strip() == good
    assert call("release", *ENV, "report").stdout == call("report", *ENV).stdout


def test_environment_in_a_pipe_of_daggers_shell(call: Call, good: str) -> None:
    """It is asked for what it runs, and for its line of the status."""
    asked = "environment --env dev | image; environment --env dev | status"
    shown = run(DAGGER.program("dagger"), "--progress=plain", "-c", asked, cwd=REPOSITORY)
    assert shown.code == 0, shown.error
    image, table = shown.stdout.replace("ENVIRONMENT", "\nENVIRONMENT", 1).split("\n", 1)
    environments, _, _ = call("status", *ENV).stdout.partition("\n\n")
    assert image == good
    assert [line.split()[:4] for line in table.split("\n")] == [
        line.split()[:4] for line in environments.split("\n")
    ]


def test_scan(call: Call) -> None:
    """Whether it blocks is a field, also where it does."""
    assert call("scanned", "blocked").stdout.strip() == "false"
    assert call("scanned", "--unfixed", "block", "blocked").stdout.strip() == "true"
