"""How far an object is from what is asked of it, and the parts of objects that tell."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any, NamedTuple

Object = dict[str, Any]


class Status(Enum):
    """How far an object is from what its specification asks for."""

    CURRENT = "Current"
    IN_PROGRESS = "InProgress"
    FAILED = "Failed"
    UNKNOWN = "Unknown"
    """It exists, and says nothing by which one could tell."""


@dataclass(frozen=True)
class Result:
    """A status, the reason in one word, and what a person needs to know of it."""

    status: Status
    reason: str
    message: str


class Condition(NamedTuple):
    """What a controller says of an object in one respect."""

    type: str
    status: str
    reason: str
    message: str
    since: str
    generation: int | None = None
    """Of which generation of the object that is said, where it is said."""

    @property
    def why(self) -> str:
        """Its message, or else its reason."""
        return self.message or self.reason or "no reason is given"

    @property
    def began(self) -> datetime | None:
        """Since when it is so, where that is said."""
        return time(self.since) if self.since else None


def current(reason: str, message: str) -> Result:
    return Result(Status.CURRENT, reason, message)


def in_progress(reason: str, message: str) -> Result:
    return Result(Status.IN_PROGRESS, reason, _ended(message))


def failed(reason: str, message: str) -> Result:
    return Result(Status.FAILED, reason, _ended(message))


def unknown(message: str) -> Result:
    return Result(Status.UNKNOWN, "Unknown", message)


def conditions(owner: Object) -> Iterator[Condition]:
    """All that the controllers say of an object."""
    yield from listed(told(owner).get("conditions"))


def listed(found: object) -> Iterator[Condition]:
    """Conditions as the API lists them; none where something else is there by that name."""
    for each in objects(found):
        yield Condition(
            each.get("type", ""),
            each.get("status", ""),
            each.get("reason", ""),
            each.get("message", ""),
            each.get("lastTransitionTime") or "",
            number(each.get("observedGeneration")),
        )


def told(owner: Object) -> Object:
    """Its status, which a kind of somebody's own may have in another form, or not at all."""
    return next(iter(objects([owner.get("status")])), {})


def objects(found: object) -> Iterator[Object]:
    """Those of a list that are objects."""
    yield from (each for each in found if isinstance(each, dict)) if isinstance(found, list) else ()


def condition(owner: Object, type_: str) -> Condition | None:
    """What they say in one respect, if anything."""
    return next((each for each in conditions(owner) if each.type == type_), None)


def unobserved(owner: Object) -> Result | None:
    """Its controller has yet to look at what was asked for last."""
    seen = number(told(owner).get("observedGeneration")) or 0
    return not_observed() if seen < generation(owner) else None


def not_observed() -> Result:
    """What is said of it then."""
    return in_progress("NotObserved", "its controller has not seen this release yet")


def generation(owner: Object) -> int:
    """How often what is asked of it has changed; 0 where that is not counted."""
    return int(owner["metadata"].get("generation", 0))


def number(value: object) -> int | None:
    """A count, which some write as text; nothing of anything else."""
    return int(str(value)) if str(value).isdecimal() else None


def count(owner: Object, name: str) -> int:
    """A number in its status, 0 where it is not there."""
    return int(owner.get("status", {}).get(name, 0))


def annotation(owner: Object, name: str) -> str | None:
    found: str | None = owner["metadata"].get("annotations", {}).get(name)
    return found


def label(owner: Object, name: str) -> str | None:
    found: str | None = owner["metadata"].get("labels", {}).get(name)
    return found


def time(text: str) -> datetime:
    """A time as the API writes it."""
    return datetime.fromisoformat(text).astimezone(UTC)


def seen_last(event: Object) -> datetime:
    """When what an event tells was so the last time."""
    return time(
        (event.get("series") or {}).get("lastObservedTime")
        or event.get("lastTimestamp")
        or event.get("eventTime")
        or event["metadata"]["creationTimestamp"]
    )


def _ended(message: str) -> str:
    return message.strip().rstrip(".")
