"""DORA's four figures, from releases as they are kept."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ci.records.dora import Dora, measure
from ci.records.history import State
from ci.records.line import Line
from ci.records.report import Format

NOW = datetime(2026, 5, 11, 12, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def at(hour: float) -> str:
    """A time, in hours since two days before now."""
    return (NOW - timedelta(days=2) + hour * HOUR).isoformat()


def release(number: int, hour: float, state: str = "deployed", **more: Any) -> Line:
    """A release that began then, of a commit of an hour before, and took 6 minutes."""
    names = {"revision": f"c{number}", "previous": f"c{number - 1}", "committed": at(hour - 1)}
    return Line("stage", number, state, at(hour), **{"ended": at(hour + 0.1)} | names | more)


def failed(number: int, hour: float, **more: Any) -> Line:
    return release(number, hour, "failed", **more)


# Deploys, which failed, of how many; the median hours of lead and of restoring.
CASES: dict[str, tuple[list[Line], tuple[int, list[int], int, float | None, float | None]]] = {
    "nothing": ([], (0, [], 0, None, None)),
    "one that is well": ([release(1, 0)], (1, [], 1, 1.1, None)),
    "one that failed, with none to go back to": ([failed(1, 0)], (0, [1], 1, None, None)),
    "one that failed, and the one before is back": (
        [release(1, 0), failed(2, 5, back_to=1)],
        (1, [2], 2, 1.1, 0.1),
    ),
    "one that failed and stayed until the next": (
        [failed(1, 0), release(2, 3)],
        (1, [1], 2, 1.1, 3.1),
    ),
    "one that failed, whose call was killed": (
        [release(1, 0), failed(2, 5, ended=""), release(3, 6)],
        (2, [2], 3, 1.1, 1.1),
    ),
    "one that was taken back": (
        [release(1, 0), release(2, 1), release(3, 3, back_to=1, revision="c1")],
        (2, [2], 2, 1.1, 2.0),
    ),
    "two that were taken back one after the other": (
        [
            *(release(number, number) for number in (1, 2, 3)),
            release(4, 4, back_to=2),
            release(5, 5, back_to=1),
        ],
        (3, [3], 3, 1.1, 1.0),
    ),
    "one that was refused": ([release(1, 0), release(2, 1, "refused")], (1, [], 1, 1.1, None)),
    "one that goes on": ([release(1, 0), release(2, 1, "pending")], (1, [], 1, 1.1, None)),
    "the same commit again": (
        [release(1, 0), release(2, 9, revision="c1"), release(3, 9.5, revision="c2")],
        (3, [], 3, 1.1, None),
    ),
    "the same commit after one that failed": (
        [failed(1, 0), release(2, 4, revision="c1", previous="", committed=at(-1))],
        (1, [1], 2, 5.1, 4.1),
    ),
    "three of which two are quick": (
        [release(1, 0, committed=at(-9)), release(2, 1), release(3, 2, committed=at(1.9))],
        (3, [], 3, 1.1, None),
    ),
    "a commit whose time is not known": ([release(1, 0, committed="")], (1, [], 1, None, None)),
    "a commit that is of the future": ([release(1, 0, committed=at(9))], (1, [], 1, None, None)),
}


@pytest.mark.parametrize(("lines", "figures"), CASES.values(), ids=CASES)
def test_figures(lines: list[Line], figures: Any) -> None:
    """Each counts what it is to, and says nothing where nothing is known."""
    found = measure("stage", lines, NOW)
    deploys, which, of, lead, restore = figures
    assert (found.deploys, list(found.failed), found.of) == (deploys, which, of)
    assert (_hours(found.lead.median), _hours(found.restore.median)) == (lead, restore)


def _hours(span: timedelta | None) -> float | None:
    return None if span is None else round(span / HOUR, 3)


def test_deploys_a_day() -> None:
    """They are counted from the first release to now, which may be long after the last."""
    assert measure("stage", [release(1, 0), release(2, 1)], NOW).a_day == 1.0


def test_less_than_a_day() -> None:
    """Nobody knows what the rest of the day brings."""
    found = measure("stage", [release(1, 40), release(2, 41)], NOW)
    assert found.a_day is None
    assert found.period == 8 * HOUR
    said = "These figures say little, of fewer than 5 releases in less than a day."
    assert found.show(Format.text).endswith(said)


FEW = measure("stage", [release(1, 0), failed(2, 5, back_to=1)], NOW, ("Only those kept.",))
MANY = measure("stage", [release(number, number) for number in range(1, 8)], NOW)


def test_text() -> None:
    """Each figure has what it is of, and few releases are told to be few."""
    assert FEW.show(Format.text).splitlines() == [
        "stage: 2 releases in 2d, since 2026-05-09T12:00:00+00:00",
        "",
        "  deploys a day    0.5    1 verified in 2d",
        "  lead time        1h 6m  median of 1, from commit to verified",
        "  failed           50%    1 of 2 releases: 2",
        "  time to restore  6m     median of 1, until one is verified",
        "",
        "  Only those kept.",
        "  These figures say little, of fewer than 5 releases.",
    ]
    assert "say little" not in MANY.show(Format.text)


def test_what_is_not_known() -> None:
    """A dash stands for it, and it is counted."""
    lines = [release(1, 40, committed=""), failed(2, 41)]
    shown = measure("stage", lines, NOW).show(Format.text)
    assert "deploys a day    -    1 verified in 8h" in shown
    assert "lead time        -    median of 0 and 1 unknown" in shown
    assert "time to restore  -    median of 0 and 1 unknown" in shown


def test_markdown() -> None:
    """A table of the same."""
    lines = FEW.show(Format.markdown).splitlines()
    assert lines[2:5] == ["| figure |  | of |", "| --- | ---: | --- |"] + [
        "| deploys a day | 0.5 | 1 verified in 2d |"
    ]
    assert lines[-2] == "- Only those kept."


@pytest.mark.parametrize(("found", "lead", "share"), [(FEW, 3960.0, 0.5), (MANY, 3960.0, 0.0)])
def test_json(found: Dora, lead: float, share: float) -> None:
    """Numbers, and what each is of."""
    told = json.loads(found.show(Format.json))
    assert (told["environment"], told["lead_seconds"], told["failed_share"]) == (
        "stage",
        lead,
        share,
    )
    assert told["failed_of"] == found.of
    assert told["since"] < told["until"]


def test_json_of_nothing() -> None:
    """What is not known is null."""
    told = json.loads(measure("stage", [], NOW).show(Format.json))
    unknown = ("deploys_a_day", "lead_seconds", "failed_share", "restore_seconds")
    assert {told[name] for name in unknown} == {None}


def test_states() -> None:
    """They are called as they are kept."""
    assert release(1, 0).state == State.DEPLOYED.value
    assert failed(1, 0).state == State.FAILED.value
