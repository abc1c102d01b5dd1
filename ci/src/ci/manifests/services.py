"""What a release can be asked for, as its manifests say: Services, their ports and probes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from ci.manifests import containers
from ci.manifests.manifest import Object, name_of
from ci.project.service import Service


@dataclass(frozen=True)
class Endpoint:
    """A port of a Service behind which a workload of the release answers."""

    service: str
    port: int
    health: str
    """The path at which it says whether it is well."""

    commit: str = ""
    """The path at which it tells its commit; empty where it does not."""

    scheme: str = "http"
    is_ours: bool = True
    """Whether it is the released image that answers, and not another container beside it."""

    labels: Mapping[str, str] = field(default_factory=dict, compare=False)
    """Those of its pods, by which a NetworkPolicy closes them."""

    @property
    def paths(self) -> tuple[str, ...]:
        """All that it is asked for."""
        return tuple(dict.fromkeys(filter(None, (self.health, self.commit))))

    def __str__(self) -> str:
        return f"Service {self.service}"


@dataclass(frozen=True)
class Asked:
    """The endpoints of a release, and a line for each Service that cannot be asked."""

    endpoints: tuple[Endpoint, ...]
    notes: tuple[str, ...] = ()


def asked(resources: Iterable[Object], image: str, ours: Service) -> Asked:
    """What to ask each Service of the release that has a workload with the image behind it."""
    every = list(resources)
    found: list[Endpoint] = []
    notes: list[str] = []
    for service in every:
        if (service["kind"], service["apiVersion"]) != ("Service", "v1"):
            continue
        behind = list(_behind(service, every, image))
        if not behind:
            continue
        led_to = [each for pods in behind for each in _led_to(service, pods, image)]
        if best := _best(led_to, ours):
            labels = behind[0].get("metadata", {}).get("labels") or {}
            found.append(replace(best.endpoint(service, ours), labels=labels))
        else:
            notes.append(
                f"{name_of(service)} is not asked, as no readiness probe with httpGet is behind it"
            )
    return Asked(tuple(found), tuple(notes))


def _behind(service: Object, resources: Iterable[Object], image: str) -> Iterator[Object]:
    """The pods to which a Service leads, of workloads that run the image."""
    selector = service.get("spec", {}).get("selector") or {}
    for each in resources:
        pods = containers.template(each)
        if selector and pods and containers.running(each, image):
            labels = pods.get("metadata", {}).get("labels") or {}
            if selector.items() <= labels.items():
                yield pods


def closes(policy: Object, labels: Mapping[str, str]) -> bool:
    """Whether a NetworkPolicy is one for pods with those labels, and about who may come to them."""
    spec = policy["spec"]
    within = containers.takes(spec.get("podSelector") or {}, labels)
    return within and "Ingress" in (spec.get("policyTypes") or ["Ingress"])


@dataclass(frozen=True)
class _Door:
    """A container behind a port of a Service."""

    port: int
    probe: Object
    is_ours: bool

    def endpoint(self, service: Object, ours: Service) -> Endpoint:
        said = ours.health.path if self.is_ours else None
        return Endpoint(
            service["metadata"]["name"],
            self.port,
            said or _bare(self.probe.get("path", "/")),
            ours.commit.path if ours.commit and self.is_ours else "",
            self.probe.get("scheme", "HTTP").lower(),
            self.is_ours,
        )


def _led_to(service: Object, pods: Object, image: str) -> Iterator[_Door]:
    """The containers to which the ports of a Service lead, with the probe that asks there."""
    for port in service["spec"].get("ports") or ():
        for container in pods["spec"].get("containers") or ():
            probe = _probe(container)
            leads = _number(container, port.get("targetPort", port["port"]))
            if leads is not None:
                there = bool(probe) and _number(container, probe["port"]) == leads
                is_ours = container.get("image") == image
                yield _Door(port["port"], probe if there else {}, is_ours)


def _best(doors: Iterable[_Door], ours: Service) -> _Door | None:
    """The one that can be asked, rather where a probe asks, and rather of our image."""
    found = [each for each in doors if each.probe or (each.is_ours and ours.health.path)]
    return max(found, key=lambda each: (bool(each.probe), each.is_ours), default=None)


def _probe(container: Object) -> Object:
    found: Object = (container.get("readinessProbe") or {}).get("httpGet") or {}
    return found


def _number(container: Object, port: int | str) -> int | None:
    """The number of a container's port, which may be named; None where it has none of the name.

    A number needs no declaration: it is the container's whose probe asks there, or that lists it.
    """
    declared: Mapping[str, int] = {
        each.get("name", ""): each["containerPort"] for each in container.get("ports") or ()
    }
    if isinstance(port, str) and not port.isdecimal():
        return declared.get(port)
    known = {*declared.values(), _probe(container).get("port")}
    return int(port) if int(port) in known else None


def _bare(path: str) -> str:
    """A path as it begins, and without its query."""
    return "/" + path.partition("?")[0].lstrip("/")
