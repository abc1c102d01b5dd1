"""The verdict as it is read and as it is kept."""

import json
from datetime import date

import pytest

from ci.scan.findings import Finding
from ci.scan.ignores import Ignore
from ci.scan.verdict import Verdict

LOW = Finding("misconfiguration", "KSV-0110", "LOW", "a.yaml", "Default namespace")
CRITICAL = Finding("vulnerability", "CVE-1", "CRITICAL", "Python", "a|b", "jinja2", "2.1", "2.2")
UNRANKED = Finding("vulnerability", "CVE-2", "SEVERE", "Python", "c", "six", "1")
UNFIXED = Finding(
    "vulnerability", "CVE-3", "CRITICAL", "debian 12", "d", "zlib1g", "1.2", "", "will_not_fix"
)
IGNORE = Ignore("CVE-1", "Not called.", date(2026, 6, 30), "jinja2")
DATABASE = "of 2026-05-09, 6h old"


@pytest.mark.parametrize(
    ("verdict", "counts"),
    [
        (Verdict((), DATABASE), "no findings"),
        (
            Verdict((), DATABASE, (LOW, CRITICAL, LOW)),
            "3 that block (1 critical, 2 low)",
        ),
        (Verdict((), DATABASE, (CRITICAL,), (LOW,)), "1 that block (1 critical), 1 low"),
        (Verdict((), DATABASE, unfixed=(UNFIXED,) * 3), "0 that block, 3 without a fix"),
        (
            Verdict((), DATABASE, (CRITICAL,), (LOW,), (UNFIXED,), ((CRITICAL, IGNORE),)),
            "1 that block (1 critical), 1 low, 1 without a fix, 1 ignored",
        ),
        (Verdict((), DATABASE, ignored=((CRITICAL, IGNORE),)), "no findings, 1 ignored"),
    ],
)
def test_counts(verdict: Verdict, counts: str) -> None:
    """What blocks comes first; neither what has no fix nor what is ignored is hidden."""
    assert verdict.counts == counts


def test_on_a_terminal() -> None:
    """The gravest finding comes first, then how many there are, and how old the database is."""
    told = Verdict((), DATABASE, (CRITICAL, UNRANKED), (LOW,)).summary.splitlines()
    assert told == [
        "SEVERE   CVE-2  six 1 in Python: c; no fix is known",
        "CRITICAL CVE-1  jinja2 2.1 in Python: a|b; fixed in 2.2",
        "LOW      KSV-0110  a.yaml: Default namespace",
        "Scan: 2 that block (1 critical), 1 low.",
        "Database: of 2026-05-09, 6h old.",
    ]


def test_findings_without_a_fix_on_a_terminal() -> None:
    """They come last, with what becomes of them, whatever their severity."""
    assert Verdict((), DATABASE, (), (LOW,), (UNFIXED,)).summary.splitlines() == [
        "LOW      KSV-0110  a.yaml: Default namespace",
        "CRITICAL CVE-3  zlib1g 1.2 in debian 12: d; no fix, will_not_fix",
        "Scan: 0 that block, 1 low, 1 without a fix.",
        "Database: of 2026-05-09, 6h old.",
    ]


def test_with_findings_that_are_ignored() -> None:
    """Each entry is told once, with its reason and its day."""
    ignored = ((CRITICAL, IGNORE), (CRITICAL, IGNORE))
    assert Verdict((), DATABASE, ignored=ignored).summary.splitlines() == [
        "Scan: no findings, 2 ignored.",
        "Ignored until 2026-06-30: CVE-1 in jinja2, Not called.",
        "Database: of 2026-05-09, 6h old.",
    ]


def test_with_an_ignore_that_expired() -> None:
    """It is named beside the finding that counts again."""
    told = Verdict((), DATABASE, (CRITICAL,), expired=(IGNORE,)).summary
    assert "Ignored no more since 2026-06-30: CVE-1 in jinja2, Not called." in told


def test_on_a_page() -> None:
    """Reasons stand out, and no text of a finding breaks the table."""
    told = Verdict(("1 CRITICAL found.",), DATABASE, (CRITICAL,), (LOW,), image="sha256:12")
    assert told.to_markdown().splitlines() == [
        "### Scan: blocked, 1 that block (1 critical), 1 low",
        "",
        "- **1 CRITICAL found.**",
        "- Database: of 2026-05-09, 6h old.",
        "- Image: `sha256:12`.",
        "",
        "| severity | id | where | what | fixed in |",
        "| --- | --- | --- | --- | --- |",
        "| CRITICAL | CVE-1 | `Python` | jinja2 2.1: a&#124;b | 2.2 |",
        "| LOW | KSV-0110 | `a.yaml` | Default namespace |  |",
    ]


def test_findings_without_a_fix_on_a_page() -> None:
    """They have a table of their own, which says what becomes of each."""
    assert Verdict((), DATABASE, unfixed=(UNFIXED,)).to_markdown().splitlines() == [
        "### Scan: passed, 0 that block, 1 without a fix",
        "",
        "- Database: of 2026-05-09, 6h old.",
        "",
        "#### 1 without a fix",
        "",
        "| severity | id | where | what | status |",
        "| --- | --- | --- | --- | --- |",
        "| CRITICAL | CVE-3 | `debian 12` | zlib1g 1.2: d | will_not_fix |",
    ]


def test_on_a_page_without_findings() -> None:
    """There is no table."""
    told = Verdict((), DATABASE).to_markdown()
    assert told == f"### Scan: passed, no findings\n\n- Database: {DATABASE}.\n"


def test_as_json() -> None:
    """Every finding is there with what becomes of it, and what is ignored with its reason."""
    verdict = Verdict(("No.",), DATABASE, (CRITICAL,), (LOW,), (UNFIXED,), ((CRITICAL, IGNORE),))
    kept = json.loads(verdict.to_json())
    assert kept["blocked"] is True
    assert kept["reasons"] == ["No."]
    assert [(each["id"], each["outcome"]) for each in kept["findings"]] == [
        ("CVE-1", "blocks"),
        ("KSV-0110", "passes"),
        ("CVE-3", "without a fix"),
    ]
    assert [(each["id"], each["reason"], each["expires"]) for each in kept["ignored"]] == [
        ("CVE-1", "Not called.", "2026-06-30")
    ]
