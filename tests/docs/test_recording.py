"""The recording of a deploy that goes wrong, as README shows it."""

import re
from xml.etree import ElementTree

import pytest

from tests.bench.recording import CAST, COMMANDS, PICTURE
from tests.bench.terminal import from_cast, picture
from tests.docs.markdown import REPOSITORY

TITLE, LINES = from_cast(CAST.read_text())
TOLD = "\n".join(line.text for line in LINES)


def test_commands() -> None:
    """They are those that the script runs."""
    assert [line.text for line in LINES if line.typed] == [f"$ {each}" for each in COMMANDS]


def test_story() -> None:
    """A container exits, that is told of with its log, and the last good release serves."""
    assert "fails with CrashLoopBackOff" in TOLD
    assert "LOG_LEVEL is 'verbose'" in TOLD
    assert "The last good one is back and verified" in TOLD
    assert "exit code 1" in TOLD
    assert re.search(r"^dev .* 1/1 .* none$", TOLD, re.M)


def test_verdict() -> None:
    """It comes within seconds, and so does the release before."""
    took = {
        name: float(seconds) for name, seconds in re.findall(r"^  (\w+) +([\d.]+) s$", TOLD, re.M)
    }
    assert took["apply"] + took["rollout"] < 20
    assert took["restore"] < 20


def test_picture() -> None:
    """It is drawn of what was recorded, and small; README shows it."""
    drawn = PICTURE.read_text()
    assert drawn == picture(LINES, TITLE)
    assert ElementTree.fromstring(drawn).tag.endswith("svg")
    assert len(drawn.encode()) < 60_000
    assert f"]({PICTURE.relative_to(REPOSITORY)})" in (REPOSITORY / "README.md").read_text()


@pytest.mark.parametrize("path", ["/root", "/home", "/tmp", "/var/lib"])
def test_machine(path: str) -> None:
    """Nothing tells on which it was recorded, but for the stack's own addresses."""
    assert path not in CAST.read_text()
    addresses = set(re.findall(r"\b\d+\.\d+\.\d+\.\d+\b", TOLD))
    assert all(each.startswith(("10.213.0.", "10.244.")) for each in addresses)
