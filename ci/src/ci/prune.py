"""Decides what a release deletes: what we applied before and do not render any more."""

from collections.abc import Iterable, Sequence

from ci.manifest import Object

Key = tuple[str, str, str, str]
Objects = Sequence[Object]


def abandoned(before: Iterable[Object], rendered: Iterable[Object]) -> list[Object]:
    """Those resources of the releases before that this release does not have, by name."""
    wanted = {_key(each) for each in rendered}
    left = {_key(each): each for each in before if _key(each) not in wanted}
    return [
        {
            "apiVersion": each["apiVersion"],
            "kind": each["kind"],
            "metadata": {
                name: value
                for name, value in each["metadata"].items()
                if name in ("name", "namespace")
            },
        }
        for each in left.values()
    ]


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


def _key(resource: Object) -> Key:
    """What a resource stays the same by, whatever the version of its API."""
    metadata = resource["metadata"]
    group = resource["apiVersion"].rpartition("/")[0]
    return group, resource["kind"], metadata.get("namespace", ""), metadata["name"]
