"""Says what a release would change, resource by resource, from the cluster's own dry run."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from ci.manifests import redaction
from ci.manifests.manifest import Object, name_of
from ci.records.report import Format, fenced, shown

_OF_THE_SERVER = {
    "creationTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
    "selfLink",
    "uid",
}
_LONGEST = 60


class Action(Enum):
    """What would be done to a resource."""

    CREATE = "create"
    CHANGE = "change"
    ANEW = "anew"
    DELETE = "delete"
    KEEP = "keep"


@dataclass(frozen=True)
class Change:
    """What would be done to one resource, and to which of its fields."""

    action: Action
    resource: str
    fields: tuple[str, ...] = ()


def changes(
    live: Iterable[Object],
    would_be: Iterable[Object],
    gone: Iterable[Object] = (),
    anew: Iterable[Object] = (),
) -> list[Change]:
    """What there is now, beside what a dry run gives, what would be made anew, and pruned."""
    there = {_key(each): each for each in live}
    found = []
    for wanted in would_be:
        if (now := there.get(_key(wanted))) is None:
            found.append(Change(Action.CREATE, name_of(wanted)))
        else:
            fields = tuple(_differences(_stated(now), _stated(wanted)))
            action = Action.CHANGE if fields else Action.KEEP
            found.append(Change(action, name_of(wanted), fields))
    found += [Change(Action.ANEW, name_of(each)) for each in anew]
    return found + [Change(Action.DELETE, name_of(each)) for each in gone]


def drift(found: Sequence[Change], refused: Iterable[Object] = ()) -> str:
    """What differs from the last release, or cannot be made as it was, in a few words."""
    off = [each.resource for each in found if each.action is not Action.KEEP]
    return ", ".join([*off, *map(name_of, refused)]) or "none"


@dataclass(frozen=True)
class Plan:
    """What a release would change in an environment, and what is to be known of that."""

    environment: str
    changes: Sequence[Change]
    notes: tuple[str, ...] = ()

    def show(self, wanted: Format) -> str:
        """As it was asked for."""
        return shown(wanted, self._to_text, self._to_markdown, self._to_json)

    def _to_text(self) -> str:
        notes = ["", *(f"  {note}" for note in self.notes)] if self.notes else []
        return "\n".join([self._title, "", *self.lines, *notes])

    def _to_markdown(self) -> str:
        notes = ["", *(f"- {note}" for note in self.notes)] if self.notes else []
        return "\n".join(
            [f"### {self._title}", "", *fenced("\n".join(self.lines)), *notes],
        )

    def _to_json(self) -> str:
        changes = [
            {"action": each.action.value, "resource": each.resource, "fields": each.fields}
            for each in self.changes
        ]
        return json.dumps(
            {"environment": self.environment, "changes": changes, "notes": self.notes}, indent=2
        )

    @property
    def _title(self) -> str:
        count = sum(each.action is not Action.KEEP for each in self.changes)
        return f"{self.environment}: {count} of {len(self.changes)} resources would change"

    @property
    def lines(self) -> list[str]:
        """What would be done to each resource, and below that to which of its fields."""
        lines = []
        for each in self.changes:
            lines.append(f"  {each.action.value:<8}{each.resource}")
            lines += [f"            {field}" for field in each.fields]
        return lines


def _key(resource: Object) -> tuple[str, str]:
    return resource["kind"], resource["metadata"]["name"]


def _stated(resource: Object) -> Object:
    """The resource without what the server says of it."""
    metadata = {
        name: value for name, value in resource["metadata"].items() if name not in _OF_THE_SERVER
    }
    return {**resource, "metadata": metadata, "status": None}


def _differences(before: object, after: object, path: str = "") -> Iterator[str]:
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        secret = redaction.is_secret(before) or redaction.is_secret(after)
        for name in sorted({*before, *after}):
            inner = f"{path}.{name}" if path else name
            hidden = secret and redaction.hides(name) or name == redaction.LAST_APPLIED
            differences = _unshown if hidden else _differences
            yield from differences(before.get(name), after.get(name), inner)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for place, (one, other) in enumerate(zip(before, after)):
            name = one.get("name", place) if isinstance(one, dict) else place
            yield from _differences(one, other, f"{path}[{name}]")
    else:
        yield f"{path}: {_short(before)} -> {_short(after)}"


def _unshown(before: object, after: object, path: str) -> Iterator[str]:
    """The keys of what differs, whose values are nobody's business."""
    if before == after:
        return
    if isinstance(before, dict | None) and isinstance(after, dict | None):
        one, other = before or {}, after or {}
        for name in sorted({*one, *other}):
            yield from _unshown(one.get(name), other.get(name), f"{path}.{name}")
    else:
        what = "added" if before is None else "removed" if after is None else "changed"
        yield f"{path}: {what}"


def _short(value: object) -> str:
    text = "nothing" if value is None else str(redaction.masked(value))
    return text if len(text) <= _LONGEST else f"{text[:20]}…{text[-_LONGEST + 21:]}"
