"""Decides what of a release goes before its rollout, such as the migration of a database."""

from collections.abc import Iterator

from ci.manifests import jobs
from ci.manifests.manifest import Manifest, Object, name_of

BEFORE, ROLLOUT = "ci/before", "rollout"
"""The annotation of what is to come to its end, or to be there, before any other pod is made."""

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

    Where something is marked, it is in the first, with all that its pods may need.
    """
    if not any(map(is_first, manifest.objects)):
        return [manifest]
    first = manifest.only(lambda each: is_first(each) or each["kind"] in _NEEDED)
    rest = manifest.only(lambda each: not (is_first(each) or each["kind"] in _NEEDED))
    return [first, rest] if rest.objects else [first]


def is_first(resource: Object) -> bool:
    """Whether an overlay marks a resource as one that goes before the rollout."""
    return _mark(resource) == ROLLOUT


def lasting(manifest: Manifest) -> Manifest:
    """The resources without the Jobs that went before the rollout.

    What they did is done: it is not done again for what was there before, nor looked after.
    """
    if not any(map(_is_over, manifest.objects)):
        return manifest
    return manifest.only(lambda each: not _is_over(each))


def objections(resource: Object) -> Iterator[str]:
    """A sentence where a resource is marked with what is not known."""
    if (mark := _mark(resource)) not in (None, ROLLOUT):
        yield (
            f"{name_of(resource)} is annotated {BEFORE}: {mark}, and that is not known: write "
            f"{BEFORE}: {ROLLOUT}, or leave it out."
        )


def _is_over(resource: Object) -> bool:
    return is_first(resource) and jobs.is_job(resource)


def _mark(resource: Object) -> str | None:
    found: str | None = (resource["metadata"].get("annotations") or {}).get(BEFORE)
    return found
