"""Says how far an object is by its conditions, where its kind has no rules of its own.

The rules are those of kstatus, and two more: what is said of an earlier generation counts for
nothing, and what is to come to an end may have come to a bad one.
"""

from collections.abc import Callable, Mapping, Sequence

from ci.rollout.status import (
    Condition,
    Object,
    Result,
    conditions,
    current,
    failed,
    generation,
    in_progress,
    not_observed,
    number,
    told,
    unobserved,
)

_ANY = ""

_RULES: Sequence[tuple[str, str, Callable[[str, str], Result]]] = (
    ("Stalled", "True", failed),
    ("Failed", "True", failed),
    ("Reconciling", "True", in_progress),
    ("Succeeded", "True", current),
    ("Succeeded", "False", failed),
    ("Complete", "True", current),
    ("Completed", "True", current),
    ("Ready", "True", current),
    ("Ready", _ANY, in_progress),
    ("Available", "True", current),
    ("Available", _ANY, in_progress),
    ("Programmed", "True", current),
    ("Programmed", _ANY, in_progress),
    ("Accepted", "True", current),
    ("Accepted", _ANY, in_progress),
    ("Reconciling", "False", current),
    ("Stalled", "False", current),
)
"""What a condition comes to; the first row that fits counts."""


def compute(resource: Object) -> Result | None:
    """How far its controller says that it is; None where that says nothing of it."""
    counted = number(told(resource).get("observedGeneration")) is not None
    if counted and (result := unobserved(resource)):
        return result
    said = {each.type: each for each in conditions(resource)}
    fresh = {type_: each for type_, each in said.items() if is_of_now(each, resource)}
    if result := _by_the_rules(fresh):
        return result
    return not_observed() if _by_the_rules(said) else None


def is_of_now(said: Condition, resource: Object) -> bool:
    """Whether it is said of what is asked for now, as far as that is told."""
    return said.generation is None or said.generation >= generation(resource)


def _by_the_rules(said: Mapping[str, Condition]) -> Result | None:
    for type_, status, means in _RULES:
        if (found := said.get(type_)) and status in (_ANY, found.status):
            why = found.why if status else f"it is not {type_}: {found.why}"
            return means(found.reason or type_, why)
    return None
