"""Releases that are kept for long, over a registry of one artifact."""

from dataclasses import replace
from typing import Any, cast

import anyio
import pytest

from ci.cluster.client import Cluster
from ci.records import line
from ci.records.archive import Archive, archived
from ci.records.history import Release, State
from ci.records.line import Line
from ci.records.report import Report
from ci.registry import artifact
from ci.registry.access import Registry
from ci.run.errors import Held, RegistryError, ReleaseFailed
from tests.ci.sample import STAGE
from tests.ci.shown import THERE, Namespace

REGISTRY = Registry("r.io/team/web")
ARCHIVE = Archive(REGISTRY, STAGE)
DENIED = RegistryError("The registry r.io does not let this login push.")


class OneArtifact:
    """A registry that has one artifact, or none, and takes another unless it denies that."""

    def __init__(self, text: str | None = None, denies: bool = False) -> None:
        self.text = text
        self.denies = denies
        self.pushes = 0

    async def pulled(self, name: str, file: str, of: Registry) -> str | None:
        """What there is."""
        assert (name, file, of) == ("r.io/team/web:history-stage", "history.jsonl", REGISTRY)
        return self.text

    async def push(self, name: str, file: str, text: str, media_type: str, to: Registry) -> None:
        """Another one."""
        if self.denies:
            raise DENIED
        self.text, self.pushes = text, self.pushes + 1

    @property
    def numbers(self) -> list[int]:
        """Of the releases that it has."""
        return [each.release for each in line.read(self.text or "")]


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> OneArtifact:
    """An empty one."""
    found = OneArtifact()
    for name in ("pulled", "push"):
        monkeypatch.setattr(artifact, name, getattr(found, name))
    return found


def release(number: int, state: State = State.DEPLOYED) -> Release:
    """A release that began in that hour."""
    began = f"2026-11-27T{number:02}:00:00+00:00"
    report = Report("stage", "r.io/team/web@sha256:1", f"c{number}", began=began, release=number)
    return Release(number, state, report, "")


def namespace(*numbers: int) -> Namespace:
    """An environment that keeps some releases."""
    found = Namespace(THERE)
    secrets = (release(each).to_secret(STAGE) for each in numbers)
    found.kept = {each["metadata"]["name"]: each for each in secrets}
    return found


def make(cluster: Namespace, failure: Exception | None = None) -> None:
    """Make a release, which may fail."""

    async def do() -> None:
        async with archived(cast(Cluster, cluster), STAGE, REGISTRY):
            if failure:
                raise failure

    anyio.run(do)


def known(*releases: Release) -> tuple[Any, tuple[str, ...]]:
    """What is known of them, and said of that."""
    return anyio.run(ARCHIVE.known, releases)


def test_releases_past_those_that_the_environment_keeps(registry: OneArtifact) -> None:
    """They are all there, each once."""
    make(namespace(1, 2, 3))
    make(namespace(3, 4))
    assert registry.numbers == [1, 2, 3, 4]
    lines, notes = known(release(4), release(5))
    assert [each.release for each in lines] == [1, 2, 3, 4, 5]
    assert notes == ()


def test_release_that_fails(registry: OneArtifact) -> None:
    """It is there as well, and fails as it did."""
    with pytest.raises(ReleaseFailed, match="No."):
        make(namespace(1), ReleaseFailed("No."))
    assert registry.numbers == [1]


def test_release_that_does_not_begin(registry: OneArtifact) -> None:
    """There is nothing to add."""
    with pytest.raises(Held):
        make(namespace(1), Held("Somebody releases."))
    assert registry.pushes == 0


def test_nothing_new(registry: OneArtifact) -> None:
    """Nothing is written."""
    make(namespace(1))
    make(namespace(1))
    assert registry.pushes == 1


def test_registry_that_takes_nothing(
    registry: OneArtifact, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is a remark and no failure, and the next release makes up for it."""
    registry.denies = True
    make(namespace(1))
    assert capsys.readouterr().err == (
        "r.io/team/web:history-stage does not have this release, the next one adds it: "
        "The registry r.io does not let this login push.\n"
    )
    registry.denies = False
    make(namespace(1, 2))
    assert registry.numbers == [1, 2]


@pytest.mark.parametrize("text", ["<html>", "[]\n", '{"release": "1"}\n'])
def test_something_else_by_that_name(
    registry: OneArtifact, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    """It is left as it is, and told of by whoever asks too."""
    registry.text = text
    make(namespace(1))
    assert "is no history of releases: remove that tag" in capsys.readouterr().err
    assert registry.text == text
    lines, [note] = known(release(1))
    assert list(lines) == [Line.of(release(1))]
    assert note.startswith("Only of the 1 releases that it keeps itself: r.io/team/web:history-")


def test_release_that_goes_on(registry: OneArtifact) -> None:
    """It is not added before its end."""
    cluster = namespace(1)
    pending = replace(release(2), state=State.PENDING).to_secret(STAGE)
    cluster.kept[pending["metadata"]["name"]] = pending
    make(cluster)
    assert registry.numbers == [1]
