"""The file of findings that do not count."""

from datetime import date

import pytest

from ci.scan.findings import Finding
from ci.scan.ignores import DEFAULT, Ignore, Ignores
from tests.test_repository import REPOSITORY

WHOLE = """
- id: CVE-2020-28493
  package: jinja2
  reason: urlize is not used.
  expires: 2026-06-30
"""
ENTRY = Ignore("CVE-2020-28493", "urlize is not used.", date(2026, 6, 30), "jinja2")


def finding(identifier: str = "CVE-2020-28493", package: str = "jinja2") -> Finding:
    """Something that Trivy found."""
    return Finding("vulnerability", identifier, "HIGH", "Python", "ReDoS", package, "2.11.2")


def test_whole_entry() -> None:
    """It can be used."""
    assert Ignores.parse(WHOLE) == Ignores((ENTRY,))


@pytest.mark.parametrize("text", ["", "# none\n", "[]"])
def test_empty_file(text: str) -> None:
    """It ignores nothing."""
    assert Ignores.parse(text) == Ignores()


@pytest.mark.parametrize(
    ("text", "objection"),
    [
        ("- id: A\n  expires: 2026-06-30", "Entry 1 of i.yaml (A) has no reason."),
        ("- {id: A, reason: ' ', expires: 2026-06-30}", "Entry 1 of i.yaml (A) has no reason."),
        ("- {id: A, reason: 3, expires: 2026-06-30}", "Entry 1 of i.yaml (A) has no reason."),
        ("- {id: A, reason: b}", "Entry 1 of i.yaml (A) has no day on which it expires."),
        ("- {id: A, reason: b, expires:}", "Entry 1 of i.yaml (A) has no day on which it expires."),
        (
            "- {id: A, reason: b, expires: never}",
            "Entry 1 of i.yaml (A) expires on never, which is not a day: write it as 2026-12-31.",
        ),
        (
            "- {id: A, reason: b, expires: 2026}",
            "Entry 1 of i.yaml (A) expires on 2026, which is not a day: write it as 2026-12-31.",
        ),
        ("- {reason: b, expires: 2026-06-30}", "Entry 1 of i.yaml has no id."),
        (
            "- {id: A, package: , reason: b, expires: 2026-06-30}",
            "Entry 1 of i.yaml (A) has no package.",
        ),
        (
            "- {id: A, pkg: c, reason: b, expires: 2026-06-30}",
            "Entry 1 of i.yaml (A) has pkg, which nobody knows.",
        ),
        ("- CVE-1", "Entry 1 of i.yaml is not a mapping with id, reason and expires."),
        ("CVE-1: no", "i.yaml is not a list of entries."),
        ("- {id: A", "i.yaml is not YAML, line 1."),
        ("- {id: A, reason: b, expires: 2026-02-30}", "i.yaml is not YAML."),
        ("- !!python/name:os.system x", "i.yaml is not YAML, line 1."),
    ],
)
def test_entry_that_cannot_be_used(text: str, objection: str) -> None:
    """It ignores nothing, and a sentence says why."""
    assert Ignores.parse(text, "i.yaml") == Ignores(objections=(objection,))


def test_entry_beside_one_that_cannot_be_used() -> None:
    """It can be used, and the other is named by its place."""
    ignores = Ignores.parse(f"{WHOLE}- id: B\n")
    assert ignores.entries == (ENTRY,)
    assert ignores.objections == (f"Entry 2 of {DEFAULT} (B) has no reason.",)


@pytest.mark.parametrize(
    ("path", "covered"), [("", True), ("Python", True), ("Go", False), ("python", False)]
)
def test_entry_with_a_path(path: str, covered: bool) -> None:
    """It is about that id in that file, and about nothing else."""
    entry = Ignore("CVE-2020-28493", "Not called.", date(2026, 6, 30), path=path)
    assert entry.covers(finding()) is covered


@pytest.mark.parametrize(
    ("found", "covered"),
    [
        (finding(), True),
        (finding(package="Jinja2"), True),
        (finding(package="jinja2-extra"), False),
        (finding(package=""), False),
        (finding("CVE-2020-2849"), False),
    ],
)
def test_entry_with_a_package(found: Finding, covered: bool) -> None:
    """It is about that id in that package, and about nothing else."""
    assert ENTRY.covers(found) is covered


@pytest.mark.parametrize("package", ["jinja2", ""])
def test_entry_without_a_package(package: str) -> None:
    """It is about the id wherever it is found."""
    entry = Ignore("CVE-2020-28493", "No.", date(2026, 6, 30))
    assert entry.covers(finding(package=package))


@pytest.mark.parametrize(("day", "over"), [(29, False), (30, False), (31, True)])
def test_day_on_which_it_expires(day: int, over: bool) -> None:
    """It is the last on which the entry holds."""
    entry = Ignore("A", "No.", date(2026, 5, 30))
    assert entry.expired(date(2026, 5, day)) is over


def test_file_of_this_repository() -> None:
    """Every entry of it can be used."""
    assert Ignores.parse((REPOSITORY / DEFAULT).read_text()).objections == ()
