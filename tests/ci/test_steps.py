"""Steps: timed, and side by side."""

import anyio
import pytest

from ci.errors import CiError, Held, KubeconfigError, NothingChanged, QualityError
from ci.steps import Steps, side_by_side


def test_step_that_fails() -> None:
    """It is timed as well."""
    steps = Steps()
    with steps.step("lint"):
        pass
    with pytest.raises(ValueError, match="no"), steps.step("test"):
        raise ValueError("no")
    assert list(steps.seconds) == ["lint", "test"]
    assert 0 <= steps.seconds["lint"] <= steps.total


def test_all_succeed() -> None:
    """Each has run."""
    done: list[int] = []

    async def task() -> None:
        done.append(1)

    anyio.run(side_by_side, task, task)
    assert done == [1, 1]


def test_two_of_three_fail() -> None:
    """All come to their end, and both failures are told, in the order they were given."""
    done: list[str] = []

    async def slow() -> None:
        await anyio.sleep(0.02)
        raise QualityError("Lint fails.", "a.py:1")

    async def quick() -> None:
        raise QualityError("A test fails.")

    async def good() -> None:
        await anyio.sleep(0.04)
        done.append("good")

    with pytest.raises(CiError) as raised:
        anyio.run(side_by_side, slow, quick, good)
    assert str(raised.value) == "a.py:1\n\nLint fails.\nA test fails."
    assert done == ["good"]


@pytest.mark.parametrize(
    "failure", [KubeconfigError("Expired."), Held("Held."), NothingChanged("")]
)
def test_environment_that_cannot_be_released_to(failure: CiError) -> None:
    """It ends the others at once."""

    async def refused() -> None:
        raise failure

    async def long() -> None:
        await anyio.sleep(60)

    with pytest.raises(type(failure)):
        anyio.run(side_by_side, long, refused)
