"""Decides whether a rendered overlay may be released: what it may not hold, whoever wrote it."""

from collections.abc import Iterable, Iterator

from ci.manifests import waves
from ci.manifests.containers import containers
from ci.manifests.manifest import Manifest, Object, name_of
from ci.records import history
from ci.run.errors import NothingChanged

_NAMED = 3


def admit(manifest: Manifest, namespace: str) -> None:
    """Raise NothingChanged, with every reason, where a rendered overlay may not be released."""
    found = [*objections(manifest.objects, namespace), *too_large(manifest)]
    if found:
        raise NothingChanged(" ".join([*found, "Nothing was changed."]))


def objections(rendered: Iterable[Object], namespace: str) -> list[str]:
    """A sentence for each thing that is not allowed; none where all of it is."""
    resources = list(rendered)
    scaled = _scaled(resources)
    found = list(_elsewhere(resources, namespace))
    for each in resources:
        found += _mutable_images(each)
        found += waves.objections(each)
        if (each["kind"], each["metadata"]["name"]) in scaled and "replicas" in _spec(each):
            found.append(
                f"{name_of(each)} names its replicas, which its HorizontalPodAutoscaler decides: "
                "leave `replicas` out."
            )
    return found


def too_large(manifest: Manifest) -> Iterator[str]:
    """A sentence where a release could not be kept: a Secret takes no more than 1 MiB."""
    if (takes := history.size(manifest.text)) > history.ROOM:
        sizes = sorted(((len(str(each)), name_of(each)) for each in manifest.objects), reverse=True)
        largest = ", ".join(f"{name} ({size >> 10} KiB)" for size, name in sizes[:_NAMED])
        yield (
            f"The release takes {takes >> 10} KiB when compressed, and {history.ROOM >> 10} KiB "
            f"can be kept of it; largest are {largest}: bring large data in an image or a volume."
        )


def _elsewhere(resources: Iterable[Object], namespace: str) -> Iterator[str]:
    """A sentence for each other namespace, as an overlay has all of its own by one line."""
    there: dict[str, list[str]] = {}
    for each in resources:
        there.setdefault(each["metadata"].get("namespace") or "", []).append(name_of(each))
    for where, names in there.items():
        if where != namespace:
            place = f"in namespace {where}" if where else "in no namespace"
            first, others = names[:_NAMED], len(names[_NAMED:])
            yield (
                f"{', '.join(first)}{f' and {others} more' if others else ''} "
                f"{'are' if len(names) > 1 else 'is'} {place}, and a release to {namespace} stays "
                f"in its own: say `namespace: {namespace}` in its overlay, or move what is for "
                "all environments to the platform's manifests."
            )


def _mutable_images(resource: Object) -> Iterator[str]:
    for container in containers(resource):
        image = container.get("image", "")
        if "@sha256:" not in image:
            yield (
                f"{name_of(resource)} runs {image or 'no image'} in container "
                f"{container.get('name')}, and what a tag names can change: name it by digest."
            )


def _scaled(resources: Iterable[Object]) -> set[tuple[str, str]]:
    targets = (
        _spec(each).get("scaleTargetRef", {})
        for each in resources
        if each["kind"] == "HorizontalPodAutoscaler"
    )
    return {(each.get("kind", ""), each.get("name", "")) for each in targets}


def _spec(resource: Object) -> Object:
    spec: Object = resource.get("spec") or {}
    return spec
