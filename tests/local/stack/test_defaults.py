"""What the stack writes into .env for `dagger`."""

import inspect
from typing import get_type_hints

import pytest
from dagger import Name

from ci.main import Ci
from local.stack.defaults import defaults


def arguments_of_the_pipeline() -> set[str]:
    """Every argument of every verb, as .env names it."""
    named = set()
    for verb, method in inspect.getmembers(Ci, inspect.iscoroutinefunction):
        hints = get_type_hints(method, include_extras=True)
        for argument in inspect.signature(method).parameters.values():
            metadata = getattr(hints.get(argument.name), "__metadata__", ())
            names = [each.name for each in metadata if isinstance(each, Name)]
            shown = (names or [argument.name])[0].replace("_", "")
            named.add(f"CI_{verb}_{shown}".upper())
    return named


@pytest.mark.parametrize("name", defaults())
def test_default_is_one_of_an_argument(name: str) -> None:
    """What the stack writes into .env is read by a verb of the pipeline."""
    assert name in arguments_of_the_pipeline()
