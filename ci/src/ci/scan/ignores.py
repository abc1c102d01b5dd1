"""Findings that do not count: each for a reason that is written down, until a day that comes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ci.scan.findings import Finding

DEFAULT = "ci/ignores.yaml"
_KEYS = {"id", "package", "path", "reason", "expires"}


class _Invalid(Exception):
    """What is wrong with an entry."""


@dataclass(frozen=True)
class Ignore:
    """An entry: findings with this id, of this package and in this file if one is named."""

    id: str
    reason: str
    expires: date
    package: str = ""
    path: str = ""

    @property
    def what(self) -> str:
        return " in ".join(filter(None, (self.id, self.package, self.path)))

    def covers(self, finding: Finding) -> bool:
        """Whether it is about the finding, expired or not."""
        of_the_package = self.package.lower() in ("", finding.package.lower())
        return self.id == finding.id and of_the_package and self.path in ("", finding.where)

    def expired(self, today: date) -> bool:
        """The day that it names is the last on which it holds."""
        return today > self.expires


@dataclass(frozen=True)
class Ignores:
    """The entries of a file that can be used, and a sentence for each that cannot."""

    entries: tuple[Ignore, ...] = ()
    objections: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str, name: str = DEFAULT) -> "Ignores":
        """The ignores that a file holds; `name` is how sentences call it."""
        import yaml

        try:
            content = yaml.safe_load(text)
        except (yaml.YAMLError, ValueError) as error:
            where = getattr(error, "problem_mark", None)
            line = f", line {where.line + 1}" if where else ""
            return cls(objections=(f"{name} is not YAML{line}.",))
        if content is None:
            return cls()
        if not isinstance(content, list):
            return cls(objections=(f"{name} is not a list of entries.",))
        entries, objections = [], []
        for place, entry in enumerate(content, start=1):
            try:
                entries.append(_read(entry))
            except _Invalid as why:
                objections.append(f"Entry {place} of {name}{_called(entry)} {why}.")
        return cls(tuple(entries), tuple(objections))

    def about(self, finding: Finding) -> Iterator[Ignore]:
        """Every entry about a finding."""
        return (each for each in self.entries if each.covers(finding))


def _read(entry: object) -> Ignore:
    if not isinstance(entry, dict):
        raise _Invalid("is not a mapping with id, reason and expires")
    if unknown := sorted(str(key) for key in entry.keys() - _KEYS):
        raise _Invalid(f"has {', '.join(unknown)}, which nobody knows")
    return Ignore(
        id=_text(entry, "id"),
        reason=_text(entry, "reason"),
        expires=_day(entry),
        package=_text(entry, "package") if "package" in entry else "",
        path=_text(entry, "path") if "path" in entry else "",
    )


def _text(entry: dict[str, Any], key: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not value.strip():
        raise _Invalid(f"has no {key}")
    return value.strip()


def _day(entry: dict[str, Any]) -> date:
    value = entry.get("expires")
    if value is None:
        raise _Invalid("has no day on which it expires")
    if not isinstance(value, date) or isinstance(value, datetime):
        raise _Invalid(f"expires on {value}, which is not a day: write it as 2026-12-31")
    return value


def _called(entry: object) -> str:
    return f" ({entry['id']})" if isinstance(entry, dict) and entry.get("id") else ""
