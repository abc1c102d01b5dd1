"""What of a release counts in the long run, in a line: neither who made it nor why it failed."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from ci.records.history import Release, State

_OF_THE_RELEASE = ("dry run", "before rollout", "apply", "rollout", "verify", "prune", "restore")
"""The steps that come after its begin, by which it is told when older ones ended."""

_TYPES: dict[str, Any] = {"release": int, "back_to": int | None}
_TIMES = ("began", "ended", "committed")


@dataclass(frozen=True)
class Line:
    """One release: what it was of, when, and what became of it."""

    environment: str
    release: int
    state: str
    began: str
    ended: str = ""
    revision: str = ""
    previous: str = ""
    committed: str = ""
    back_to: int | None = None

    @classmethod
    def of(cls, release: Release) -> "Line":
        """That of a release that is kept."""
        report = release.report
        return cls(
            report.environment,
            release.number,
            release.state.value,
            report.began,
            release.ended or _ended(release),
            report.revision,
            report.previous,
            release.origin.committed,
            release.back_to,
        )

    @property
    def is_rollback(self) -> bool:
        """Whether it is an earlier release, brought back by a person."""
        return self.state == State.DEPLOYED.value and self.back_to is not None


Lines = Sequence[Line]
"""Of one environment, oldest first."""


def written(lines: Lines) -> str:
    """As they are kept: a JSON object each."""
    return "".join(f"{json.dumps(asdict(each))}\n" for each in lines)


def read(text: str) -> list[Line]:
    """Those that were kept; what only a newer pipeline says of them is left out.

    Raises ValueError where something else was.
    """
    return [_line(json.loads(each)) for each in text.splitlines() if each.strip()]


def _line(said: object) -> Line:
    if not isinstance(said, dict):
        raise ValueError("no object")
    known = [each for each in fields(Line) if each.name in said]
    for each in known:
        if not isinstance(said[each.name], _TYPES.get(each.name, str)):
            raise ValueError(each.name)
        if each.name in _TIMES and said[each.name]:
            datetime.fromisoformat(said[each.name])
    try:
        return Line(**{each.name: said[each.name] for each in known})
    except TypeError as error:  # One that has to be there is not.
        raise ValueError(error) from None


def merged(before: Iterable[Line], now: Iterable[Line]) -> list[Line]:
    """Both, where a later one says more of the same release.

    Numbers begin anew where a namespace was made anew, so they alone do not tell releases apart.
    """
    found = {(each.began, each.release): each for each in (*before, *now)}
    return [found[key] for key in sorted(found)]


def ended_lines(releases: Iterable[Release]) -> list[Line]:
    """Those of the releases that have come to an end."""
    return [Line.of(each) for each in releases if each.state is not State.PENDING]


def _ended(release: Release) -> str:
    """When one ended of which only its steps say so; nothing where they do not."""
    took = [release.report.seconds.get(step, 0.0) for step in _OF_THE_RELEASE]
    if not any(took) or not release.report.began:
        return ""
    end = datetime.fromisoformat(release.report.began) + timedelta(seconds=sum(took))
    return end.isoformat(timespec="seconds")
