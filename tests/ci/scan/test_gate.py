"""What the gate lets pass, and what it blocks."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ci.run.errors import InvalidInput
from ci.scan.findings import STATUSES, Report
from ci.scan.gate import Database, Effect, Policy, judge, unexcused
from ci.scan.ignores import Ignores
from ci.scan.proof import PYTHON, SYSTEMS
from ci.scan.verdict import Verdict
from tests.ci import trivy_reports as trivy

NOW = datetime(2026, 5, 9, 12, tzinfo=UTC)
STRICT = Policy.parse("HIGH,CRITICAL", "48h")


def database(age: timedelta = timedelta(hours=6)) -> str:
    """The metadata of a vulnerability database."""
    return json.dumps({"Version": 2, "UpdatedAt": (NOW - age).isoformat()})


def proof(*known: str, **changes: Any) -> Report:
    """What Trivy finds where it should find what every whole database knows."""
    found = [trivy.vulnerability(VulnerabilityID=each) for each in known]
    results = [{"Target": "requirements.txt", "Vulnerabilities": found}]
    content = trivy.content(ArtifactType="filesystem", Results=results, **changes)
    return Report("proof of the database", "filesystem", json.dumps(content))


KNOWN = (PYTHON.package, PYTHON.vulnerability)
IN_DEBIAN = SYSTEMS["debian"].vulnerability
WHOLE = proof(KNOWN[1], IN_DEBIAN, "CVE-1")


def verdict(
    text: object,
    metadata: str | None = None,
    policy: Policy = STRICT,
    ignores: Ignores = Ignores(),
) -> Verdict:
    """The gate's verdict on one report of an image."""
    told = database() if metadata is None else metadata
    return judge([trivy.report(text)], Database(told, WHOLE), ignores, policy, NOW)


def ignoring(expires: str, **changes: str) -> Ignores:
    """The ignores with one entry, about jinja2."""
    entry = {"id": "CVE-2020-28493", "reason": "urlize is not used.", **changes}
    lines = [f"{key}: {value}" for key, value in {**entry, "expires": expires}.items()]
    return Ignores.parse("- " + "\n  ".join(lines))


@pytest.mark.parametrize(
    "passing", [trivy.content(), trivy.with_vulnerabilities("LOW", "MEDIUM", "UNKNOWN")]
)
def test_nothing_that_blocks(passing: dict[str, Any]) -> None:
    """A whole report without a finding over the line passes."""
    assert verdict(passing).reasons == ()


@pytest.mark.parametrize("fail_on", ["HIGH,CRITICAL", "none"])
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is missing or empty"),
        (json.dumps(trivy.content())[:-20], "is not JSON, or is cut short"),
        ({"version": "2.1.0", "runs": []}, "is not one that Trivy wrote"),
    ],
)
def test_report_that_cannot_be_judged(text: object, reason: str, fail_on: str) -> None:
    """It blocks whatever the findings may be, and says what is wrong with it."""
    found = verdict(text, policy=Policy.parse(fail_on, "48h"))
    assert found.blocked
    assert found.reasons == (f"The report of the image {reason}.",)


@pytest.mark.parametrize(
    ("severities", "fail_on", "reason"),
    [
        (["HIGH"], "HIGH,CRITICAL", "1 HIGH found"),
        (["HIGH", "CRITICAL", "HIGH"], "high, critical", "1 CRITICAL and 2 HIGH found"),
        (["LOW"], "LOW", "1 LOW found"),
        (["UNKNOWN"], "UNKNOWN", "1 UNKNOWN found"),
    ],
)
def test_findings_over_the_line(severities: list[str], fail_on: str, reason: str) -> None:
    """They block, counted."""
    found = verdict(trivy.with_vulnerabilities(*severities), policy=Policy.parse(fail_on, "48h"))
    assert found.reasons[0].startswith(reason)


