"""The verdict of a scan: as it is read on a terminal and on a page, and as it is kept."""

import json
from collections import Counter
from dataclasses import asdict, dataclass

from ci.findings import SEVERITIES, Finding
from ci.ignores import Ignore


@dataclass(frozen=True)
class Verdict:
    """What was found and counts, what was found and is ignored, and each reason to block."""

    findings: tuple[Finding, ...]
    reasons: tuple[str, ...]
    database: str
    ignored: tuple[tuple[Finding, Ignore], ...] = ()
    expired: tuple[Ignore, ...] = ()
    image: str = ""

    @property
    def blocked(self) -> bool:
        return bool(self.reasons)

    @property
    def counts(self) -> str:
        """Such as `1 critical, 2 high`."""
        counted = Counter(finding.severity for finding in self.findings)
        found = [f"{counted[name]} {name.lower()}" for name in SEVERITIES if counted[name]]
        ignored = [f"{len(self.ignored)} ignored"] if self.ignored else []
        return ", ".join([*(found or ["no findings"]), *ignored])

    @property
    def summary(self) -> str:
        """The findings, gravest first, how many there are, and how old the database is."""
        return "\n".join([*map(str, self._ranked), f"Scan: {self.counts}.", *self._notes])

    def to_markdown(self) -> str:
        """As it reads on a page, such as the summary of a job."""
        lines = [f"### Scan: {'blocked' if self.blocked else 'passed'}, {self.counts}", ""]
        lines += [f"- **{reason}**" for reason in self.reasons]
        lines += [f"- {note}" for note in self._notes]
        lines += [f"- Image: `{self.image}`."] if self.image else []
        if self.findings:
            lines += ["", "| severity | id | where | what | fixed in |"]
            lines += ["| --- | --- | --- | --- | --- |", *map(_row, self._ranked)]
        return "\n".join(lines) + "\n"

    def to_json(self) -> str:
        content = {
            "blocked": self.blocked,
            "reasons": self.reasons,
            "image": self.image,
            "database": self.database,
            "findings": [asdict(finding) for finding in self._ranked],
            "ignored": [
                {**asdict(finding), "reason": ignore.reason, "expires": str(ignore.expires)}
                for finding, ignore in self.ignored
            ],
        }
        return json.dumps(content, indent=2) + "\n"

    @property
    def _ranked(self) -> list[Finding]:
        return sorted(self.findings, key=lambda finding: finding.gravity)

    @property
    def _notes(self) -> list[str]:
        used = dict.fromkeys(ignore for _, ignore in self.ignored)
        return [
            *(f"Ignored until {each.expires}: {each.what}, {each.reason}" for each in used),
            *(f"Ignored no more since {e.expires}: {e.what}, {e.reason}" for e in self.expired),
            f"Database: {self.database}.",
        ]


def _row(finding: Finding) -> str:
    what = f"{finding.package} {finding.version}: {finding.title}".lstrip(" :")
    cells = (finding.severity, finding.id, f"`{finding.where}`", what, finding.fixed)
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"
