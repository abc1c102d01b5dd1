"""What an environment runs, from the objects the cluster shows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ci.manifests import containers
from ci.manifests.manifest import name_of
from ci.rollout import pods, workloads
from ci.rollout.deployments import Snapshot, wanted_replicas
from ci.rollout.status import Object, count, label

VERSION_LABEL = "app.kubernetes.io/version"

_COUNTED = {
    "Deployment": "readyReplicas",
    "StatefulSet": "readyReplicas",
    "ReplicaSet": "readyReplicas",
    "DaemonSet": "numberReady",
}
"""Where a kind counts its pods that are ready; others have none to stay."""


@dataclass(frozen=True)
class Part:
    """A workload of a release that runs its image, and what the cluster shows of it."""

    snapshot: Snapshot
    names: Sequence[str]
    """The containers that run the image."""

    @property
    def image(self) -> str:
        """The image that those containers have now."""
        return containers.image_of(self.snapshot.resource, self.names)

    @property
    def ready(self) -> int:
        counted = _COUNTED.get(self.snapshot.resource["kind"])
        return count(self.snapshot.resource, counted) if counted else 0

    @property
    def wanted(self) -> int:
        resource = self.snapshot.resource
        if resource["kind"] == "DaemonSet":
            return count(resource, "desiredNumberScheduled")
        return wanted_replicas(resource) if resource["kind"] in _COUNTED else 0

    @property
    def changed(self) -> str:
        """When its newest template came."""
        return max(
            (each["metadata"]["creationTimestamp"] for each in self.snapshot.newest_replica_sets),
            default=str(self.snapshot.resource["metadata"]["creationTimestamp"]),
        )


def parts(wanted: Sequence[Object], shown: Sequence[Snapshot | None], image: str) -> list[Part]:
    """Those of the wanted workloads that are there, with the containers that run the image."""
    return [
        Part(snapshot, containers.running(each, image))
        for each, snapshot in zip(wanted, shown)
        if snapshot
    ]


def revision(live: Object) -> str:
    """The commit of the release that a workload is of."""
    return label(live, VERSION_LABEL) or "unknown"


@dataclass(frozen=True)
class Running:
    """The release that an environment's workloads ask for, and how much of it is there."""

    image: str
    revision: str
    ready: int
    wanted: int
    age: timedelta
    restarts: int = 0
    """How often containers of its pods were restarted."""
    through: str = ""
    """Which way it was asked, where it was."""
    notes: tuple[str, ...] = ()
    """What could not be told of the release."""

    @classmethod
    def of(cls, found: Sequence[Part], now: datetime) -> "Running":
        """What the parts of a release come to, of which there is at least one."""
        first = found[0]
        changed = max(map(datetime.fromisoformat, (each.changed for each in found)))
        others = [each for each in found if each.image != first.image]
        return cls(
            image=first.image,
            revision=revision(first.snapshot.resource),
            ready=sum(each.ready for each in found),
            wanted=sum(each.wanted for each in found),
            age=now - changed,
            restarts=sum(pods.restarts(each.snapshot.living_pods) for each in found),
            notes=tuple(
                f"{name_of(each.snapshot.resource)} runs {each.image or 'another container'}"
                for each in others
            ),
        )

    @property
    def digest(self) -> str:
        return self.image.partition("@")[2]

    @property
    def summary(self) -> str:
        """How much of it is there, and what is known of it besides."""
        asked = f"asked through {self.through}" if self.through else "no Service was asked"
        return "; ".join([f"{self.ready} of {self.wanted} ready, {asked}", *self.remarks])

    @property
    def remarks(self) -> tuple[str, ...]:
        """What somebody who looks at it ought to know."""
        return (f"restarts: {self.restarts}", *self.notes) if self.restarts else self.notes


def strangers(part: Part, image: str) -> Iterator[str]:
    """A line for each pod of its own in which a container of ours does not run `image`."""
    digest = image.partition("@")[2]
    for pod in _of_this_release(part.snapshot):
        status = {each["name"]: each for each, _ in pods.containers(pod)}
        for container in containers.containers(pod):
            name, asked = container["name"], container["image"]
            if name in part.names:
                runs = status.get(name, {}).get("imageID", "")
                if asked != image or digest not in runs:
                    yield f"{pod['metadata']['name']} runs {runs or 'nothing'} for {asked}"


def _of_this_release(snapshot: Snapshot) -> Sequence[Object]:
    """Its living pods, but for those of before that its strategy keeps."""
    if snapshot.resource["kind"] in ("DaemonSet", "StatefulSet"):
        return workloads.new_pods(snapshot)
    return snapshot.living_pods
