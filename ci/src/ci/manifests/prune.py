"""Decides what a release deletes: what we applied before and do not render any more."""

from collections.abc import Iterable, Sequence

from ci.manifests.manifest import Object, name_of

Key = tuple[str, str, str, str]
Objects = Sequence[Object]

_STEERING = {
    "HorizontalPodAutoscaler",
    "LimitRange",
    "ResourceQuota",
    "ScaledObject",
    "VerticalPodAutoscaler",
}


def abandoned(before: Iterable[Object], rendered: Iterable[Object]) -> list[Object]:
    """Those resources of the releases before that this release does not have, by name."""
    wanted = {key(each) for each in rendered}
    left = {key(each): each for each in before if key(each) not in wanted}
    return [named(each) for each in left.values()]


def among(found: Iterable[Object], resources: Iterable[Object]) -> list[Object]:
    """Those that are among some resources, by name."""
    keys = {key(each) for each in resources}
    return [each for each in found if key(each) in keys]


def named(resource: Object) -> Object:
    """No more of a resource than what names it."""
    metadata = resource["metadata"]
    return {
        "apiVersion": resource["apiVersion"],
        "kind": resource["kind"],
        "metadata": {name: metadata[name] for name in ("name", "namespace") if name in metadata},
    }


def steers(resource: Object) -> bool:
    """Whether it decides how many pods there are, or how large: so it goes before the rollout.

    Pods that still run may need any other, until their successors are found to be well.
    """
    return resource["kind"] in _STEERING


def going(resource: Object) -> bool:
    """Whether it is being deleted, and still there."""
    return "deletionTimestamp" in resource["metadata"]


def waits_for(resource: Object) -> str:
    """What somebody has to remove before a resource that is being deleted goes."""
    found = resource["metadata"].get("finalizers", ())
    return f"its finalizer {', '.join(found)}" if found else "its end"


def lost(resource: Object) -> str:
    """Why a release may not have a resource that is being deleted."""
    return (
        f"it is being deleted, waits for {waits_for(resource)}, and would be gone after that: "
        "see to its end first"
    )


def remains(resource: Object, refused: str) -> str:
    """What a report says of a resource that was deleted, and is still there."""
    if going(resource):
        return (
            f"Prune: {name_of(resource)} is being deleted, and waits for {waits_for(resource)}; "
            "the next deploy looks again."
        )
    return f"Prune: {name_of(resource)} is still there. {refused}".strip()


def skipped(resource: Object, reason: str) -> str:
    """What a report says of a resource that cannot be asked for."""
    return f"Prune: {name_of(resource)} was left alone. {reason}"


def ours(live: Iterable[Object], manager: str) -> list[Object]:
    """Those that are still as we applied them: what somebody made anew since then is theirs."""
    return [
        each
        for each in live
        if any(
            entry.get("manager") == manager and entry.get("operation") == "Apply"
            for entry in each["metadata"].get("managedFields", ())
        )
    ]


def key(resource: Object) -> Key:
    """What a resource stays the same by, whatever the version of its API."""
    metadata = resource["metadata"]
    group = resource["apiVersion"].rpartition("/")[0]
    return group, resource["kind"], metadata.get("namespace", ""), metadata["name"]
