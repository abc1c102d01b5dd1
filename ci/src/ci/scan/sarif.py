"""Completes Trivy's SARIF, so that code scanning tells files apart and knows findings again."""

import hashlib
import json
from collections import Counter
from collections.abc import Collection
from typing import Any

from ci.scan.findings import Finding

ROOT = "%SRCROOT%"
FINGERPRINT = "primaryLocationLineHash"
"""The only name of a fingerprint that GitHub's code scanning looks at."""


WITHOUT_A_FIX = "without a fix"
"""The tag of results that no version corrects."""


def complete(
    text: str,
    category: str,
    made_from: str = "",
    rendered: Collection[str] = (),
    unfixed: Collection[Finding] = (),
) -> str:
    """Trivy's SARIF with a category, and with paths and fingerprints that stay what they are.

    Where `made_from` is named, all of it is about what that file of the repository makes. Lines
    in `rendered` files are not the repository's, and left out. Results about `unfixed` findings
    are tagged, and counted in the run's properties.
    """
    log = json.loads(text)
    statuses = {(each.id, each.package): each.status for each in unfixed}
    for run in log["runs"]:
        run["automationDetails"] = {"id": f"{category}/"}
        run.pop("originalUriBaseIds", None)
        seen: Counter[str] = Counter()
        for result in run["results"]:
            if status := statuses.get((result["ruleId"], _package(result))):
                result["properties"] = {"tags": [WITHOUT_A_FIX], "status": status}
            for location in result["locations"]:
                _place(location["physicalLocation"], made_from, rendered)
            name = _name(result)
            seen[name] += 1
            result["partialFingerprints"] = {FINGERPRINT: f"{name}:{seen[name]}"}
        run["properties"] = {"withoutAFix": sum("properties" in each for each in run["results"])}
    return json.dumps(log, indent=2) + "\n"


def _place(physical: dict[str, Any], made_from: str, rendered: Collection[str]) -> None:
    artifact = physical["artifactLocation"]
    artifact["uri"] = made_from or artifact["uri"]
    artifact["uriBaseId"] = ROOT
    if made_from or artifact["uri"] in rendered:
        physical["region"] = {"startLine": 1}


def _name(result: dict[str, Any]) -> str:
    """Rule, file and package: neither a line nor a version, both of which move."""
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    package = _package(result)
    return hashlib.sha256("\0".join((result["ruleId"], uri, package)).encode()).hexdigest()[:16]


def _package(result: dict[str, Any]) -> str:
    """The package that a result is about, as Trivy's text on its location ends."""
    text: str = result["locations"][0]["message"]["text"]
    return text.rpartition(": ")[2].rpartition("@")[0]
