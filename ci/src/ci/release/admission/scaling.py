"""Decides who is to say how many pods a workload has, where a release says it no longer."""

from collections.abc import Iterable, Iterator

from ci.manifests.manifest import name_of
from ci.rollout import deployments
from ci.rollout.deployments import Snapshot
from ci.rollout.status import Object

_SCALED = {"Deployment", "StatefulSet"}


def workloads(resources: Iterable[Object]) -> list[Object]:
    """Those of a release that may have any number of pods."""
    return [each for each in resources if each["kind"] in _SCALED]


def uncounted(resources: Iterable[Object]) -> list[Object]:
    """Those of them of which the release does not say how many."""
    return [each for each in workloads(resources) if "replicas" not in each.get("spec", {})]


def handovers(live: Iterable[Object | None], manager: str) -> Iterator[Object]:
    """What somebody else has to own as well, before `manager` owns it no longer.

    The API server takes away a field that nobody owns any more: there would be one pod, until an
    autoscaler has seen that.
    """
    for each in live:
        if each and _owns_replicas(each, manager):
            yield {
                "apiVersion": each["apiVersion"],
                "kind": each["kind"],
                "metadata": {"name": each["metadata"]["name"]},
                "spec": {"replicas": each["spec"]["replicas"]},
            }


def objections(found: Iterable[tuple[Object, Snapshot | None]], namespace: str) -> list[str]:
    """A sentence for each wanted workload that would stand still until somebody acts."""
    return [
        f"{name_of(wanted)} in {namespace} takes no release: {stop.message}."
        for wanted, snapshot in found
        if snapshot
        for stop in deployments.standstill(_applied(wanted, snapshot.resource), snapshot.least)
    ]


def _applied(wanted: Object, live: Object) -> Object:
    """What the release itself says is as it says, once it is applied."""
    return live | {"spec": live["spec"] | wanted.get("spec", {})}


def _owns_replicas(live: Object, manager: str) -> bool:
    return any(
        entry.get("manager") == manager
        and entry.get("operation") == "Apply"
        and "f:replicas" in entry.get("fieldsV1", {}).get("f:spec", {})
        for entry in live["metadata"].get("managedFields", ())
    )
