"""The verbs as the command line shows them."""

import pytest
from dagger.mod import default_module

from ci import main

VERBS = default_module().get_object(main.Ci.__name__).functions
TAKEN_BY_THE_COMMAND_LINE = {"output", "json", "progress", "workdir", "debug", "mod"}
CHECKS = ["infra", "lint", "locked", "manifests", "test"]
EFFECTS = ["scan", "scan_reports", "publish", "deploy", "promote", "rollback"]
QUESTIONS = ["dora", "history", "plan", "report", "status", "verify"]
OBJECTS = {"environment": "status", "release": "report", "scanned": "report"}
"""The verbs that give an object, and its function that gives the text."""


def test_every_verb_is_there() -> None:
    """No verb is missing, and none that is not yet whole is offered."""
    assert set(VERBS) - {""} == {
        "build",
        "infra_plan",
        "lock",
        "plan_saved",
        *CHECKS,
        *EFFECTS,
        *QUESTIONS,
        *OBJECTS,
    }


@pytest.mark.parametrize("verb", CHECKS)
def test_check(verb: str) -> None:
    """It takes no argument, so that `dagger check` can run it."""
    assert VERBS[verb].check
    assert not VERBS[verb].parameters


@pytest.mark.parametrize("verb", sorted(set(VERBS) - {""}))
def test_verb_is_not_answered_from_before(verb: str) -> None:
    """It runs at every call, on the repository that the caller stands in."""
    assert VERBS[verb].cache_policy == "never"


@pytest.mark.parametrize("verb", sorted(set(VERBS) - {""}))
def test_help(verb: str) -> None:
    """Each verb and each of its arguments has a line of help that fits on the screen."""
    lines = [VERBS[verb].doc, *(each.doc for each in VERBS[verb].parameters.values())]
    for line in lines:
        assert line
        assert "\n" not in line
        assert len(line) <= 80


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_names_of_arguments(verb: str) -> None:
    """None is one that the command line keeps for itself."""
    names = {each.name for each in VERBS[verb].parameters.values()}
    assert not names & TAKEN_BY_THE_COMMAND_LINE


def test_generator() -> None:
    """`dagger generate` can run it."""
    assert VERBS["lock"].generate
    assert all(each.is_optional for each in VERBS["lock"].parameters.values())


def test_plan_of_the_machines() -> None:
    """It needs nobody's values."""
    assert all(each.is_optional for each in VERBS["infra_plan"].parameters.values())


def test_arguments_that_must_be_given() -> None:
    """A kubeconfig is all that a deploy cannot do without."""
    required = [each.name for each in VERBS["deploy"].parameters.values() if not each.is_optional]
    assert required == ["kubeconfig"]


def test_scan_and_its_reports() -> None:
    """They take the same arguments, for both are one scan."""

    def arguments(verb: str) -> dict[str, object]:
        return {each.name: each.default_value for each in VERBS[verb].parameters.values()}

    assert arguments("scan") == arguments("scan_reports") == arguments("scanned")


@pytest.mark.parametrize(("verb", "text"), sorted(OBJECTS.items()))
def test_object(verb: str, text: str) -> None:
    """What is in it has help, and the text that another verb prints is its function."""
    given = default_module().get_object(VERBS[verb].return_type.__name__)
    assert text in given.functions
    assert given.functions[text].doc
    assert given.fields


@pytest.mark.parametrize(
    "verb", ["deploy", "promote", "rollback", "report", "history", "release", "environment"]
)
def test_environments_are_offered(verb: str) -> None:
    """Any of the project's own may be given, so the engine has no list of its own."""
    named = [each for each in VERBS[verb].parameters.values() if each.name.lower().endswith("env")]
    assert named
    for each in named:
        assert each.resolved_type in (str, str | None)
        assert "nvironment" in each.doc or "dev, stage, prod" in each.doc
