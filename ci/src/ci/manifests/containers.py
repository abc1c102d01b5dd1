"""Which pods a resource makes, and which of their containers run the image of a release."""

from collections.abc import Iterable, Mapping

from ci.manifests import jobs
from ci.manifests.manifest import Object


def template(resource: Object) -> Object | None:
    """A pod, or the template of those that a resource makes, however deep it lies; else None."""
    spec = resource.get("spec")
    if not isinstance(spec, dict):
        return None
    if "containers" in spec or "initContainers" in spec:
        return resource
    for inner in ("template", "jobTemplate"):
        if isinstance(found := spec.get(inner), dict) and (pods := template(found)):
            return pods
    return None


def containers(resource: Object) -> list[Object]:
    """The containers of the pods that a resource makes, those that start a pod among them."""
    pods = template(resource)
    if pods is None:
        return []
    spec = pods["spec"]
    return [*(spec.get("initContainers") or ()), *(spec.get("containers") or ())]


def running(resource: Object, image: str) -> list[str]:
    """The names of those of its containers that run the image, as the overlay says it."""
    return [each["name"] for each in containers(resource) if each.get("image") == image]


def workloads(resources: Iterable[Object], image: str) -> list[Object]:
    """Those of the resources that run the image for as long as the release stands.

    What a Job ran is over; where there is nothing else, the Jobs are all that there is.
    """
    found = [each for each in resources if running(each, image)]
    return [each for each in found if not jobs.is_job(each)] or found


def image_of(live: Object, names: Iterable[str]) -> str:
    """The image of the first container of those names; empty where there is none."""
    wanted = set(names)
    return next((each.get("image", "") for each in containers(live) if each["name"] in wanted), "")


def takes(selector: Object, labels: Mapping[str, str]) -> bool:
    """Whether a pod with those labels is one that the selector takes."""
    equal = selector.get("matchLabels") or {}
    return equal.items() <= labels.items() and all(
        _meets(each, labels) for each in selector.get("matchExpressions") or ()
    )


def _meets(expression: Object, labels: Mapping[str, str]) -> bool:
    key, operator = expression["key"], expression["operator"]
    if operator == "In":
        return labels.get(key) in expression["values"]
    if operator == "NotIn":
        return labels.get(key) not in expression["values"]
    return (key in labels) is (operator == "Exists")
