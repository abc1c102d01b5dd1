"""What the stack writes into .env for `dagger`."""

import pytest
from dagger.mod import default_module

from ci.main import Ci
from local.stack.defaults import defaults


def arguments_of_the_pipeline() -> set[str]:
    """Every argument of every verb, as .env names it."""
    return {
        f"CI_{verb}_{argument.name.replace('_', '')}".upper()
        for verb, function in default_module().get_object(Ci.__name__).functions.items()
        for argument in function.parameters.values()
    }


@pytest.mark.parametrize("name", defaults())
def test_default_is_one_of_an_argument(name: str) -> None:
    """What the stack writes into .env is read by a verb of the pipeline."""
    assert name in arguments_of_the_pipeline()
