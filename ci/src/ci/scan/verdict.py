"""The verdict of a scan: as it is read on a terminal and on a page, and as it is kept."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from ci.scan.findings import SEVERITIES, Finding
from ci.scan.ignores import Ignore


@dataclass(frozen=True)
class Verdict:
    """Each reason to block, and what was found: what may not pass, what may, what is ignored.

    What no version corrects is apart from what passes, and blocks where the policy says so.
    `allowed` says what a policy lets pass that would block, `remarks` how the scan went.
    """

    reasons: tuple[str, ...]
    database: str
    blocking: tuple[Finding, ...] = ()
    passing: tuple[Finding, ...] = ()
    unfixed: tuple[Finding, ...] = ()
    ignored: tuple[tuple[Finding, Ignore], ...] = ()
    expired: tuple[Ignore, ...] = ()
    image: str = ""
    allowed: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def blocked(self) -> bool:
        return bool(self.reasons)

    @property
    def counts(self) -> str:
        """Such as `3 that block (1 critical, 2 high), 1 low, 4 without a fix`."""
        ignored = [f"{len(self.ignored)} ignored"] if self.ignored else []
        if not (self.blocking or self.passing or self.unfixed):
            return ", ".join(["no findings", *ignored])
        named = f" ({', '.join(_by_severity(self.blocking))})" if self.blocking else ""
        unfixed = [f"{len(self.unfixed)} without a fix"] if self.unfixed else []
        blocking = f"{len(self.blocking)} that block{named}"
        return ", ".join([blocking, *_by_severity(self.passing), *unfixed, *ignored])

    @property
    def summary(self) -> str:
        """The findings, gravest first, how many there are, and how old the database is."""
        told = [*self._fixable, *_ranked(self.unfixed)]
        return "\n".join([*self.allowed, *map(str, told), f"Scan: {self.counts}.", *self._notes])

    @property
    def line(self) -> str:
        """What is left of the summary where there is room for a line."""
        return " ".join([*self.allowed, f"Scan: {self.counts}; database {self.database}."])

    def to_markdown(self) -> str:
        """As it reads on a page, such as the summary of a job."""
        lines = [f"### Scan: {'blocked' if self.blocked else 'passed'}, {self.counts}", ""]
        lines += [f"- **{reason}**" for reason in (*self.allowed, *self.reasons)]
        lines += [f"- {note}" for note in self._notes]
        lines += [f"- Image: `{self.image}`."] if self.image else []
        lines += _table("fixed in", [_row(each, each.fixed) for each in self._fixable])
        if self.unfixed:
            lines += ["", f"#### {len(self.unfixed)} without a fix"]
            lines += _table("status", [_row(each, each.status) for each in _ranked(self.unfixed)])
        return "\n".join(lines) + "\n"

    def to_json(self) -> str:
        content = {
            "blocked": self.blocked,
            "reasons": self.reasons,
            "allowed": self.allowed,
            "remarks": self.remarks,
            "image": self.image,
            "database": self.database,
            "findings": [
                {**asdict(finding), "outcome": outcome}
                for outcome, findings in (
                    ("blocks", self.blocking),
                    ("passes", self.passing),
                    ("without a fix", self.unfixed),
                )
                for finding in _ranked(findings)
            ],
            "ignored": [
                {**asdict(finding), "reason": ignore.reason, "expires": str(ignore.expires)}
                for finding, ignore in self.ignored
            ],
        }
        return json.dumps(content, indent=2) + "\n"

    @property
    def _fixable(self) -> list[Finding]:
        return _ranked(self.blocking + self.passing)

    @property
    def _notes(self) -> list[str]:
        used = dict.fromkeys(ignore for _, ignore in self.ignored)
        return [
            *(f"Ignored until {each.expires}: {each.what}, {each.reason}" for each in used),
            *(f"Ignored no more since {e.expires}: {e.what}, {e.reason}" for e in self.expired),
            *self.remarks,
            f"Database: {self.database}.",
        ]


def _ranked(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: finding.gravity)


def _by_severity(findings: Iterable[Finding]) -> list[str]:
    counted = Counter(finding.severity for finding in findings)
    return [f"{counted[name]} {name.lower()}" for name in SEVERITIES if counted[name]]


def _table(last: str, rows: list[str]) -> list[str]:
    """A table of findings after a blank line; nothing where there are none."""
    heading = ["", f"| severity | id | where | what | {last} |", "| --- | --- | --- | --- | --- |"]
    return [*heading, *rows] if rows else []


def _row(finding: Finding, last: str) -> str:
    what = f"{finding.package} {finding.version}: {finding.title}".lstrip(" :")
    cells = (finding.severity, finding.id, f"`{finding.where}`", what, last)
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"
