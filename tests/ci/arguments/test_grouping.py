"""Groups of arguments: one parameter of a verb, and single ones of the command line."""

import inspect
from functools import partial
from typing import Any, get_type_hints

import anyio
import pytest

from ci.arguments import groups, single
from ci.arguments.grouping import grouped
from ci.scan.gate import Effect


@grouped
async def verb(
    of: str, *, login: groups.Login, scanning: groups.Scanning, run: single.Run = ""
) -> Any:
    """Says what it was given."""
    return of, login, scanning, run


def called(**given: Any) -> Any:
    """What the verb was given."""
    return anyio.run(partial(verb, "a", **given))


def test_arguments_of_a_group() -> None:
    """Each is there once, also where two groups have it, and none of the groups is."""
    assert list(inspect.signature(verb).parameters) == [
        *("of", "username", "token", "registry_ca"),
        *("fail_on", "unfixed", "unsupported_system", "ignore_file"),
        *("db_repository", "db_max_age", "run"),
    ]


def test_help_and_names_of_arguments() -> None:
    """They keep the text and the type that each was described with."""
    hints = get_type_hints(verb, include_extras=True)
    assert hints["db_max_age"] == single.DbMaxAge
    assert hints["registry_ca"] == single.RegistryCa
    assert hints["return"] is Any


def test_arguments_that_are_given() -> None:
    """They are in the group that they belong to, and in both where they belong to both."""
    of, login, scanning, run = called(token=None, registry_ca=1, fail_on="LOW", run="7")
    assert (of, run) == ("a", "7")
    assert login == groups.Login(username=None, token=None, registry_ca=1)  # type: ignore[arg-type]
    assert (scanning.fail_on, scanning.registry_ca) == ("LOW", 1)


def test_arguments_that_are_not_given() -> None:
    """They have the defaults of their group."""
    _, _, scanning, run = called(token=None, registry_ca=None)
    assert (scanning.fail_on, scanning.unfixed) == ("HIGH,CRITICAL", Effect.report)
    assert run == ""


def test_argument_that_nobody_knows() -> None:
    """It is refused."""
    with pytest.raises(TypeError, match="unexpected keyword argument 'colour'"):
        called(token=None, registry_ca=None, colour="red")
