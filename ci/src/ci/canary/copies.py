"""Makes of a release what stands beside the running one: one pod of it, and what leads there."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ci.canary import selection, weights
from ci.canary.selection import Labels
from ci.manifests import containers
from ci.manifests.manifest import Object, name_of
from ci.run.errors import NothingChanged

LABEL = "ci/canary"
"""What all objects of a canary carry: the number of its release."""

_SETTINGS = {"ConfigMap", "Secret", "ServiceAccount"}


@dataclass(frozen=True)
class Copies:
    """The objects of a canary, and which of its Services stands beside which."""

    objects: tuple[Object, ...]
    services: Mapping[str, str]
    """Names of the canary's Services, by those of the running ones."""

    @property
    def workloads(self) -> list[Object]:
        """The Deployments whose pods answer."""
        return [each for each in self.objects if each["kind"] == "Deployment"]


def copies(
    resources: Sequence[Object], image: str, running: Iterable[Object], number: int
) -> Copies:
    """The canary of a release; `running` are the resources that its pods must not be found by.

    Raises NothingChanged where no requests lead to it.
    """
    led_to = dict.fromkeys(_led_to(resources))
    found: dict[str, Object] = {}
    services: dict[str, str] = {}
    finding = [*selection.selectors(resources), *selection.selectors(running)]
    for service in resources:
        if service["kind"] != "Service" or service["metadata"]["name"] not in led_to:
            continue
        for workload in _behind(service, resources, image):
            labels = _labels(workload)
            of = set().union(*(selection.keys(e) for e in finding if containers.takes(e, labels)))
            services[service["metadata"]["name"]] = selection.name(service["metadata"]["name"])
            for each in (
                *_policies(resources, labels, of),
                _deployment(workload, labels, of),
                _service(service, of),
            ):
                found[name_of(each)] = labelled(each, number)
    if not found:
        raise NothingChanged(
            "No canary can be judged: no HTTPRoute of the release leads to a Deployment of its "
            "image; deploy without --canary. Nothing was changed."
        )
    return Copies(tuple(found.values()), services)


def admit(made: Copies, routes: Sequence[Object]) -> None:
    """Raise NothingChanged where the routes that are there lead to no port of the canary."""
    if not routes:
        raise NothingChanged(
            "No canary can be judged: no HTTPRoute leads to the running release yet; deploy "
            "without --canary. Nothing was changed."
        )
    ports = {
        each["metadata"]["name"]: [one["port"] for one in each["spec"]["ports"]]
        for each in made.objects
        if each["kind"] == "Service"
    }
    for route in routes:
        if weights.heavy(route["spec"].get("rules") or ()):
            raise NothingChanged(
                f"No canary can be judged: {name_of(route)} has a weight above {weights.HEAVIEST}, "
                "which cannot be divided: make them smaller, or deploy without --canary. Nothing "
                "was changed."
            )
        for name, port in _backends(route):
            beside = made.services.get(name, "")
            if beside and port not in ports[beside]:
                raise NothingChanged(
                    f"No canary can be judged: {name_of(route)} leads to port {port} of Service "
                    f"{name}, which the release has no longer; deploy without --canary. Nothing "
                    "was changed."
                )


def settings(resources: Iterable[Object]) -> list[Object]:
    """What pods may need to begin, as the release has it."""
    return [each for each in resources if each["kind"] in _SETTINGS]


def beside(
    there: Sequence[Object], would_be: Sequence[Object], wanted: Sequence[Object], number: int
) -> list[Object]:
    """Those settings that the canary brings, as they are not there yet.

    Raises NothingChanged where one would change under the running release.
    """
    live = {name_of(each): each for each in there}
    if other := [name_of(e) for e in would_be if _is_changed(live.get(name_of(e)), e)]:
        raise NothingChanged(
            f"No canary can stand beside the running release, as {', '.join(other)} would change "
            "for both: give it a name of its own for each content, as Kustomize's generators do, "
            "or deploy without --canary. Nothing was changed."
        )
    return [labelled(each, number) for each in wanted if name_of(each) not in live]


def labelled(resource: Object, number: int) -> Object:
    """A resource with our label."""
    metadata = resource["metadata"]
    labels = {**(metadata.get("labels") or {}), LABEL: str(number)}
    return resource | {"metadata": metadata | {"labels": labels}}


def is_canary(resource: Object) -> bool:
    """Whether it carries our label."""
    return LABEL in (resource["metadata"].get("labels") or {})


def _led_to(resources: Iterable[Object]) -> Iterator[str]:
    for each in resources:
        if each["kind"] == "HTTPRoute":
            yield from (name for name, _ in _backends(each))


def _backends(route: Object) -> Iterator[tuple[str, int]]:
    """Name and port of each Service to which a route leads."""
    for rule in route["spec"].get("rules") or ():
        for each in rule.get("backendRefs") or ():
            if (each.get("group", ""), each.get("kind", "Service")) == ("", "Service"):
                yield each["name"], each.get("port", 0)


def _behind(service: Object, resources: Iterable[Object], image: str) -> Iterator[Object]:
    selector = service["spec"].get("selector") or {}
    for each in resources:
        if not selector or not containers.running(each, image):
            continue
        if containers.takes({"matchLabels": selector}, _labels(each)):
            if each["kind"] != "Deployment":
                raise NothingChanged(
                    f"No canary can be made of {name_of(each)}, as only a Deployment can stand "
                    "there twice: deploy without --canary. Nothing was changed."
                )
            yield each


def _labels(workload: Object) -> Labels:
    pods = containers.template(workload) or {}
    found: Labels = (pods.get("metadata") or {}).get("labels") or {}
    return found


def _deployment(workload: Object, labels: Labels, of: set[str]) -> Object:
    spec = selection.turned(workload["spec"], labels, of)
    template = spec["template"]
    metadata = template["metadata"] | {"labels": selection.changed(labels, of)}
    return _copied(workload, spec | {"replicas": 1, "template": template | {"metadata": metadata}})


def _service(service: Object, of: set[str]) -> Object:
    """Inside the cluster only, whatever the Service is: one address outside is enough."""
    spec = service["spec"]
    ports = [{key: each[key] for key in each if key != "nodePort"} for each in spec["ports"]]
    kept = {"clusterIP": "None"} if spec.get("clusterIP") == "None" else {}
    selector = selection.changed(spec["selector"], of)
    return _copied(service, {**kept, "type": "ClusterIP", "selector": selector, "ports": ports})


def _policies(resources: Iterable[Object], labels: Labels, of: set[str]) -> Iterator[Object]:
    """Those that open the way to our pods, or from them, to others or from others."""
    for each in resources:
        if each["kind"] == "NetworkPolicy":
            spec = selection.turned(each["spec"], labels, of)
            if spec != each["spec"]:
                yield _copied(each, spec)


def _copied(resource: Object, spec: Object) -> Object:
    metadata = resource["metadata"] | {"name": selection.name(resource["metadata"]["name"])}
    return resource | {"metadata": metadata, "spec": spec}


def _is_changed(there: Object | None, wanted: Object) -> bool:
    return there is not None and any(
        (there.get(each) or {}) != (wanted.get(each) or {}) for each in ("data", "binaryData")
    )
