"""Reports as Trivy writes them."""

import json
from typing import Any

from ci.findings import Report

IMAGE = "sha256:" + "12" * 32


def content(**changes: Any) -> dict[str, Any]:
    """A report on an image, with nothing found."""
    return {
        "SchemaVersion": 2,
        "Trivy": {"Version": "0.72.0"},
        "ArtifactType": "container_image",
        "Metadata": {"ImageID": IMAGE},
        "Results": [{"Target": "Python", "Class": "lang-pkgs"}],
    } | changes


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
