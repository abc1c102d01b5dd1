"""What is done of what brings the stack up, and what is asked for it."""

from pathlib import Path

import pytest

from local.stack import order
from local.stack.parts import Part


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, run_folder: Path) -> list[str]:
    """A stack of whose parts every one is remembered; what was asked of them since."""
    asked: list[str] = []
    monkeypatch.setattr(order, "are_remembered", lambda name: True)
    return asked


def part(asked: list[str], ready: bool) -> Part:
    """A part that writes down what is asked of it."""

    def answer() -> bool:
        asked.append("ready?")
        return ready

    return Part("part", bring_up=lambda _: asked.append("bring up"), ready=answer)


def test_cluster_that_is_down(asked: list[str]) -> None:
    """What is to be done is laid out without a question to it."""
    order.steps([part(asked, ready=True)], print)

    assert asked == []


@pytest.mark.parametrize(("ready", "then"), [(True, []), (False, ["bring up"])])
def test_part_of_a_cluster_that_is_up(asked: list[str], ready: bool, then: list[str]) -> None:
    """It is brought up where it does not say that it is ready."""
    [*_, last] = order.steps([part(asked, ready)], print)

    last.action(lambda _: None)

    assert asked == ["ready?", *then]
