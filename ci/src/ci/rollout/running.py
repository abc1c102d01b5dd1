"""What an environment runs, from the objects the cluster shows."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ci.rollout import pods
from ci.rollout.deployments import Snapshot

VERSION_LABEL = "app.kubernetes.io/version"


@dataclass(frozen=True)
class Running:
    """The release that a Deployment asks for, and how much of it is there."""

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
    def of(cls, snapshot: Snapshot, now: datetime) -> "Running":
        deployment = snapshot.resource
        metadata, spec = deployment["metadata"], deployment["spec"]
        changed = max(
            (each["metadata"]["creationTimestamp"] for each in snapshot.newest_replica_sets),
            default=metadata["creationTimestamp"],
        )
        return cls(
            image=spec["template"]["spec"]["containers"][0]["image"],
            revision=metadata.get("labels", {}).get(VERSION_LABEL, "unknown"),
            ready=deployment.get("status", {}).get("readyReplicas", 0),
            wanted=spec.get("replicas", 1),
            age=now - datetime.fromisoformat(changed),
            restarts=pods.restarts(snapshot.living_pods),
        )

    @property
    def digest(self) -> str:
        return self.image.partition("@")[2]

    @property
    def summary(self) -> str:
        """How much of it is there, and what is known of it besides."""
        parts = [f"{self.ready} of {self.wanted} ready", f"asked through {self.through}"]
        return "; ".join([", ".join(parts), *self.remarks])

    @property
    def remarks(self) -> tuple[str, ...]:
        """What somebody who looks at it ought to know."""
        return (f"restarts: {self.restarts}", *self.notes) if self.restarts else self.notes


def strangers(snapshot: Snapshot, image: str) -> list[str]:
    """A line for each pod of its own that does not run `image`."""
    digest = image.partition("@")[2]
    found = []
    for pod in snapshot.living_pods:
        asked = pod["spec"]["containers"][0]["image"]
        statuses = pod.get("status", {}).get("containerStatuses", ())
        runs = statuses[0].get("imageID", "") if statuses else ""
        if asked != image or digest not in runs:
            found.append(f"{pod['metadata']['name']} runs {runs or 'nothing'} for {asked}")
    return found
