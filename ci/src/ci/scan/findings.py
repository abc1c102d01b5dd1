"""Reads Trivy's reports: what was found, or why a report cannot be believed."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

SEVERITIES = ("CRITICAL", "HIGH", "MEDIUM", "LOW", "UNKNOWN")
VULNERABILITY = "vulnerability"
FIXED, UNKNOWN = "fixed", "unknown"
UNFIXED = (
    "affected",
    "will_not_fix",
    "fix_deferred",
    "end_of_life",
    "under_investigation",
    "not_affected",
)
"""Trivy's statuses of what nobody can correct today: no version is there to change to."""
STATUSES = (FIXED, *UNFIXED, UNKNOWN)
_RECORDS = {
    VULNERABILITY: ("Vulnerabilities", "VulnerabilityID"),
    "misconfiguration": ("Misconfigurations", "ID"),
    "secret": ("Secrets", "RuleID"),
}


class Unusable(Exception):
    """A report that cannot be judged, and why."""


@dataclass(frozen=True)
class Report:
    """What Trivy wrote, under a name, and what it was told to look at.

    `artifact` is Trivy's word for what that is; `image` is the ID, where it is an image.
    """

    name: str
    artifact: str
    text: str
    image: str = ""


@dataclass(frozen=True)
class Finding:
    """One thing that Trivy found."""

    kind: str
    id: str
    severity: str
    where: str
    title: str
    package: str = ""
    version: str = ""
    fixed: str = ""
    status: str = ""

    def __str__(self) -> str:
        what = f"{self.package} {self.version} in {self.where}" if self.package else self.where
        return f"{self.severity:<8} {self.id}  {what}: {self.title}{self._remedy}"

    @property
    def unfixed(self) -> bool:
        """Whether it is sure that no version corrects it."""
        return self.kind == VULNERABILITY and not self.fixed and self.status in UNFIXED

    @property
    def gravity(self) -> tuple[int, str, str]:
        """Sorts findings, gravest first; what cannot be ranked comes before everything."""
        rank = SEVERITIES.index(self.severity) if self.severity in SEVERITIES else -1
        return rank, self.where, self.id

    @property
    def _remedy(self) -> str:
        if self.kind != VULNERABILITY:
            return ""
        if self.fixed:
            return f"; fixed in {self.fixed}"
        return f"; no fix, {self.status}" if self.unfixed else "; no fix is known"


def read(report: Report) -> list[Finding]:
    """Everything that a report tells of; Unusable where it is not what it should be."""
    return list(_findings(parse(report)))


def parse(report: Report) -> dict[str, Any]:
    """What Trivy wrote; Unusable where it is not about what it was told to look at."""
    if not report.text.strip():
        raise Unusable("is missing or empty")
    try:
        content = json.loads(report.text)
    except ValueError:
        raise Unusable("is not JSON, or is cut short") from None
    if not isinstance(content, dict) or "Trivy" not in content:
        raise Unusable("is not one that Trivy wrote")
    if content.get("SchemaVersion") != 2:
        raise Unusable(f"has version {content.get('SchemaVersion')} of the schema, not 2")
    if content.get("ArtifactType") != report.artifact:
        raise Unusable(f"is of a {content.get('ArtifactType')}, not of a {report.artifact}")
    if report.image and _image(content) != report.image:
        raise Unusable(f"is of the image {_image(content)}, not of {report.image}")
    return content


def _image(content: dict[str, Any]) -> str:
    metadata = content.get("Metadata")
    return str(metadata.get("ImageID")) if isinstance(metadata, dict) else "None"


def _findings(content: dict[str, Any]) -> Iterator[Finding]:
    results = content.get("Results") or []
    if not isinstance(results, list) or not all(isinstance(each, dict) for each in results):
        raise Unusable("has results of a shape this gate does not know")
    for result in results:
        for kind, (key, identifier) in _RECORDS.items():
            try:
                for record in result.get(key) or []:
                    if record.get("Status") not in ("PASS", "EXCEPTION"):
                        yield _finding(kind, identifier, result["Target"], record)
            except (AttributeError, KeyError, TypeError):
                raise Unusable(f"has a {kind} of a shape this gate does not know") from None


def _finding(kind: str, identifier: str, where: str, record: dict[str, Any]) -> Finding:
    told = {
        "id": record[identifier],
        "severity": record["Severity"],
        "where": record.get("PkgPath") or where,
        "title": " ".join((record.get("Title") or "no title").split()),
        "package": record.get("PkgName", ""),
        "version": record.get("InstalledVersion", ""),
        "fixed": record.get("FixedVersion", ""),
        "status": record.get("Status", UNKNOWN) if kind == VULNERABILITY else "",
    }
    if not all(isinstance(value, str) for value in told.values()):
        raise TypeError(kind)
    return Finding(kind, **told)
