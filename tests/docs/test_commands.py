"""The guides' commands: each is run by a test, or has a reason why it is not."""

import ast
from collections import Counter

import pytest

from tests.docs.commands import NOT_RUN, RUN, RUN_BY, written
from tests.workflow.calls import REPOSITORY

END_TO_END = REPOSITORY / "tests" / "e2e"
TABLE = [*RUN, *RUN_BY, *(command for commands in NOT_RUN.values() for command in commands)]


def test_command_that_is_written() -> None:
    """It is in the table: whoever writes one says where it is run."""
    assert written() - set(TABLE) == set()


def test_command_that_is_written_no_more() -> None:
    """It has left the table too."""
    assert set(TABLE) - written() == set()


def test_command_in_the_table() -> None:
    """It is there once."""
    assert [command for command, count in Counter(TABLE).items() if count > 1] == []


@pytest.mark.parametrize("test", sorted(set(RUN_BY.values())))
def test_test_that_runs_a_command(test: str) -> None:
    """It is there."""
    file, group, name = test.split("::")
    [found] = [
        each
        for each in ast.parse((END_TO_END / file).read_text()).body
        if isinstance(each, ast.ClassDef) and each.name == group
    ]
    assert name in {each.name for each in found.body if isinstance(each, ast.FunctionDef)}
