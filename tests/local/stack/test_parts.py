"""The parts of the platform: when one is there, and how long it is waited for."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from local.host.errors import CommandFailed
from local.platform.part import Part, wait_until
from local.stack.parts import PARTS, asked_for_by

TOOL, SOURCE, IMAGE = (
    SimpleNamespace(built=True),
    SimpleNamespace(home=Path("/")),
    SimpleNamespace(pushed=True),
)


def part(ready: bool = True, tool: Any = TOOL, source: Any = SOURCE, image: Any = IMAGE) -> Part:
    """A part of one tool, one source and one image."""
    return Part(
        name="hammer",
        bring_up=lambda progress: None,
        ready=lambda: ready,
        tools=(tool,),
        sources=(source,),
        images=lambda: [image],
    )


def test_part_that_is_there() -> None:
    """Its tools, sources and images are, and the cluster says that it serves."""
    assert part().is_there()


@pytest.mark.parametrize(
    "lacking",
    [
        part(ready=False),
        part(tool=SimpleNamespace(built=False)),
        part(source=SimpleNamespace(home=Path("/no/such/folder"))),
        part(image=SimpleNamespace(pushed=False)),
    ],
    ids=["not ready", "tool", "source", "image"],
)
def test_part_that_lacks_something(lacking: Part) -> None:
    """It is not there, whatever else is."""
    assert not lacking.is_there()


def test_cluster_is_asked_last() -> None:
    """A part whose tools are not built has nothing in the cluster to ask for."""
    asked = Part(
        name="hammer",
        bring_up=lambda progress: None,
        ready=lambda: pytest.fail("the cluster was asked"),
        tools=(SimpleNamespace(built=False),),  # type: ignore[arg-type]
    )

    assert not asked.is_there()


def test_part_whose_cluster_does_not_answer() -> None:
    """It is not there, and the set-up goes on to bring the cluster up."""

    def ready() -> bool:
        raise CommandFailed("kubectl exited with 1")

    assert not Part(name="hammer", bring_up=lambda progress: None, ready=ready).is_there()


def test_part_that_gets_ready() -> None:
    """It is waited for."""
    answers = iter([False, True])

    wait_until(lambda: next(answers), "The hammer", seconds=5)


def test_part_that_never_gets_ready() -> None:
    """The sentence says which, and what to do."""
    with pytest.raises(CommandFailed, match="The hammer is not ready after 0 s: .* up` again"):
        wait_until(lambda: False, "The hammer", seconds=0)


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        ("call deploy --env stage", ["gateway"]),
        ("call deploy --env prod", ["gateway", "signing"]),
        ("call deploy --env=prod", ["gateway", "signing"]),
        ("call infra", ["gateway", "infrastructure"]),
        ("call manifests", ["gateway", "monitoring", "manifest-checks"]),
        ("", ["gateway"]),
    ],
)
def test_parts_that_a_call_waits_for(arguments: str, parts: list[str]) -> None:
    """What a call does without goes on coming up behind it."""
    assert [part.name for part in asked_for_by(arguments.split())] == parts
    assert len(parts) < len(PARTS)


def test_names_are_files_of_their_versions() -> None:
    """Each part has a name of its own that can be one of a file."""
    names = [each.name for each in PARTS]

    assert len(set(names)) == len(names)
    assert all(name.replace("-", "").isalpha() for name in names)
