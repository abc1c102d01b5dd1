"""The stack's built-in Python SDK runs modules other than the project's own."""

from pathlib import Path

import pytest

from tests.e2e.conftest import call_in

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("stack")]

GREETER = Path(__file__).parent / "greeter"


class TestModuleWithADependencyAnEnumAndAConstructor:
    def test_runs(self) -> None:
        """The locked dependency is installed, and constructor and enum take their arguments."""
        greeted = call_in("--name", "you", "greet", "--tone", "LOUD", "--times", "3", cwd=GREETER)
        assert greeted.stdout.strip() == "HELLO YOU, THREE TIMES", greeted.error

    def test_has_defaults(self) -> None:
        """Arguments that are not given have the defaults of the Python code."""
        greeted = call_in("greet", cwd=GREETER)
        assert greeted.stdout.strip() == "hello world, one times", greeted.error

    def test_refuses_what_the_enum_does_not_name(self) -> None:
        """A value that the enum does not have is refused with those it has."""
        refused = call_in("greet", "--tone", "shrill", cwd=GREETER)
        assert refused.code != 0
        assert "LOUD" in refused.error or "loud" in refused.error
