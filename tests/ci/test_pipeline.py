"""What is pushed, and under which tags: the engine and the registry are left out."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import anyio
import pytest
from dagger import Container, Directory

from ci import pipeline
from ci.image import building, linting, pushing, testing
from ci.image.pushing import Pushed
from ci.pipeline import Made
from ci.registry.access import Registry
from ci.run.errors import NothingChanged
from ci.run.steps import Steps
from ci.scan import scanning, trivy
from ci.scan.scanning import Scanner
from ci.source.context import Context
from ci.source.revision import Revision
from ci.source.sources import Repository
from tests.ci.objects import IMAGE
from tests.ci.sample import SETTINGS

STUCK = "stuck"
NOTHING = cast(Directory, None)


class Pushes:
    """A registry that remembers the tags that it was given."""

    def __init__(self) -> None:
        self.tags: list[str] = []

    async def publish(self, built: Container, to: Registry, tags: Sequence[str]) -> Pushed:
        """All tags, at once."""
        self.tags += tags
        return Pushed(IMAGE)

    async def move(self, built: Container, to: Registry, tags: Sequence[str]) -> Sequence[str]:
        """All tags but the one that does not move here."""
        self.tags += [tag for tag in tags if tag != STUCK]
        return [f"Tag {STUCK} does not move." for tag in tags if tag == STUCK]


class Verdict:
    """A scan that found nothing."""

    line = "Scan: no findings; database of today."


async def nothing(*_: Any) -> Any:
    """What takes an engine."""
    return "nothing found"


async def passed(*_: Any) -> Verdict:
    """The scan's gate."""
    return Verdict()


class Built:
    """An image that nobody looks into."""

    def as_tarball(self) -> None:
        """Nothing."""


async def build(*_: Any) -> Built:
    """The image."""
    return Built()


@pytest.fixture
def pushes(monkeypatch: pytest.MonkeyPatch) -> Pushes:
    """The registry, and an engine for which all checks pass."""
    registry = Pushes()
    monkeypatch.setattr(pushing, "publish", registry.publish)
    monkeypatch.setattr(pushing, "move", registry.move)
    monkeypatch.setattr(building, "build", build)
    monkeypatch.setattr(scanning, "passed", passed)
    for module, name in ((linting, "lint"), (testing, "test"), (trivy, "sbom")):
        monkeypatch.setattr(module, name, nothing)
    monkeypatch.setattr("ci.image.sbom.attach", nothing)
    return registry


def make(beside: Any = nothing) -> Made:
    """An image of branch main."""

    async def do() -> Made:
        revision = Revision(commit="abc", branch="main")
        repository = Repository(NOTHING, NOTHING, None, SETTINGS)
        made_of, scanner = Context(NOTHING, ".", "Dockerfile", "web"), cast(Scanner, None)
        registry = Registry("r.io/web")
        return await pipeline.make(
            repository, made_of, revision, "main", registry, scanner, None, Steps(), beside
        )

    return anyio.run(do)


def test_image_that_passed_every_check(pushes: Pushes) -> None:
    """It is pushed by its commit alone: what its branch's tags name is not its to say yet."""
    made = make()
    assert pushes.tags == ["abc"]
    assert (made.candidate.image, made.names) == (IMAGE, ["main", "latest"])


def test_image_whose_environment_is_held(pushes: Pushes) -> None:
    """Its branch's tags move then, and not before."""
    made, steps = make(), Steps()
    anyio.run(made.move_tags, steps)
    assert pushes.tags == ["abc", "main", "latest"]
    assert list(steps.seconds) == ["tag"]


def test_tag_that_does_not_move(pushes: Pushes) -> None:
    """It is said, and is no failure."""
    made = replace(make(), names=["main", STUCK])
    assert anyio.run(made.move_tags, Steps()) == [f"Tag {STUCK} does not move."]
    assert pushes.tags == ["abc", "main"]


def test_image_without_a_branch(pushes: Pushes) -> None:
    """There is nothing to move."""
    made, steps = Made(make().candidate, cast(Container, None), Registry("r.io/a"), []), Steps()
    anyio.run(made.move_tags, steps)
    assert (pushes.tags, steps.seconds) == (["abc"], {})


def test_environment_that_would_refuse_it(pushes: Pushes) -> None:
    """Nothing is pushed."""

    async def refuse() -> None:
        raise NothingChanged("No.")

    with pytest.raises(NothingChanged):
        make(refuse)
    assert pushes.tags == []