def test_findings_that_need_not_block() -> None:
    """With `none` they are shown and pass."""
    found = verdict(trivy.with_vulnerabilities("CRITICAL"), policy=Policy.parse("none", "48h"))
    assert not found.blocked
    assert found.counts == "0 that block, 1 critical"


@pytest.mark.parametrize("severity", ["SEVERE", "high", ""])
@pytest.mark.parametrize("fail_on", ["CRITICAL", "none"])
def test_unknown_severity(severity: str, fail_on: str) -> None:
    """What cannot be ranked blocks."""
    found = verdict(trivy.with_vulnerabilities(severity), policy=Policy.parse(fail_on, "48h"))
    assert found.reasons == (f"Severity {severity} is not one this gate knows.",)


def without_a_fix(status: str | None, **changes: str) -> dict[str, Any]:
    """A report with one grave vulnerability of a status, or of none."""
    found = trivy.vulnerability("CRITICAL", **{"FixedVersion": "", **changes}, Status=status)
    if status is None:
        del found["Status"]
    return trivy.content(Results=[{"Target": "a", "Vulnerabilities": [found]}])


@pytest.mark.parametrize(
    ("status", "passes"),
    [
        ("affected", True),
        ("will_not_fix", True),
        ("fix_deferred", True),
        ("end_of_life", True),
        ("under_investigation", True),
        ("not_affected", True),
        ("fixed", False),
        ("unknown", False),
        (None, False),
    ],
)
def test_status_of_a_finding_for_which_no_version_is_named(
    status: str | None, passes: bool
) -> None:
    """It passes where it is sure that none corrects it, counted apart."""
    found = verdict(without_a_fix(status))
    assert found.blocked is not passes
    assert found.counts == (
        "0 that block, 1 without a fix" if passes else "1 that block (1 critical)"
    )


@pytest.mark.parametrize("status", [*STATUSES, None])
def test_status_of_a_finding_for_which_a_version_is_named(status: str | None) -> None:
    """It blocks whatever the status is: there is something to change to."""
    assert verdict(without_a_fix(status, FixedVersion="2.11.3")).blocked


@pytest.mark.parametrize("status", STATUSES)
def test_stricter_rule(status: str) -> None:
    """With `--unfixed block` every finding over the line blocks."""
    policy = Policy.parse("HIGH,CRITICAL", "48h", Effect.block)
    found = verdict(without_a_fix(status), policy=policy)
    assert found.counts == "1 that block (1 critical)"
    assert found.reasons[0].startswith("1 CRITICAL found")


def test_stricter_rule_in_the_reason() -> None:
    """The reason says which argument counts what cannot be corrected."""
    policy = Policy.parse("HIGH,CRITICAL", "48h", Effect.block)
    assert verdict(without_a_fix("will_not_fix"), policy=policy).reasons == (
        "1 CRITICAL found, 1 of them without a fix, as --unfixed block wants it; fix them, or "
        "change what counts with --fail-on.",
    )


def test_stricter_rule_under_the_line() -> None:
    """What is not grave is counted apart all the same."""
    found = verdict(without_a_fix("affected"), policy=Policy.parse("none", "48h", Effect.block))
    assert (found.blocked, found.counts) == (False, "0 that block, 1 without a fix")


@pytest.mark.parametrize("fail_on", ["CRITICAL", "none"])
@pytest.mark.parametrize("fixed", ["", "2.11.3"])
@pytest.mark.parametrize("status", ["wontfix", "AFFECTED", ""])
def test_unknown_status(status: str, fixed: str, fail_on: str) -> None:
    """What Trivy never said before blocks, whatever the severity that counts."""
    policy = Policy.parse(fail_on, "48h")
    found = verdict(without_a_fix(status, FixedVersion=fixed), policy=policy)
    assert f"Status {status} is not one this gate knows." in found.reasons


