"""Completes Trivy's SARIF, so that code scanning tells files apart and knows findings again."""

import hashlib
import json
from collections import Counter
from collections.abc import Collection
from typing import Any

ROOT = "%SRCROOT%"
FINGERPRINT = "primaryLocationLineHash"
"""The only name of a fingerprint that GitHub's code scanning looks at."""


def complete(text: str, category: str, made_from: str = "", rendered: Collection[str] = ()) -> str:
    """Trivy's SARIF with a category, and with paths and fingerprints that stay what they are.

    Where `made_from` is named, all of it is about what that file of the repository makes. Lines
    in `rendered` files are not the repository's, and left out.
    """
    log = json.loads(text)
    for run in log["runs"]:
        run["automationDetails"] = {"id": f"{category}/"}
        run.pop("originalUriBaseIds", None)
        seen: Counter[str] = Counter()
        for result in run["results"]:
            for location in result["locations"]:
                _place(location["physicalLocation"], made_from, rendered)
            name = _name(result)
            seen[name] += 1
            result["partialFingerprints"] = {FINGERPRINT: f"{name}:{seen[name]}"}
    return json.dumps(log, indent=2) + "\n"


def _place(physical: dict[str, Any], made_from: str, rendered: Collection[str]) -> None:
    artifact = physical["artifactLocation"]
    artifact["uri"] = made_from or artifact["uri"]
    artifact["uriBaseId"] = ROOT
    if made_from or artifact["uri"] in rendered:
        physical["region"] = {"startLine": 1}


def _name(result: dict[str, Any]) -> str:
    """Rule, file and package: neither a line nor a version, both of which move."""
    location = result["locations"][0]
    uri = location["physicalLocation"]["artifactLocation"]["uri"]
    package = location["message"]["text"].rpartition(": ")[2].rpartition("@")[0]
    return hashlib.sha256("\0".join((result["ruleId"], uri, package)).encode()).hexdigest()[:16]
