"""Decides what of a release goes before its rollout, such as the migration of a database."""

import re
from collections.abc import Iterable, Iterator

from ci.manifests import jobs
from ci.manifests.manifest import Manifest, Object, name_of

BEFORE, ROLLOUT = "ci/before", "rollout"
"""The annotation of what is to come to its end, or to be there, before any other pod is made."""

ORDER = "ci/order"
"""The annotation of what is marked so that says when, where that is not at once."""

_ORDER = re.compile(r"\d{1,4}")
_NEEDED = {
    "ConfigMap",
    "NetworkPolicy",
    "PersistentVolumeClaim",
    "Role",
    "RoleBinding",
    "Secret",
    "ServiceAccount",
}
"""What pods may need to begin. It changes nothing of pods that run, and leads no request."""


def waves(manifest: Manifest) -> list[Manifest]:
    """The resources in the order in which they are applied, each wave when the one before is there.

    Where something is marked, it is before all others, by its order. What pods may need is in the
    first wave.
    """
    orders = sorted({_order(each) for each in manifest.objects if is_first(each)})
    if not orders:
        return [manifest]
    places = {order: place for place, order in enumerate(orders)}

    def place(each: Object) -> int:
        if is_first(each):
            return places[_order(each)]
        return 0 if each["kind"] in _NEEDED else len(orders)

    def wave(at: int) -> Manifest:
        return manifest.only(lambda each: place(each) == at)

    return [each for each in map(wave, range(len(orders) + 1)) if each.objects]


def is_first(resource: Object) -> bool:
    """Whether an overlay marks a resource as one that goes before the rollout."""
    return _said(resource, BEFORE) == ROLLOUT


def lasting(manifest: Manifest) -> Manifest:
    """The resources without the Jobs that went before the rollout.

    What they did is done: it is not done again for what was there before, nor looked after.
    """
    if not any(map(_is_over, manifest.objects)):
        return manifest
    return manifest.only(lambda each: not _is_over(each))


def kept(target: Manifest, later: Iterable[tuple[str, Manifest]]) -> list[str]:
    """A sentence for each Job before a later rollout that going back to a manifest does not undo.

    `later` are those manifests with what a person calls their releases.
    """
    done = [each.get("spec") for each in target.objects if _is_over(each)]
    found: dict[str, str] = {}
    for release, manifest in later:
        for job in manifest.objects:
            if _is_over(job) and job.get("spec") not in done:
                found[name_of(job)] = release
    return [
        f"{job} of {release} is not undone: what it did stays." for job, release in found.items()
    ]


def objections(resource: Object) -> Iterator[str]:
    """A sentence where a resource is marked with what is not known."""
    mark, order = _said(resource, BEFORE), _said(resource, ORDER)
    if mark not in (None, ROLLOUT):
        yield (
            f"{name_of(resource)} is annotated {BEFORE}: {mark}, and that is not known: write "
            f"{BEFORE}: {ROLLOUT}, or leave it out."
        )
    if order is not None and not _ORDER.fullmatch(order):
        yield (
            f"{name_of(resource)} is annotated {ORDER}: {order}, and that is no order: write a "
            'number in quotes, such as "2".'
        )
    elif order is not None and mark is None:
        yield (
            f"{name_of(resource)} is annotated {ORDER}: {order}, and nothing else is in an order: "
            f"mark it with {BEFORE}: {ROLLOUT} too, or leave it out."
        )


def _is_over(resource: Object) -> bool:
    return is_first(resource) and jobs.is_job(resource)


def _order(resource: Object) -> int:
    return int(_said(resource, ORDER) or 0)


def _said(resource: Object, annotation: str) -> str | None:
    found: str | None = (resource["metadata"].get("annotations") or {}).get(annotation)
    return found
