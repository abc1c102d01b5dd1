"""What is found on the stack, as objects."""

import json
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
    assert good in shown.stdout
    assert call("status", *ENV).stdout.strip() in shown.stdout


def test_scan(call: Call) -> None:
    """Whether it blocks and why are fields, also where it does."""
    passed = json.loads(call("--json", "scanned").stdout)
    assert passed["blocked"] is False and passed["blocking"] == 0
    assert call("scanned", "--unfixed", "block", "blocked").stdout.strip() == "true"
