"""How often, how fast and how well an environment is released to: DORA's four figures.

Each is said with what it is taken from, as few releases say little.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median

from ci.records.columns import aligned
from ci.records.history import State
from ci.records.line import Line, Lines
from ci.records.report import Format, cell, shown
from ci.run import durations

DAY = timedelta(days=1)
FEW = 5
"""Fewer than these have a median, and it says little."""


@dataclass(frozen=True)
class Spans:
    """Spans of time, and how many more there are whose length is not known."""

    known: Sequence[timedelta] = ()
    unknown: int = 0

    @property
    def median(self) -> timedelta | None:
        seconds = [each.total_seconds() for each in self.known]
        return timedelta(seconds=median(seconds)) if seconds else None


@dataclass(frozen=True)
class Dora:
    """The four figures of an environment, over a period."""

    environment: str
    since: datetime
    until: datetime
    deploys: int = 0
    """Releases that were verified, but for those that brought an earlier one back."""
    failed: tuple[int, ...] = ()
    """Releases that failed, or that somebody took back."""
    of: int = 0
    """Releases that changed something and brought no earlier one back."""
    lead: Spans = Spans()
    """From a commit to the first release of it that was verified."""
    restore: Spans = Spans()
    """From a release that failed to the one that was verified after it."""
    notes: tuple[str, ...] = ()

    @property
    def period(self) -> timedelta:
        return self.until - self.since

    @property
    def a_day(self) -> float | None:
        """Deploys a day; of less than a day nothing is said."""
        return self.deploys / (self.period / DAY) if self.period >= DAY else None

    @property
    def share_failed(self) -> float | None:
        return len(self.failed) / self.of if self.of else None

    def show(self, wanted: Format) -> str:
        """As it was asked for."""
        return shown(wanted, self._to_text, self._to_markdown, self._to_json)

    def _to_text(self) -> str:
        lines = aligned([*self._rows]).splitlines()
        told = ["", *(f"  {note}" for note in self._remarks)] if self._remarks else []
        return "\n".join([self._title, "", *(f"  {line}" for line in lines), *told])

    def _to_markdown(self) -> str:
        rows = [("figure", "", "of"), ("---", "---:", "---"), *self._rows]
        told = ["", *(f"- {note}" for note in self._remarks)] if self._remarks else []
        lines = [f"| {' | '.join(map(cell, row))} |" for row in rows]
        return "\n".join([f"### {self._title}", "", *lines, *told])

    def _to_json(self) -> str:
        return json.dumps(
            {
                "environment": self.environment,
                "since": self.since.isoformat(timespec="seconds"),
                "until": self.until.isoformat(timespec="seconds"),
                "deploys": self.deploys,
                "deploys_a_day": self.a_day,
                "lead_seconds": _seconds(self.lead.median),
                "lead_of": len(self.lead.known),
                "lead_unknown": self.lead.unknown,
                "failed": self.failed,
                "failed_of": self.of,
                "failed_share": self.share_failed,
                "restore_seconds": _seconds(self.restore.median),
                "restore_of": len(self.restore.known),
                "restore_unknown": self.restore.unknown,
                "notes": self._remarks,
            },
            indent=2,
        )

    @property
    def _title(self) -> str:
        since = self.since.isoformat(timespec="seconds")
        return f"{self.environment}: {self.of} releases in {self._span}, since {since}"

    @property
    def _span(self) -> str:
        return durations.show(self.period)

    @property
    def _rows(self) -> Iterator[tuple[str, str, str]]:
        a_day, share = self.a_day, self.share_failed
        often = "-" if a_day is None else f"{a_day:.2g}"
        which = f": {', '.join(map(str, self.failed))}" if self.failed else ""
        yield "deploys a day", often, f"{self.deploys} verified in {self._span}"
        yield "lead time", _shown(self.lead), f"{_of(self.lead)}, from commit to verified"
        part = "-" if share is None else f"{share:.0%}"
        yield "failed", part, f"{len(self.failed)} of {self.of} releases{which}"
        yield "time to restore", _shown(self.restore), f"{_of(self.restore)}, until one is verified"

    @property
    def _remarks(self) -> tuple[str, ...]:
        scarce = {
            f"fewer than {FEW} releases": self.of < FEW,
            "less than a day": self.period < DAY,
        }
        why = " in ".join(each for each, so in scarce.items() if so)
        return (*self.notes, f"These figures say little, of {why}.") if why else self.notes


def measure(environment: str, lines: Lines, now: datetime, notes: tuple[str, ...] = ()) -> Dora:
    """The figures of the releases that are known, up to now."""
    counted = [each for each in lines if each.state in (State.DEPLOYED.value, State.FAILED.value)]
    changes = [each for each in counted if not each.is_rollback]
    taken_back = dict(_taken_back(counted))
    failed = [each for each in changes if _failed(each) or each in taken_back]
    return Dora(
        environment,
        since=min((_time(each.began) for each in counted if each.began), default=now),
        until=now,
        deploys=sum(not _failed(each) for each in changes),
        failed=tuple(each.release for each in failed),
        of=len(changes),
        lead=_spans([(each.committed, each.ended) for each in _firsts(changes)]),
        restore=_spans([*_restored(counted), *((a.ended, b.ended) for a, b in taken_back.items())]),
        notes=notes,
    )


def _failed(line: Line) -> bool:
    return line.state == State.FAILED.value


def _taken_back(counted: Lines) -> Iterator[tuple[Line, Line]]:
    """Each release that was verified and taken back, with the rollback."""
    stands: Line | None = None
    for each in counted:
        if each.is_rollback and stands and not stands.is_rollback:
            yield stands, each
        if not _failed(each):
            stands = each


def _firsts(changes: Lines) -> Iterator[Line]:
    """The first verified release of each commit: the same commit again is no news."""
    seen: set[str] = set()
    for each in changes:
        if not _failed(each) and each.revision not in (each.previous, *seen):
            seen.add(each.revision)
            yield each


def _restored(counted: Lines) -> Iterator[tuple[str, str]]:
    """When each release that failed began, and when one was verified again after that."""
    for place, each in enumerate(counted):
        if _failed(each):
            later = (other.ended for other in counted[place + 1 :] if not _failed(other))
            yield each.began, each.ended if each.back_to is not None else next(later, "")


def _spans(pairs: Sequence[tuple[str, str]]) -> Spans:
    known = [_time(end) - _time(begin) for begin, end in pairs if begin and end]
    return Spans([each for each in known if each >= timedelta()], len(pairs) - len(known))


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _seconds(span: timedelta | None) -> float | None:
    return None if span is None else span.total_seconds()


def _shown(spans: Spans) -> str:
    return "-" if spans.median is None else durations.show(spans.median)


def _of(spans: Spans) -> str:
    unknown = f" and {spans.unknown} unknown" if spans.unknown else ""
    return f"median of {len(spans.known)}{unknown}"
