"""What the stack leaves on the machine for `dagger`."""

import inspect
from pathlib import Path
from typing import get_type_hints

import pytest
from dagger import Name

from ci.main import Ci
from local import stack
from local.defaults import defaults
from local.parts import Part
from local.toolchain.catalogue import DAGGER


@pytest.fixture
def command(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the stack puts `dagger` on PATH."""
    link = tmp_path / "dagger"
    monkeypatch.setattr(stack, "COMMAND", link)
    return link


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, run_folder: Path) -> list[str]:
    """A stack of whose parts every one is remembered; what was asked of them since."""
    asked: list[str] = []
    monkeypatch.setattr(stack, "_is_remembered", lambda name: True)
    return asked


def part(asked: list[str], ready: bool) -> Part:
    """A part that writes down what is asked of it."""

    def answer() -> bool:
        asked.append("ready?")
        return ready

    return Part("part", bring_up=lambda _: asked.append("bring up"), ready=answer)


def test_cluster_that_is_down(asked: list[str]) -> None:
    """What is to be done is laid out without a question to it."""
    stack._steps([part(asked, ready=True)])

    assert asked == []


@pytest.mark.parametrize(("ready", "then"), [(True, []), (False, ["bring up"])])
def test_part_of_a_cluster_that_is_up(asked: list[str], ready: bool, then: list[str]) -> None:
    """It is brought up where it does not say that it is ready."""
    [*_, last] = stack._steps([part(asked, ready)])

    last.action(lambda _: None)

    assert asked == ["ready?", *then]


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


def test_dagger_is_not_on_path(command: Path) -> None:
    """The stack's own is put there."""
    stack._put_on_path()

    assert command.readlink() == DAGGER.program("dagger")


def test_dagger_of_an_earlier_build_is_on_path(command: Path, cache: Path) -> None:
    """The present one takes its place."""
    command.symlink_to(cache / "tools" / "dagger-v0.0.1" / "dagger")

    stack._put_on_path()

    assert command.readlink() == DAGGER.program("dagger")


def test_dagger_of_a_person_is_on_path(command: Path) -> None:
    """A program that the stack did not put there stays."""
    command.write_text("#!/bin/sh\n")

    stack._put_on_path()

    assert command.read_text() == "#!/bin/sh\n"


def test_link_of_a_person_is_on_path(command: Path, tmp_path: Path) -> None:
    """So does a link to one."""
    command.symlink_to(tmp_path / "opt" / "dagger")

    stack._put_on_path()

    assert command.readlink() == tmp_path / "opt" / "dagger"