def test_secret_and_misconfiguration() -> None:
    """They count as vulnerabilities do."""
    found = verdict(
        trivy.content(
            Results=[
                {"Target": "k.py", "Secrets": [trivy.secret()]},
                {"Target": "pod.yaml", "Misconfigurations": [trivy.misconfiguration()]},
            ]
        )
    )
    assert found.counts == "2 that block (1 critical, 1 high)"
    assert found.blocked


class TestIgnores:
    @pytest.mark.parametrize("package", [{}, {"package": "jinja2"}])
    def test_that_hold(self, package: dict[str, str]) -> None:
        """What they are about does not count, and is shown with the reason."""
        found = verdict(
            trivy.with_vulnerabilities("HIGH"), ignores=ignoring("2026-05-09", **package)
        )
        assert found.reasons == ()
        assert found.counts == "no findings, 1 ignored"
        assert "urlize is not used." in found.summary

    def test_that_are_about_something_else(self) -> None:
        """What is found counts."""
        other = ignoring("2026-12-31", package="flask")
        assert verdict(trivy.with_vulnerabilities("HIGH"), ignores=other).blocked

    def test_that_expired(self) -> None:
        """What they are about counts again, and they are named."""
        found = verdict(trivy.with_vulnerabilities("HIGH"), ignores=ignoring("2026-05-08"))
        assert found.counts == "1 that block (1 high)"
        assert found.reasons[0].startswith("1 HIGH found")
        assert found.reasons[1].startswith(
            "The ignore of CVE-2020-28493 expired on 2026-05-08: correct what it is about"
        )
        assert "Ignored no more since 2026-05-08" in found.summary

    def test_that_expired_under_the_line(self) -> None:
        """They are named, and do not block where what they are about does not."""
        found = verdict(trivy.with_vulnerabilities("LOW"), ignores=ignoring("2026-05-08"))
        assert found.reasons == ()
        assert "Ignored no more since 2026-05-08" in found.summary

    def test_that_expired_beside_one_that_holds(self) -> None:
        """One that holds is enough."""
        both = Ignores(ignoring("2026-05-08").entries + ignoring("2026-12-31").entries)
        found = verdict(trivy.with_vulnerabilities("HIGH"), ignores=both)
        assert (found.reasons, found.expired) == ((), ())

    def test_that_expired_and_are_about_nothing(self) -> None:
        """They are passed over."""
        assert verdict(trivy.content(), ignores=ignoring("2026-05-08")).expired == ()

    @pytest.mark.parametrize("fail_on", ["HIGH,CRITICAL", "none"])
    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("- {id: A, expires: 2026-12-31}", "has no reason."),
            ("- {id: A, reason: b}", "has no day on which it expires."),
            ("- {id: A", "is not YAML, line 1."),
        ],
    )
    def test_that_cannot_be_used(self, text: str, reason: str, fail_on: str) -> None:
        """They block, whatever the findings may be."""
        found = verdict(
            trivy.content(), policy=Policy.parse(fail_on, "48h"), ignores=Ignores.parse(text)
        )
        assert len(found.reasons) == 1
        assert found.reasons[0].endswith(reason)


@pytest.mark.parametrize(
    ("age", "allowed", "passes"),
    [
        (timedelta(hours=1), "48h", True),
        (timedelta(hours=48), "48h", True),
        (timedelta(hours=48, seconds=1), "48h", False),
        (timedelta(days=1700), "48h", False),
        (timedelta(days=1700), "any", True),
        (timedelta(minutes=-5), "48h", True),
        (timedelta(days=-2), "48h", False),
        (timedelta(days=-2), "any", False),
    ],
)
def test_age_of_the_database(age: timedelta, allowed: str, passes: bool) -> None:
    """One that is older than allowed blocks, and so does one from the future."""
    found = verdict(trivy.content(), database(age), Policy.parse("none", allowed))
    assert found.blocked is not passes


