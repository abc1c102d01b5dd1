"""What an environment runs, from the objects the cluster shows."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ci.rollout import Snapshot

VERSION_LABEL = "app.kubernetes.io/version"


@dataclass(frozen=True)
class Running:
    """The release that a Deployment asks for, and how much of it is there."""

    image: str
    revision: str
    ready: int
    wanted: int
    age: timedelta
    through: str = ""
    """Which way it was asked, where it was."""

    @classmethod
    def of(cls, snapshot: Snapshot, now: datetime) -> "Running":
        deployment = snapshot.deployment
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
        )

    @property
    def digest(self) -> str:
        return self.image.partition("@")[2]


def strangers(snapshot: Snapshot, image: str) -> list[str]:
    """A line for each pod that does not run `image`."""
    digest = image.partition("@")[2]
    found = []
    for pod in snapshot.pods:
        if "deletionTimestamp" in pod["metadata"]:
            continue
        asked = pod["spec"]["containers"][0]["image"]
        statuses = pod.get("status", {}).get("containerStatuses", ())
        runs = statuses[0].get("imageID", "") if statuses else ""
        if asked != image or digest not in runs:
            found.append(f"{pod['metadata']['name']} runs {runs or 'nothing'} for {asked}")
    return found
