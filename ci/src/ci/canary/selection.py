"""Which pods a selector takes, and the same selector for pods that it does not take."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ci.manifests import containers
from ci.manifests.manifest import Object

SUFFIX = "-canary"
LONGEST = 63
_OF_NAMESPACES = "namespaceSelector"
Labels = Mapping[str, str]


def name(text: str) -> str:
    """What the canary's copy of something is called, and what a label of its pods says."""
    return f"{text[: LONGEST - len(SUFFIX)]}{SUFFIX}"


def selectors(resources: Iterable[Object]) -> Iterator[Object]:
    """Those by which Services, Deployments and disruption budgets find pods."""
    for each in resources:
        spec = each.get("spec") or {}
        if (each["kind"], each["apiVersion"]) == ("Service", "v1"):
            if spec.get("selector"):
                yield {"matchLabels": spec["selector"]}
        elif each["kind"] in ("Deployment", "PodDisruptionBudget") and spec.get("selector"):
            yield spec["selector"]


def keys(selector: Object) -> set[str]:
    """The labels whose value it asks for."""
    asked = [each for each in selector.get("matchExpressions") or () if each["operator"] == "In"]
    return {*(selector.get("matchLabels") or {}), *(each["key"] for each in asked)}


def changed(labels: Labels, of: set[str]) -> dict[str, str]:
    """The labels of a pod, others where it is not to be taken by them."""
    return {key: name(value) if key in of else value for key, value in labels.items()}


def turned(value: Any, labels: Labels, of: set[str]) -> Any:
    """What may hold selectors, with those that take the pod made to take its canary instead."""
    if isinstance(value, list):
        return [turned(each, labels, of) for each in value]
    if not isinstance(value, dict):
        return value
    if ("matchLabels" in value or "matchExpressions" in value) and containers.takes(value, labels):
        return _turned(value, of)
    return {
        key: each if key == _OF_NAMESPACES else turned(each, labels, of)
        for key, each in value.items()
    }


def _turned(selector: Object, of: set[str]) -> Object:
    found = dict(selector)
    if "matchLabels" in found:
        found["matchLabels"] = changed(found["matchLabels"], of)
    if "matchExpressions" in found:
        found["matchExpressions"] = [
            (
                each | {"values": list(map(name, each["values"]))}
                if each["operator"] == "In" and each["key"] in of
                else each
            )
            for each in found["matchExpressions"]
        ]
    return found