@pytest.mark.parametrize(
    "metadata",
    ["", "{}", "[]", "no JSON", '{"UpdatedAt": "yesterday"}', '{"UpdatedAt": 3}'],
)
@pytest.mark.parametrize("allowed", ["48h", "any"])
def test_database_of_unknown_age(metadata: str, allowed: str) -> None:
    """It blocks, whatever age is allowed."""
    found = verdict(trivy.content(), metadata, Policy.parse("none", allowed))
    assert found.reasons == ("The vulnerability database does not say how old it is.",)


@pytest.mark.parametrize("fail_on", ["HIGH,CRITICAL", "none"])
@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (
            proof(IN_DEBIAN),
            f"The vulnerability database does not know {KNOWN[1]} in {KNOWN[0]}, as every whole",
        ),
        (
            proof(KNOWN[1], "CVE-1"),
            f"The vulnerability database does not know {IN_DEBIAN} in openssl 0.9.8 of debian 12",
        ),
        (
            proof(KNOWN[1], IN_DEBIAN, Metadata={"OS": {"Family": "debian", "Name": "11.9"}}),
            f"The vulnerability database does not know {IN_DEBIAN} in openssl 0.9.8 of debian 12",
        ),
        (replace(WHOLE, text=""), "The report of the proof of the database is missing or empty."),
    ],
)
def test_database_that_knows_nothing(found: Report, reason: str, fail_on: str) -> None:
    """It blocks: with it, everything would be clean."""
    policy = Policy.parse(fail_on, "48h")
    reports = [trivy.report(trivy.content())]
    told = judge(reports, Database(database(), found), Ignores(), policy, NOW)
    assert len(told.reasons) == 1
    assert told.reasons[0].startswith(reason)


def of_system(packages: int, **system: Any) -> dict[str, Any]:
    """A report on an image of a system with some packages."""
    results = [{"Target": "a", "Class": "os-pkgs", "Packages": [{"Name": "zlib1g"}] * packages}]
    metadata: dict[str, Any] = {"ImageID": trivy.IMAGE} | ({"OS": system} if system else {})
    return {**trivy.content(Metadata=metadata), "Results": results if system else []}


UNSUPPORTED = [
    (of_system(0), "The image has no operating system that Trivy knows"),
    (of_system(0, Family="none"), "The image has no operating system that Trivy knows"),
    (
        of_system(0, Family="debian", Name="12.5"),
        "The image is of debian 12.5 and names none of its packages",
    ),
    (
        of_system(9, Family="debian", Name="10.13", EOSL=True),
        "The image is of debian 10.13, which is past its end of life",
    ),
    (
        of_system(9, Family="photon", Name="5.0"),
        "The image is of photon 5.0, for which this gate has no proof",
    ),
]


def on_system(content: dict[str, Any], policy: Policy) -> Verdict:
    """The verdict on an image, with a database that knows its system."""
    told = content["Metadata"].get("OS", {})
    whole = proof(KNOWN[1], IN_DEBIAN, Metadata={"OS": told})
    reports = [trivy.report(content)]
    return judge(reports, Database(database(), whole), Ignores(), policy, NOW)


@pytest.mark.parametrize("fail_on", ["HIGH,CRITICAL", "none"])
@pytest.mark.parametrize(("content", "why"), UNSUPPORTED)
def test_system_in_which_nothing_can_be_found(
    content: dict[str, Any], why: str, fail_on: str
) -> None:
    """It blocks, and the way to let it pass is named."""
    [reason] = on_system(content, Policy.parse(fail_on, "48h")).reasons
    assert reason.startswith(why)
    assert reason.endswith("or allow it with --unsupported-system report.")


@pytest.mark.parametrize(("content", "why"), UNSUPPORTED)
def test_system_in_which_nothing_can_be_found_and_that_is_allowed(
    content: dict[str, Any], why: str
) -> None:
    """It passes, and the first line of the verdict says so wherever that is shown."""
    policy = Policy.parse("HIGH", "48h", unsupported_system=Effect.report)
    found = on_system(content, policy)
    assert found.reasons == ()
    for told in (found.summary, found.line):
        assert told.startswith(why)
    assert "allowed by --unsupported-system report" in found.summary.splitlines()[0]
    assert found.to_markdown().splitlines()[2].startswith(f"- **{why}")


