"""What of the stack is there, as `up` finds it."""

import pytest

from local.host.errors import CommandFailed
from local.platform.part import Part
from local.stack import stack
from local.stack.remembered import CORE
from local.stack.stack import Standing


def no_answer() -> bool:
    """As kubectl does where the API server fails."""
    raise CommandFailed("no answer")


GATEWAY, SIGNING = (
    Part(name, bring_up=lambda progress: None, ready=lambda: True)
    for name in ("gateway", "signing")
)


@pytest.fixture
def whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stack with two parts of which everything is there."""
    monkeypatch.setattr(stack, "PARTS", (GATEWAY, SIGNING))
    monkeypatch.setattr(stack, "remembered", lambda: {CORE, "gateway", "signing"})
    for name in ("_tools_are_built", "_serves"):
        monkeypatch.setattr(stack, name, lambda: True)
    monkeypatch.setattr("local.cluster.membership.is_settled", lambda: True)
    for name in ("has_dns", "has_gateway_api", "has_namespaces"):
        monkeypatch.setattr(f"local.cluster.addons.{name}", lambda: True)


def test_whole_stack(whole: None) -> None:
    """All of it is there, and so is each part."""
    assert stack.standing() == Standing(True, ["gateway", "signing"])
    assert stack.standing().has([GATEWAY, SIGNING])


def test_stack_without_programs(whole: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cluster that does not run is not asked what is in it."""
    monkeypatch.setattr(stack, "_serves", lambda: False)
    monkeypatch.setattr("local.cluster.addons.has_dns", lambda: pytest.fail("it was asked"))

    assert stack.standing() == Standing(False)
    assert not stack.standing().has(())


def test_cluster_that_does_not_answer(whole: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be found out is not there, and is brought up like what is missing."""
    monkeypatch.setattr("local.cluster.addons.has_dns", no_answer)

    assert not stack.standing().core


def test_part_of_another_version(whole: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """It counts as one that is missing; the others are there."""
    monkeypatch.setattr(stack, "remembered", lambda: {CORE, "gateway"})

    assert stack.standing().has([GATEWAY])
    assert not stack.standing().has([GATEWAY, SIGNING])
