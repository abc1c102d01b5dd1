"""What is done of what brings the stack up, and what is asked for it."""

from pathlib import Path

import pytest

from local.platform import gateway
from local.stack import order
from local.stack.parts import Part
from local.terminal.steps import Step
from local.tools.catalogue import ENVOY_GATEWAY, TOOLS
from local.tools.team.elsewhere import Place


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, run_folder: Path) -> list[str]:
    """A stack of whose parts every one is remembered; what was asked of them since."""
    asked: list[str] = []
    monkeypatch.setattr(order, "remembered", lambda: {"part"})
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


@pytest.fixture
def nothing_is_built(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No tool is in the cache."""
    monkeypatch.setattr("local.tools.catalogue.CACHE", tmp_path)


def named(steps: list[Step], name: str) -> Step:
    """The step of which the name begins so."""
    [found] = [step for step in steps if step.name.startswith(name)]
    return found


def test_tools_that_share_packages(asked: list[str], nothing_is_built: None) -> None:
    """One compiles after the other, the one that is needed first before all, and Dagger beside."""
    steps = order.steps([gateway.PART], print)

    begins = ("kubernetes v", "envoy-gateway v", "oras v", "trivy v")
    chain = [named(steps, begin) for begin in begins]
    for before, after in zip(chain, chain[1:]):
        assert before in after.after
    assert {before.name.split(" v")[0] for before in named(steps, "dagger v").after} == {
        "modules of dagger",
        "Go's standard library, compiled",
    }


def test_tools_are_fetched(asked: list[str], nothing_is_built: None) -> None:
    """What they are compiled of comes at once, whatever compiles."""
    steps = order.steps([gateway.PART], print)

    fetching = [step for step in steps if step.name.startswith("modules of ")]
    assert len(fetching) == 5
    installed = {before.name for step in fetching for before in step.after}
    assert all(name.startswith("Debian packages") for name in installed)


def test_tools_of_a_place(asked: list[str], nothing_is_built: None, tmp_path: Path) -> None:
    """They come side by side, and nothing is fetched to compile them."""
    steps = order.steps([gateway.PART], print, Place("there", tmp_path))

    tools = [named(steps, f"{tool.name} v") for tool in (*TOOLS, ENVOY_GATEWAY)]
    assert not any(other in tool.after for tool in tools for other in tools)
    assert not [step for step in steps if step.name.startswith("modules of ")]


def test_what_is_done_ahead(asked: list[str]) -> None:
    """It waits for the engine and the base image, and for nothing of the cluster."""
    done: list[str] = []

    steps = order.steps([], print, ahead=lambda: done.append("ahead"))

    first = named(steps, "the call's first steps, begun")
    assert {before.name for before in first.after} == {
        "Dagger engine",
        "base image in the registry",
    }
    first.action(lambda _: None)
    assert done == ["ahead"]
