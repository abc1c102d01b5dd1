"""Leads a share of a route's requests to a canary, and all of them back; by numbers, not by memory.

A rule's weights are multiplied by WHOLE, and that of the running Service is divided between it and
its canary. Their sum thus tells what there was before, to whoever comes next.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ci.manifests.manifest import Object

TRACK = {"name": "x-release-track", "value": "canary"}
"""A header for the canary's pods. Its filter is also what makes Envoy Gateway count them apart."""

WHOLE = 10_000
"""The parts that a weight is divided into; Gateway API takes a million at most."""

LEAST = 1
"""The part with which a canary comes and goes. Envoy has to know a backend before requests lead to
it, and until none does, as it is told of backends and of what leads to them one after the other."""

HEAVIEST = 1_000_000 // WHOLE
"""The largest weight that can be divided."""

_MODIFIER, _FIELD = "RequestHeaderModifier", "requestHeaderModifier"


@dataclass(frozen=True)
class Apart:
    """The names by which Envoy counts what leads to the running release, and to what is judged."""

    running: frozenset[str] = frozenset()
    canary: frozenset[str] = frozenset()

    @property
    def all(self) -> frozenset[str]:
        return self.running | self.canary


def parts(share: int) -> int:
    """A share in percent."""
    return share * WHOLE // 100


def shared(rules: Sequence[Object], services: Mapping[str, str], part: int) -> list[Object]:
    """The rules of a route, with that part of what a Service gets led to its canary."""
    return [_shared(rule, services, part) for rule in back(rules, services.values())]


def back(rules: Sequence[Object], canaries: Collection[str]) -> list[Object]:
    """The rules as they were before."""
    return [_back(rule, canaries) for rule in rules]


def least(rules: Sequence[Object], canaries: Collection[str]) -> list[Object]:
    """The rules with next to nothing led to a canary."""
    return [_least(rule, canaries) for rule in rules]


def led(rules: Iterable[Object], canaries: Collection[str]) -> bool:
    """Whether any of the rules leads to a canary."""
    return any(_is_of(each, canaries) for rule in rules for each in rule.get("backendRefs") or ())


def heavy(rules: Iterable[Object]) -> bool:
    """Whether any weight is too large to be divided."""
    behind = [each for rule in rules for each in rule.get("backendRefs") or ()]
    return any(each.get("weight", 1) > HEAVIEST for each in behind)


def apart(routes: Iterable[Object], services: Mapping[str, str]) -> Apart:
    """By which names Envoy Gateway has them counted, once the requests are shared."""
    running, canary = set(), set()
    for route in routes:
        where = _rules_of(route)
        for number, rule in enumerate(shared(route["spec"].get("rules") or (), services, LEAST)):
            if not led([rule], services.values()):
                continue  # All its backends are counted as one.
            for place, each in enumerate(rule["backendRefs"]):
                counted = f"{where}/{number}/backend/{place}"
                if _is_of(each, services.values()):
                    canary.add(counted)
                elif _is_of(each, services):
                    running.add(counted)
    return Apart(frozenset(running), frozenset(canary))


def counted(routes: Iterable[Object]) -> Apart:
    """By which names it counts all that routes lead to, when nothing stands beside it.

    All backends of a rule are counted as one, or each for itself where one has a filter.
    """
    found = set()
    for route in routes:
        for number, rule in enumerate(route["spec"].get("rules") or ()):
            whole = f"{_rules_of(route)}/{number}"
            found.add(whole)
            places = range(len(rule.get("backendRefs") or ()))
            found.update(f"{whole}/backend/{place}" for place in places)
    return Apart(canary=frozenset(found))


def patch(before: Sequence[Object], after: Sequence[Object]) -> list[Object]:
    """The JSON patch from some rules to others, which does nothing where they are not as read."""
    at: dict[str, Any] = {"path": "/spec/rules"}
    return [{"op": "test", **at, "value": before}, {"op": "replace", **at, "value": after}]


def _rules_of(route: Object) -> str:
    metadata = route["metadata"]
    return f"httproute/{metadata['namespace']}/{metadata['name']}/rule"


def _shared(rule: Object, services: Mapping[str, str], part: int) -> Object:
    behind = rule.get("backendRefs") or ()
    if not any(_is_of(each, services) and each.get("weight", 1) for each in behind):
        return rule
    return rule | {
        "backendRefs": [found for each in behind for found in _divided(each, services, part)]
    }


def _divided(backend: Object, services: Mapping[str, str], part: int) -> Iterator[Object]:
    weight = backend.get("weight", 1)
    if not (weight and _is_of(backend, services)):
        yield backend | {"weight": weight * WHOLE}
        return
    yield backend | {"weight": weight * (WHOLE - part)}
    yield backend | {
        "name": services[backend["name"]],
        "weight": weight * part,
        "filters": _marked(backend.get("filters") or ()),
    }


def _marked(filters: Iterable[Object]) -> list[Object]:
    """Its filters and ours, of which there may be one of a kind."""
    others = [each for each in filters if each["type"] != _MODIFIER]
    [ours] = [each[_FIELD] for each in filters if each["type"] == _MODIFIER] or [{}]
    named = [each for each in ours.get("set") or () if each["name"].lower() != TRACK["name"]]
    return [*others, {"type": _MODIFIER, _FIELD: ours | {"set": [*named, TRACK]}}]


def _least(rule: Object, canaries: Collection[str]) -> Object:
    if not led([rule], canaries):
        return rule
    found: list[Object] = []
    for each in rule["backendRefs"]:
        if found and _is_of(each, canaries):
            whole = found[-1]["weight"] + each["weight"]
            found[-1] = found[-1] | {"weight": whole - LEAST}
            each = each | {"weight": LEAST}
        found.append(each)
    return rule | {"backendRefs": found}


def _back(rule: Object, canaries: Collection[str]) -> Object:
    if not led([rule], canaries):
        return rule
    whole: list[Object] = []
    for each in rule["backendRefs"]:
        if not _is_of(each, canaries):
            whole.append(each)
        elif whole:  # It stands behind the one that it was divided from.
            whole[-1] = whole[-1] | {"weight": whole[-1]["weight"] + each["weight"]}
    exact = all(each["weight"] % WHOLE == 0 for each in whole)
    return rule | {
        "backendRefs": [
            each | {"weight": each["weight"] // WHOLE} if exact else each for each in whole
        ]
    }


def _is_of(backend: Object, services: Collection[str]) -> bool:
    kind = (backend.get("group", ""), backend.get("kind", "Service"))
    return kind == ("", "Service") and backend["name"] in services
