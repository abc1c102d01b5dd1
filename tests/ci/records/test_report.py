"""The report as it is kept and as it is read."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from ci.project.service import Service
from ci.records.report import (
    DEPLOYED,
    FAILED,
    FOLLOWS,
    Format,
    Report,
    not_begun,
    shortened,
    table,
    timeline,
    verified,
)
from ci.rollout.running import Running
from ci.run.steps import LIMITS
from tests.ci.sample import PROD, STAGE

DIGEST = "sha256:" + "12" * 32
RUNNING = Running(f"r.io/web@{DIGEST}", "b" * 40, 2, 2, timedelta(hours=3))
REPORT = Report(
    environment="stage",
    image=f"r.io/web@{DIGEST}",
    revision="b" * 40,
    previous="a" * 40,
    url="http://stage.web.local/",
    pods="2 of 2 ready",
    checks=("Scan: no findings.",),
    seconds={"lint": 1.25, "rollout": 10.0},
    total=12.5,
    verdict=DEPLOYED,
    release=7,
    began="2026-05-09T12:00:00+00:00",
)
FAILURE = replace(
    REPORT,
    verdict=FAILED,
    reason="Deployment a | b fails.",
    restored="The last good one is back.",
    evidence="Pod x: Back-off\n\nboom",
)


def test_on_a_terminal() -> None:
    """The verdict comes first, the seconds of each step last."""
    assert REPORT.to_text().splitlines() == [
        "stage: deployed and verified in 12.5 s",
        "",
        "  release 7, begun 2026-05-09T12:00:00+00:00",
        f"  image   r.io/web@{DIGEST}",
        f"  commit  {'a' * 40} -> {'b' * 40}",
        "  pods    2 of 2 ready",
        "  url     http://stage.web.local/",
        "          Scan: no findings.",
        "",
        "  lint        1.2 s",
        "  rollout    10.0 s",
    ]


def test_on_a_page() -> None:
    """The same, as tables."""
    text = REPORT.to_markdown()
    assert text.startswith("### stage: deployed and verified in 12.5 s\n")
    assert f"| image | `r.io/web@{DIGEST}` |" in text
    assert "| rollout | 10.0 |" in text
    assert text.endswith("\n".join(["", "", "```mermaid", *timeline(REPORT.seconds), "```"]))


def test_as_json() -> None:
    """Every field is there by its name."""
    assert json.loads(REPORT.to_json())["seconds"] == {"lint": 1.25, "rollout": 10.0}


def test_image_for_a_program() -> None:
    """Its repository and its digest are there by themselves, and nothing where there is none."""
    shown = json.loads(REPORT.show(Format.json))
    assert f"{shown['repository']}@{shown['digest']}" == REPORT.image
    assert shown["digest"].startswith("sha256:")
    without = json.loads(not_begun(STAGE, "run 1", None).show(Format.json))
    assert (without["repository"], without["digest"]) == ("", "")


def test_failed_on_a_terminal() -> None:
    """Why, what became of the environment, and the evidence last."""
    lines = FAILURE.to_text().splitlines()
    assert lines[0] == "stage: failed in 12.5 s"
    assert "  why     Deployment a | b fails." in lines
    assert "  then    The last good one is back." in lines
    assert lines[-3:] == ["  Pod x: Back-off", "", "  boom"]


def test_failed_on_a_page() -> None:
    """What a table would take for its own is escaped, and the evidence is left as it is."""
    text = FAILURE.to_markdown()
    assert r"| why | Deployment a \| b fails. |" in text
    assert text.endswith("~~~~text\nPod x: Back-off\n\nboom\n~~~~")


@pytest.mark.parametrize(
    ("seconds", "bars"),
    [
        (
            {"render": 0.04, "apply": 1.25, "rollout": 10.0},
            [("render", 0, 40), ("apply", 40, 1250), ("rollout", 1290, 10000)],
        ),
        (
            {"lint": 3.0, "test": 2.0, "build": 1.0, "scan": 4.0, "push": 0.5},
            [
                ("lint", 0, 3000),
                ("test", 0, 2000),
                ("build", 0, 1000),
                ("scan", 1000, 4000),
                ("push", 5000, 500),
            ],
        ),
        (
            {"test": 2.0, "build": 0.0, "lint": 3.0, "push": 0.0},
            [("test", 0, 2000), ("build", 0, 0), ("lint", 0, 3000), ("push", 3000, 0)],
        ),
        ({"scan": 1.0}, [("scan", 0, 1000)]),
        ({"dry run": 0.6}, [("dry run", 0, 600)]),
        (
            {"a: b; c # d": 1.0, "%%{init: {}}%%\n```": 1.0, "section\nx <b>": 1.0},
            [("a b c d", 0, 1000), ("init", 1000, 1000), ("section x b", 2000, 1000)],
        ),
        ({"é/ö (2)": 1.0, "::": 1.0}, [("é/ö (2)", 0, 1000), ("step", 1000, 1000)]),
    ],
    ids=[
        "one after the other",
        "side by side",
        "whichever begins first",
        "without what it waits for",
        "two words",
        "names with what is Mermaid's",
        "other letters, and none",
    ],
)
def test_timeline(seconds: Mapping[str, float], bars: list[tuple[str, int, int]]) -> None:
    """Each step has its name, and a bar from when what it waits for has ended."""
    head, lines = timeline(seconds)[:4], timeline(seconds)[4:]
    assert head == ["gantt", "    dateFormat x", "    axisFormat %s s", "    todayMarker off"]
    assert lines == [
        line
        for name, begin, length in bars
        for line in (f"    section {name}", f"    {length / 1000:.1f} s :{begin}, {length}ms")
    ]


def test_steps_side_by_side() -> None:
    """They are called as the pipeline calls them."""
    waited_for = {name for names in FOLLOWS.values() for name in names}
    assert waited_for | FOLLOWS.keys() <= LIMITS.keys()


def test_begun() -> None:
    """A release that has not ended has no seconds yet."""
    begun = Report("stage", "r.io/a@sha256:1", "abc", release=7)
    assert begun.to_text().splitlines()[0] == "stage: begun, and not ended"
    assert "release 8 came after it" in begun.interrupted(8).to_text()


@pytest.mark.parametrize(
    ("runs", "said"), [(RUNNING, f"runs {RUNNING.image} of commit {'b' * 40}"), (None, "nothing")]
)
def test_run_that_released_nothing(runs: Running | None, said: str) -> None:
    """It says so first, and then what the environment runs, which is no success of this run."""
    report = not_begun(STAGE, "https://ci.io/runs/7", runs)
    text = report.to_markdown()
    assert text.startswith("### stage: not released to\n")
    assert "| why | https://ci.io/runs/7 has begun no release" in text
    assert said in text
    assert DEPLOYED not in text


@pytest.mark.parametrize("report", [REPORT, FAILURE])
def test_kept_and_read_again(report: Report) -> None:
    """Nothing is lost."""
    assert Report.from_json(report.to_json()) == report


@pytest.mark.parametrize(
    ("wanted", "begins"), [(Format.text, "stage:"), (Format.markdown, "###"), (Format.json, "{")]
)
def test_formats(wanted: Format, begins: str) -> None:
    """Each is what it says."""
    assert REPORT.show(wanted).startswith(begins)


@pytest.mark.parametrize("previous", ["", "b" * 40])
def test_first_release_or_the_same_again(previous: str) -> None:
    """Then only one commit is named."""
    report = Report(**{**json.loads(REPORT.to_json()), "previous": previous})
    assert "->" not in report.to_text()


def test_status_of_all_environments() -> None:
    """A line each, also where nothing was deployed."""
    assert table([(STAGE, RUNNING, "none"), (PROD, None, "-")]) == (
        "ENVIRONMENT  DIGEST               COMMIT        READY  AGE  DRIFT\n"
        "stage        sha256:121212121212  bbbbbbbbbbbb  2/2    3h   none\n"
        "prod         nothing              -             -      -    -"
    )


def test_verified() -> None:
    """One sentence says what was found."""
    asked = replace(RUNNING, through="the gateway")

    assert verified(STAGE, asked) == (
        f"stage is healthy: 2 of 2 pods ready, all of r.io/web@{DIGEST}, "
        f"answering for commit {'b' * 40} through the gateway."
    )


def test_verified_where_no_commit_is_told() -> None:
    """It is not said that the service answered for it."""
    silent = replace(STAGE, service=Service("web"))
    assert f"of commit {'b' * 40}, answering through the gateway." in verified(
        silent, replace(RUNNING, through="the gateway")
    )
    assert verified(silent, RUNNING).endswith(f"of commit {'b' * 40}, with no Service asked.")


@pytest.mark.parametrize(
    ("revision", "short"),
    [
        ("b" * 40, "b" * 12),
        ("b" * 40 + "-dirty.12345678", "b" * 12 + "-dirty.12345678"),
        ("unknown", "unknown"),
    ],
)
def test_commit_shortened(revision: str, short: str) -> None:
    """What sets uncommitted sources apart is kept."""
    assert shortened(revision) == short


def test_kept_by_a_newer_pipeline() -> None:
    """What is not known here is left out, and nothing else."""
    kept = json.loads(REPORT.to_json()) | {"weather": "fine"}
    assert Report.from_json(json.dumps(kept)) == REPORT
