"""What the guide to the architecture says of the repository."""

import ast
import re
import tomllib

import pytest

from ci.records.history import State
from tests.docs.markdown import REPOSITORY, section, table
from tests.docs.numbers import SECTIONS

GUIDE = (REPOSITORY / "docs" / "architecture.md").read_text()
NAMED = re.findall(r"`(tests/\S+::\S+)`", section(GUIDE, "Invariants"))


def quoted(text: str) -> set[str]:
    """What stands in backquotes."""
    return set(re.findall(r"`([^`]+)`", text))


def names_of_tests(tree: ast.Module) -> set[str]:
    """The tests of a file, by their names and those of their groups."""
    groups = [each for each in tree.body if isinstance(each, ast.ClassDef)]
    return {
        *_functions(tree.body),
        *(f"{group.name}::{name}" for group in groups for name in _functions(group.body)),
    }


def _functions(body: list[ast.stmt]) -> set[str]:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {each.name for each in body if isinstance(each, functions)}


@pytest.mark.parametrize("title", SECTIONS)
def test_numbers(title: str) -> None:
    """Each is what the manifests and the programs have, and none of these is left out."""
    assert table(section(section(GUIDE, "The numbers"), title)) == SECTIONS[title]()


def test_number() -> None:
    """It stands there once, in a table that is held to what it says."""
    numbers = section(GUIDE, "The numbers")
    titles = re.findall(r"^### (.*)$", numbers, re.M)
    assert titles == list(SECTIONS)
    rows = [row for title in titles for row in table(section(numbers, title))]
    assert len(rows) == len(set(rows))


@pytest.mark.parametrize("title", ["The pipeline's packages", "The laptop stack's packages"])
def test_packages(title: str) -> None:
    """They are all there are, in the order in which they import."""
    configured = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    contracts = configured["tool"]["importlinter"]["contracts"]
    [layers] = [each["layers"] for each in contracts if each["name"].startswith(title)]
    rows = table(section(GUIDE, title))
    assert [quoted(row) for row in rows] == [set(re.findall(r"\w+", layer)) for layer in layers]


def test_every_invariant_names_its_test() -> None:
    """A row without one would be a wish."""
    rows = table(section(GUIDE, "Invariants"))
    assert len(NAMED) == len(rows) >= 20


@pytest.mark.parametrize("name", sorted(set(NAMED)))
def test_test_of_an_invariant(name: str) -> None:
    """It is there."""
    file, _, test = name.partition("::")
    assert test in names_of_tests(ast.parse((REPOSITORY / file).read_text()))


def test_states_of_a_release() -> None:
    """The diagram shows every one that is kept."""
    diagram = section(GUIDE, "A deploy's states")
    assert [state.value for state in State if not re.search(rf"> {state.value}\b", diagram)] == []


def test_what_runs_on_the_laptop() -> None:
    """Every long-running program of the stack is named, and every part of the platform."""
    text = section(GUIDE, "What runs where on the laptop")
    sources = "".join(file.read_text() for file in (REPOSITORY / "local").rglob("*.py"))
    names = re.findall(r'\b(?:Service|Part)\(\s*name=(?:node\.program\()?"([\w-]+)"', sources)
    assert len(names) >= 15
    assert [name for name in names if not re.search(rf"\b{name}\b", text)] == []
