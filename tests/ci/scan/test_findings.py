"""What a report of Trivy tells of, and which reports are not believed."""

import json
from typing import Any

import pytest

from ci.scan.findings import Report, Unusable, read
from tests.ci import trivy_reports as trivy


def one(**result: Any) -> str:
    """The only finding of a report with one result, as it is shown."""
    (finding,) = read(trivy.report(trivy.content(Results=[{"Target": "a/b", **result}])))
    return str(finding)


@pytest.mark.parametrize(
    "empty",
    [
        trivy.content(),
        trivy.content(Results=None),
        trivy.content(Results=[]),
        {key: value for key, value in trivy.content().items() if key != "Results"},
    ],
)
def test_report_without_findings(empty: dict[str, Any]) -> None:
    """Nothing is found, however Trivy writes that."""
    assert read(trivy.report(empty)) == []


def test_vulnerability_with_a_fix() -> None:
    """It is shown with package, version, file and the version that corrects it."""
    assert one(Vulnerabilities=[trivy.vulnerability()]) == (
        "HIGH     CVE-2020-28493  jinja2 2.11.2 in a/b: ReDoS in urlize; fixed in 2.11.3"
    )


def test_vulnerability_in_an_image() -> None:
    """It is shown with the file of the package, where Trivy names one."""
    told = one(Vulnerabilities=[trivy.vulnerability(PkgPath="venv/jinja2/METADATA")])
    assert "jinja2 2.11.2 in venv/jinja2/METADATA: " in told


def test_title_of_several_lines() -> None:
    """It is shown in one."""
    told = one(Misconfigurations=[trivy.misconfiguration(Title="Privileged\n  pod")])
    assert told.endswith("a/b: Privileged pod")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"Status": "will_not_fix"}, "ReDoS in urlize; no fix, will_not_fix"),
        ({"Status": "affected", "Title": None}, "no title; no fix, affected"),
        ({"Status": "unknown"}, "ReDoS in urlize; no fix is known"),
    ],
)
def test_vulnerability_without_a_fix(changes: dict[str, Any], told: str) -> None:
    """It is said that there is none, and what becomes of it."""
    found = trivy.vulnerability(**{"FixedVersion": "", **changes})
    assert one(Vulnerabilities=[found]).endswith(told)


def test_misconfiguration() -> None:
    """It is shown with its file."""
    told = one(Misconfigurations=[trivy.misconfiguration()])
    assert told == "HIGH     KSV-0017  a/b: Privileged"


def test_secret() -> None:
    """It is shown with its file, and never itself."""
    told = one(Secrets=[trivy.secret(Match="AKIA****")])
    assert told == "CRITICAL aws-access-key-id  a/b: AWS Access Key ID"


@pytest.mark.parametrize("status", ["PASS", "EXCEPTION"])
def test_check_that_passes(status: str) -> None:
    """It is no finding."""
    passing = [{"Target": "a", "Misconfigurations": [trivy.misconfiguration(Status=status)]}]
    assert read(trivy.report(trivy.content(Results=passing))) == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is missing or empty"),
        (" \n", "is missing or empty"),
        ("no JSON", "is not JSON, or is cut short"),
        (json.dumps(trivy.content())[:-20], "is not JSON, or is cut short"),
        ("[]", "is not one that Trivy wrote"),
        ("null", "is not one that Trivy wrote"),
        ({"version": "2.1.0", "runs": []}, "is not one that Trivy wrote"),
        ({"bomFormat": "CycloneDX", "specVersion": "1.6"}, "is not one that Trivy wrote"),
        (trivy.content(SchemaVersion=3), "has version 3 of the schema, not 2"),
        (trivy.content(ArtifactType="filesystem"), "is of a filesystem, not of a container_image"),
        (
            trivy.content(Metadata={"ImageID": "sha256:34"}),
            f"is of the image sha256:34, not of {trivy.IMAGE}",
        ),
        (trivy.content(Metadata={}), f"is of the image None, not of {trivy.IMAGE}"),
        (trivy.content(Metadata=None), f"is of the image None, not of {trivy.IMAGE}"),
        (trivy.content(Results="none"), "has results of a shape this gate does not know"),
        (trivy.content(Results=[[]]), "has results of a shape this gate does not know"),
        (
            trivy.content(Results=[{"Target": "a", "Vulnerabilities": [{"Severity": "LOW"}]}]),
            "has a vulnerability of a shape this gate does not know",
        ),
        (
            trivy.content(
                Results=[{"Target": "a", "Vulnerabilities": [trivy.vulnerability(Status=3)]}]
            ),
            "has a vulnerability of a shape this gate does not know",
        ),
        (
            trivy.content(Results=[{"Target": "a", "Secrets": ["key"]}]),
            "has a secret of a shape this gate does not know",
        ),
        (
            trivy.content(Results=[{"Target": "a", "Misconfigurations": {"ID": "1"}}]),
            "has a misconfiguration of a shape this gate does not know",
        ),
        (
            trivy.content(Results=[{"Target": "a", "Misconfigurations": 1}]),
            "has a misconfiguration of a shape this gate does not know",
        ),
        (
            trivy.content(Results=[{"Secrets": [trivy.secret()]}]),
            "has a secret of a shape this gate does not know",
        ),
        (
            trivy.content(Results=[{"Target": "a", "Secrets": [trivy.secret(Severity=["LOW"])]}]),
            "has a secret of a shape this gate does not know",
        ),
    ],
)
def test_report_that_is_not_believed(text: object, why: str) -> None:
    """It says what is wrong with it."""
    with pytest.raises(Unusable, match=f"^{why}$"):
        read(trivy.report(text))


def test_report_on_files() -> None:
    """It is of no image, and none is asked for."""
    told = json.dumps(trivy.content(ArtifactType="filesystem", Metadata={}))
    assert read(Report("sources", "filesystem", told)) == []
