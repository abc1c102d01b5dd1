"""SARIF as code scanning needs it."""

import json
from typing import Any

import pytest

from ci.scan.findings import Finding
from ci.scan.sarif import complete


def result(
    rule: str = "CVE-1", uri: str = "a/requirements.txt", told: str = "", line: int = 7
) -> dict[str, Any]:
    """A result as Trivy writes it."""
    return {
        "ruleId": rule,
        "locations": [
            {
                "message": {"text": told or f"{uri}: jinja2@2.11.2"},
                "physicalLocation": {
                    "artifactLocation": {"uri": uri, "uriBaseId": "ROOTPATH"},
                    "region": {"startLine": line, "endLine": line},
                },
            }
        ],
    }


def run(*results: dict[str, Any], **settings: Any) -> dict[str, Any]:
    """The run in the completed SARIF of some results."""
    root = {"ROOTPATH": {"uri": "file:///report.json/"}}
    text = json.dumps({"runs": [{"results": results, "originalUriBaseIds": root}]})
    (completed,) = json.loads(complete(text, "filesystem", **settings))["runs"]
    assert isinstance(completed, dict)
    return completed


def fingerprint(found: dict[str, Any], place: int = 0) -> str:
    """The fingerprint of a result."""
    return str(found["results"][place]["partialFingerprints"]["primaryLocationLineHash"])


def physical(found: dict[str, Any]) -> dict[str, Any]:
    """Where the first result is."""
    place: dict[str, Any] = found["results"][0]["locations"][0]["physicalLocation"]
    return place


def test_run() -> None:
    """It has a category, and names no folder of the machine that scanned."""
    found = run()
    assert found["automationDetails"] == {"id": "filesystem/"}
    assert "originalUriBaseIds" not in found


def test_result_in_a_file_of_the_repository() -> None:
    """It is at its line, in a path from the repository's root."""
    assert physical(run(result())) == {
        "artifactLocation": {"uri": "a/requirements.txt", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 7, "endLine": 7},
    }


def test_result_in_an_image() -> None:
    """It is at the file that the image is made from, which is the one to correct."""
    found = run(result(uri="venv/lib/jinja2/METADATA"), made_from="Dockerfile")
    assert physical(found)["artifactLocation"]["uri"] == "Dockerfile"
    assert physical(found)["region"] == {"startLine": 1}


def test_result_in_a_rendered_file() -> None:
    """It is at the file, but at no line that is not the repository's."""
    found = run(result(uri="o/kustomization.yaml"), rendered=["o/kustomization.yaml"])
    assert physical(found)["artifactLocation"]["uri"] == "o/kustomization.yaml"
    assert physical(found)["region"] == {"startLine": 1}


@pytest.mark.parametrize(
    "again",
    [
        result(line=90),
        result(told="a/requirements.txt: jinja2@2.11.1"),
    ],
)
def test_finding_that_is_found_again(again: dict[str, Any]) -> None:
    """It keeps its fingerprint where its line or its version moves."""
    assert fingerprint(run(again)) == fingerprint(run(result()))


@pytest.mark.parametrize(
    "other",
    [
        result(rule="CVE-2"),
        result(uri="b/requirements.txt", told="b/requirements.txt: jinja2@2.11.2"),
        result(told="a/requirements.txt: requests@2.11.2"),
        result(told="a/requirements.txt"),
    ],
)
def test_another_finding(other: dict[str, Any]) -> None:
    """It has another fingerprint."""
    assert fingerprint(run(other)) != fingerprint(run(result()))


def test_findings_alike() -> None:
    """They are told apart by their order."""
    found = run(result(line=1), result(line=2))
    assert fingerprint(found, 0) != fingerprint(found, 1)
    assert fingerprint(found, 0).partition(":")[0] == fingerprint(found, 1).partition(":")[0]


def test_finding_without_a_fix() -> None:
    """It is tagged with what becomes of it, and counted; the same id elsewhere is not."""
    unfixed = Finding(
        "vulnerability", "CVE-1", "HIGH", "debian 12", "t", "zlib1g", "1", "", "will_not_fix"
    )
    results = (result(told="library/python: zlib1g@1"), result(told="library/python: zlib@2"))
    found = run(*results, unfixed=[unfixed])
    assert found["results"][0]["properties"] == {
        "tags": ["without a fix"],
        "status": "will_not_fix",
    }
    assert "properties" not in found["results"][1]
    assert found["properties"] == {"withoutAFix": 1}
