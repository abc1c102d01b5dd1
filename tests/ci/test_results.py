"""What was found, as objects."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from ci.records import report
from ci.records.report import DEPLOYED, Format, Report
from ci.results import Environment, Release, Scan
from ci.rollout.running import Running
from ci.scan.verdict import Verdict
from tests.project import STAGE

REPORT = Report("stage", "ghcr.io/o/n@sha256:1", "c1", verdict=DEPLOYED, release=7, total=3.5)


def test_release() -> None:
    """Its fields are those of the report, and the report is what it is printed as."""
    found = Release.of(REPORT)
    assert (found.number, found.image, found.seconds) == (7, REPORT.image, 3.5)
    assert found.report() == REPORT.to_text()
    assert json.loads(found.report(Format.json))["digest"] == "sha256:1"


RUNNING = Running("ghcr.io/o/n@sha256:1", "c1", 1, 2, timedelta(seconds=5))


@pytest.mark.parametrize("runs", [RUNNING, None], ids=["released", "nothing"])
def test_environment(runs: Running | None) -> None:
    """It says what runs, or nothing, and its text is a table of one environment."""
    found = Environment.of((STAGE, runs, "none"))
    assert (found.name, found.drift) == ("stage", "none")
    assert (found.image, found.ready, found.wanted) == (
        (RUNNING.image, 1, 2) if runs else ("", 0, 0)
    )
    assert found.status() == report.table([(STAGE, runs, "none")])


def test_scan() -> None:
    """It counts what a verdict names, and says it in every form."""
    verdict = Verdict(reasons=("Too old.",), database="of today")
    found = Scan.of(verdict)
    assert found.blocked and found.reasons == ["Too old."]
    assert not Scan.of(replace(verdict, reasons=())).blocked
    assert (found.blocking, found.passing, found.unfixed, found.ignored) == (0, 0, 0, 0)
    assert found.report() == verdict.summary
    assert found.report(Format.markdown) == verdict.to_markdown()
    assert json.loads(found.report(Format.json))["blocked"]