def test_system_that_is_allowed_and_a_database_that_does_not_know_it() -> None:
    """What is wrong with the database is no system's fault, and blocks."""
    content = of_system(9, Family="debian", Name="10.13", EOSL=True)
    policy = Policy.parse("HIGH", "48h", unsupported_system=Effect.report)
    reports = [trivy.report(content)]
    found = judge(reports, Database(database(), WHOLE), Ignores(), policy, NOW)
    assert [each[:40] for each in found.reasons] == ["The vulnerability database does not know"]


@pytest.mark.parametrize("told", ["debian", ["debian"], 12])
def test_system_of_a_shape_that_is_not_known(told: object) -> None:
    """It is no system that can be judged."""
    content = of_system(9, Family="debian", Name="12.5")
    content["Metadata"]["OS"] = told
    assert verdict(content).blocked


def test_remarks() -> None:
    """How the scan went is told with the verdict, and does not block."""
    reports = [trivy.report(trivy.content())]
    told = judge(reports, Database(database(), WHOLE), Ignores(), STRICT, NOW, ["Not looked at."])
    assert not told.blocked
    assert "Not looked at." in told.summary
    assert "- Not looked at." in told.to_markdown()


def test_date_as_trivy_writes_it() -> None:
    """Nanoseconds and Z are read."""
    found = verdict(trivy.content(), '{"UpdatedAt": "2026-05-09T06:00:01.123456789Z"}')
    assert found.database == "of 2026-05-09, 5h 59m old"


def test_old_database_that_is_allowed() -> None:
    """Wherever the verdict is shown, the allowance is."""
    found = verdict(trivy.content(), database(timedelta(days=1700)), Policy.parse("HIGH", "any"))
    assert found.database == "of 2021-09-12, 1700d old, allowed by --db-max-age any"
    assert found.database in found.summary


def test_every_reason_is_told() -> None:
    """One reason does not hide another."""
    reports = [trivy.report(""), Report("sources", "filesystem", "{")]
    found = judge(reports, Database("", proof()), Ignores.parse("- id: A"), STRICT, NOW)
    assert len(found.reasons) == 5


@pytest.mark.parametrize("fail_on", ["", "SEVERE", "HIGH;CRITICAL", "none,HIGH"])
def test_severities_nobody_knows(fail_on: str) -> None:
    """The refusal names those there are."""
    with pytest.raises(InvalidInput, match="CRITICAL, HIGH, MEDIUM, LOW, UNKNOWN, or none"):
        Policy.parse(fail_on, "48h")


def test_age_that_cannot_be_read() -> None:
    """The refusal names the argument."""
    with pytest.raises(InvalidInput, match="--db-max-age 'old'"):
        Policy.parse("HIGH", "old")


@pytest.mark.parametrize(
    ("text", "expires", "told"),
    [
        (trivy.content(), "2026-12-31", []),
        (trivy.with_vulnerabilities("LOW"), "2026-12-31", []),
        (trivy.with_vulnerabilities("LOW", "CRITICAL"), "2026-01-01", ["CRITICAL", "LOW"]),
        ({**trivy.content(), "SchemaVersion": 1}, "2026-12-31", ["The report of the"]),
        (trivy.content(), "never", ["Entry 1 of ci/ignores.yaml"]),
    ],
    ids=[
        "clean",
        "ignored",
        "ignored no longer, gravest first",
        "not a report",
        "an ignore that is none",
    ],
)
def test_what_counts_whatever_its_severity(text: object, expires: str, told: list[str]) -> None:
    """Each finding is a line, and so is what keeps one from telling."""
    lines = unexcused(trivy.report(text), ignoring(expires), NOW)

    assert [line[: len(begins)] for line, begins in zip(lines, told, strict=True)] == told
