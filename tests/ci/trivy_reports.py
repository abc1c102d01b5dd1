"""Reports as Trivy writes them."""

import json
from typing import Any

from ci.scan.findings import Report

IMAGE = "sha256:" + "12" * 32
SYSTEM = [{"Target": "debian 12.5", "Class": "os-pkgs", "Packages": [{"Name": "zlib1g"}]}]


def content(**changes: Any) -> dict[str, Any]:
    """A report on an image, with nothing found; results are added to that of its system."""
    results = changes.get("Results", [{"Target": "Python", "Class": "lang-pkgs"}])
    if isinstance(results, list) and results and all(isinstance(each, dict) for each in results):
        results = [*SYSTEM, *results]
    return {
        "SchemaVersion": 2,
        "Trivy": {"Version": "0.72.0"},
        "ArtifactType": "container_image",
        "Metadata": {"ImageID": IMAGE, "OS": {"Family": "debian", "Name": "12.5"}},
        **changes,
        "Results": results,
    }


def vulnerability(severity: str = "HIGH", **changes: Any) -> dict[str, Any]:
    """One vulnerability."""
    return {
        "VulnerabilityID": "CVE-2020-28493",
        "PkgName": "jinja2",
        "InstalledVersion": "2.11.2",
        "FixedVersion": "2.11.3",
        "Status": "fixed",
        "Severity": severity,
        "Title": "ReDoS in urlize",
    } | changes


def misconfiguration(**changes: Any) -> dict[str, Any]:
    """One misconfiguration."""
    return {
        "ID": "KSV-0017",
        "Severity": "HIGH",
        "Title": "Privileged",
        "Status": "FAIL",
    } | changes


def secret(**changes: Any) -> dict[str, Any]:
    """One secret."""
    return {
        "RuleID": "aws-access-key-id",
        "Severity": "CRITICAL",
        "Title": "AWS Access Key ID",
    } | changes


def with_vulnerabilities(*severities: str) -> dict[str, Any]:
    """A report with a vulnerability of each severity."""
    found = [vulnerability(severity) for severity in severities]
    return content(Results=[{"Target": "Python", "Vulnerabilities": found}])


def report(text: object) -> Report:
    """A report on `IMAGE`, from its text or its content."""
    told = text if isinstance(text, str) else json.dumps(text)
    return Report("image", "container_image", told, IMAGE)
