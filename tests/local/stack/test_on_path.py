"""What the stack leaves on PATH."""

from pathlib import Path

import pytest

from local.stack import on_path
from local.tools.catalogue import DAGGER


@pytest.fixture
def command(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the stack puts `dagger` on PATH."""
    link = tmp_path / "dagger"
    monkeypatch.setattr(on_path, "COMMAND", link)
    return link


def test_dagger_is_not_on_path(command: Path) -> None:
    """The stack's own is put there."""
    on_path.put()

    assert command.readlink() == DAGGER.program("dagger")


def test_dagger_of_an_earlier_build_is_on_path(command: Path, cache: Path) -> None:
    """The present one takes its place."""
    command.symlink_to(cache / "tools" / "dagger-v0.0.1" / "dagger")

    on_path.put()

    assert command.readlink() == DAGGER.program("dagger")


def test_dagger_of_a_person_is_on_path(command: Path) -> None:
    """A program that the stack did not put there stays."""
    command.write_text("#!/bin/sh\n")

    on_path.put()

    assert command.read_text() == "#!/bin/sh\n"


def test_link_of_a_person_is_on_path(command: Path, tmp_path: Path) -> None:
    """So does a link to one."""
    command.symlink_to(tmp_path / "opt" / "dagger")

    on_path.put()

    assert command.readlink() == tmp_path / "opt" / "dagger"
