"""The releases of an environment, as they are listed."""

import json
from dataclasses import replace

from ci.records import listing
from ci.records.history import Origin, Release, State
from ci.records.report import Format, Report

IMAGE = "r.io/team/web@sha256:" + "0123456789abcdef" * 4
GOOD = Release(
    7,
    State.DEPLOYED,
    Report(
        environment="stage",
        image=IMAGE,
        revision="698898594974aaaa",
        previous="cfe5cd323ee9bbbb",
        total=26.4,
        verdict="deployed and verified",
        release=7,
        began="2026-11-27T04:12:00+00:00",
    ),
    "kind: Service\n",
    Origin("https://ci.io/runs/7", "system:serviceaccount:stage:ci", "2026-11-27T03:10:00Z"),
    ended="2026-11-27T04:12:09+00:00",
)
BAD = replace(
    GOOD,
    number=8,
    state=State.FAILED,
    origin=Origin(),
    back_to=7,
    report=replace(
        GOOD.report,
        revision="0000000000001111-dirty",
        total=0.0,
        verdict="failed",
        reason="Pod a|b fails.",
        restored="release 7 is back",
        began="2026-11-27T05:00:00+00:00",
    ),
)


def test_text() -> None:
    """Newest first, by whom, and what became of the environment where a release failed."""
    titles, *lines = listing.show([GOOD, BAD], Format.text).splitlines()

    assert titles.split() == ["RELEASE", "BEGUN", "BY", "COMMIT", "DIGEST", "TOOK", "VERDICT"]
    assert lines == [
        "8        2026-11-27T05:00:00+00:00  -                               000000000000-dirty  "
        "sha256:0123456789ab  -     failed; release 7 is back",
        "7        2026-11-27T04:12:00+00:00  system:serviceaccount:stage:ci  698898594974        "
        "sha256:0123456789ab  26s   deployed and verified",
    ]


def test_text_of_none() -> None:
    """Nothing was deployed, and the line says what would."""
    assert listing.show([], Format.text) == "No release is on record: `deploy` makes one."


def test_markdown() -> None:
    """A table of the same, in which nothing ends a cell."""
    restored = replace(BAD, report=replace(BAD.report, restored="a|b\nis back"))

    title, rule, newest, oldest = listing.show([GOOD, restored], Format.markdown).splitlines()

    assert title == "| release | begun | by | commit | digest | took | verdict |"
    assert rule == "| ---: | --- | --- | --- | --- | ---: | --- |"
    assert newest.endswith("| failed; a\\|b is back |")
    assert oldest.startswith(
        "| 7 | 2026-11-27T04:12:00+00:00 | system:serviceaccount:stage:ci | 698898594974 | sha256"
    )


def test_json() -> None:
    """Whole names, and what no line has room for."""
    newest, oldest = json.loads(listing.show([GOOD, BAD], Format.json))

    assert (newest["release"], newest["state"], newest["reason"]) == (8, "failed", "Pod a|b fails.")
    assert newest["back_to"] == 7
    assert oldest == {
        "release": 7,
        "state": "deployed",
        "began": "2026-11-27T04:12:00+00:00",
        "ended": "2026-11-27T04:12:09+00:00",
        "by": "system:serviceaccount:stage:ci",
        "seconds": 26.4,
        "revision": "698898594974aaaa",
        "committed": "2026-11-27T03:10:00Z",
        "previous": "cfe5cd323ee9bbbb",
        "repository": "r.io/team/web",
        "digest": IMAGE.partition("@")[2],
        "verdict": "deployed and verified",
        "reason": "",
        "restored": "",
        "back_to": None,
        "run": "https://ci.io/runs/7",
    }


def test_json_of_none() -> None:
    """A list all the same."""
    assert json.loads(listing.show([], Format.json)) == []
