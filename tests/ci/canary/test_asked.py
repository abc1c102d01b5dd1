"""Which canary a release gets: what a call says, or else its environment."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ci.canary.asked import Asked, Bake, Canary, asked
from ci.project.environments import Environment
from ci.run.errors import InvalidInput
from tests.ci.sample import PROD, STAGE

MINUTE = timedelta(minutes=1)
TENTH = replace(STAGE, canary=10)
BAKED = replace(STAGE, bake=MINUTE)


@pytest.mark.parametrize(
    ("environment", "said", "found"),
    [
        (STAGE, "", None),
        (STAGE, "25%", Canary(25, MINUTE)),
        (STAGE, "none", None),
        (TENTH, "", Canary(10, MINUTE, insists=True)),
        (TENTH, "5%", Canary(5, MINUTE, insists=True)),
        (TENTH, "None", None),
        (PROD, "", None),
        (PROD, "10%", Canary(10, MINUTE, insists=True)),
    ],
)
def test_canary(environment: Environment, said: str, found: Canary | None) -> None:
    """The call has the last word; a strict environment wants it judged."""
    assert asked(environment, said).canary == found


@pytest.mark.parametrize(
    ("environment", "said", "found"),
    [
        (STAGE, "", None),
        (STAGE, "1m", Bake(MINUTE)),
        (STAGE, "none", None),
        (BAKED, "", Bake(MINUTE, insists=True)),
        (BAKED, "30s", Bake(MINUTE / 2, insists=True)),
        (BAKED, "None", None),
        (TENTH, "1m", Bake(MINUTE, insists=True)),
        (PROD, "1m", Bake(MINUTE, insists=True)),
    ],
)
def test_bake(environment: Environment, said: str, found: Bake | None) -> None:
    """So it is with that."""
    assert asked(environment, bake=said).bake == found


def test_nothing() -> None:
    """Requests judge nothing unless they are asked to."""
    assert asked(STAGE) == Asked()


@pytest.mark.parametrize("said", ["10", "0%", "100%", "a tenth", "1.5%"])
def test_no_share(said: str) -> None:
    """It is told what to write."""
    with pytest.raises(InvalidInput, match="--canary .* no share .* such as 10%"):
        asked(STAGE, said)


def test_no_span() -> None:
    """The argument is named."""
    with pytest.raises(InvalidInput, match="--watch 'long'"):
        asked(STAGE, "10%", "long")


def test_no_span_of_a_bake() -> None:
    """It is named, too."""
    with pytest.raises(InvalidInput, match="--bake 'long'"):
        asked(STAGE, bake="long")
