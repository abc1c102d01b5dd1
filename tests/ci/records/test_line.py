"""What of a release counts in the long run."""

import json
from dataclasses import replace

import pytest

from ci.records.history import Origin, Release, State
from ci.records.line import Line, ended_lines, merged, read, written
from ci.records.report import Report

REPORT = Report(
    environment="stage",
    image="r.io/team/web@sha256:1",
    revision="b",
    previous="a",
    seconds={"lint": 9.0, "apply": 1.0, "rollout": 4.2, "verify": 0.0},
    total=14.2,
    verdict="deployed and verified",
    release=7,
    began="2026-11-27T04:12:00+00:00",
    reason="a secret reason",
)
ORIGIN = Origin("https://ci.io/runs/7", "someone", "2026-11-27T03:10:00Z")
KEPT = Release(7, State.DEPLOYED, REPORT, "", ORIGIN, ended="2026-11-27T04:12:09+00:00")
LINE = Line.of(KEPT)


def test_line_of_a_release() -> None:
    """It has the commit and the times, and neither who made it, nor what was said."""
    assert LINE == Line(
        environment="stage",
        release=7,
        state="deployed",
        began="2026-11-27T04:12:00+00:00",
        ended="2026-11-27T04:12:09+00:00",
        revision="b",
        previous="a",
        committed="2026-11-27T03:10:00Z",
    )
    text = written([LINE])
    assert "someone" not in text
    assert "secret" not in text
    assert "runs/7" not in text


def test_release_that_does_not_say_when_it_ended() -> None:
    """Its steps after its begin do, where there are any."""
    assert Line.of(replace(KEPT, ended="")).ended == "2026-11-27T04:12:05+00:00"
    assert Line.of(replace(KEPT, ended="", report=replace(REPORT, seconds={}))).ended == ""


def test_rollback() -> None:
    """One that failed and was put back is none."""
    assert replace(LINE, back_to=5).is_rollback
    assert not replace(LINE, state="failed", back_to=5).is_rollback


def test_written_and_read() -> None:
    """Nothing is lost, and what only a newer pipeline keeps is left out."""
    lines = [LINE, replace(LINE, release=8, back_to=7)]
    assert read(written(lines)) == lines
    newer = json.dumps(json.loads(written([LINE])) | {"weather": "fine"})
    assert read(f"\n{newer}\n") == [LINE]


@pytest.mark.parametrize(
    "text",
    [
        "<html>",
        "[]",
        "{}",
        '{"environment": "stage", "release": "7", "state": "deployed", "began": ""}',
        '{"environment": "stage", "release": 7, "state": "deployed", "began": "yesterday"}',
        '{"environment": "stage", "release": 7, "state": "deployed"}',
    ],
)
def test_something_else(text: str) -> None:
    """It is taken for no release."""
    with pytest.raises(ValueError):
        read(text)


def test_merged() -> None:
    """Each release is there once, as it is known last, in the order of their begins."""
    before = [replace(LINE, release=9, began="2026-11-01T00:00:00+00:00"), LINE]
    now = [replace(LINE, state="failed"), replace(LINE, release=8)]
    assert merged(before, now) == [before[0], *now]


def test_lines_of_what_goes_on() -> None:
    """It is not told of before its end."""
    assert ended_lines([KEPT, replace(KEPT, state=State.PENDING)]) == [LINE]
