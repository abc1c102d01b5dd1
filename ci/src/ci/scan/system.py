"""Whether vulnerabilities in the operating system of an image could be found at all."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from ci.scan.findings import Report, Unusable, parse
from ci.scan.proof import SYSTEMS

_NONE = "none"
"""Trivy's family of an image without an operating system that it knows."""


@dataclass(frozen=True)
class System:
    """The operating system that Trivy sees, and how many packages of it."""

    family: str = ""
    release: str = ""
    ended: bool = False
    packages: int = 0

    @property
    def name(self) -> str:
        return f"{self.family} {self.release}".strip()


def read(report: Report) -> System:
    """The system in a report: none where Trivy knows none. Unusable where it cannot be read."""
    content = parse(report)
    told = (content.get("Metadata") or {}).get("OS") or {}
    try:
        counted = sum(map(_packages, content.get("Results") or []))
        family = told.get("Family", "").replace(_NONE, "")
        system = System(family, told.get("Name", ""), bool(told.get("EOSL")), counted)
    except (AttributeError, TypeError):
        raise Unusable("names a system in a shape this gate does not know") from None
    return system


def unjudged(system: System) -> list[str]:
    """Why nothing that is found in a system's packages does not mean that there is nothing."""
    if not system.family:
        return [
            "The image has no operating system that Trivy knows, so its packages were not looked at"
        ]
    if not system.packages:
        return [
            f"The image is of {system.name} and names none of its packages, so they were not "
            "looked at"
        ]
    if system.ended:
        return [
            f"The image is of {system.name}, which is past its end of life: what is found in it "
            "from now on, nobody tells of or corrects"
        ]
    if system.family not in SYSTEMS:
        return [
            f"The image is of {system.name}, for which this gate has no proof that the "
            "vulnerability database is whole"
        ]
    return []


def unproved(system: System, proved: System, found: Collection[str]) -> list[str]:
    """Why a database blocks in which nothing would ever be found for a system."""
    known = SYSTEMS.get(system.family)
    if known is None or (system.name == proved.name and known.vulnerability in found):
        return []
    return [
        f"The vulnerability database does not know {known.vulnerability} in {known.package} of "
        f"{system.name}, as every whole one does: fetch it anew, or name another with "
        "--db-repository."
    ]


def _packages(result: dict[str, Any]) -> int:
    return len(result.get("Packages") or []) if result.get("Class") == "os-pkgs" else 0
