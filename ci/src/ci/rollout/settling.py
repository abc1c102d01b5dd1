"""Says whether pods stay ready, from what was seen of them since a release began."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ci.rollout import pods
from ci.rollout.limits import Moment
from ci.rollout.status import Object, Result, condition, current, failed, in_progress
from ci.run import durations

_Container = tuple[str, str]


@dataclass(frozen=True)
class Lives:
    """What was seen of pods so far."""

    ready_since: Mapping[str, datetime | None] = field(default_factory=dict)
    """Since when a pod, by its UID, is ready; None where it was not."""
    ready_in: Mapping[_Container, int] = field(default_factory=dict)
    """After how many restarts a container was ready."""

    def after(self, found: Iterable[Object], now: datetime) -> "Lives":
        """What is known after a look at some pods."""
        since, lives = dict(self.ready_since), dict(self.ready_in)
        for pod in found:
            uid = pod["metadata"]["uid"]
            since[uid] = self._since(pod, now)
            for container, _ in pods.containers(pod):
                if container.get("ready") and "running" in container.get("state", {}):
                    lives.setdefault((uid, container["name"]), container.get("restartCount", 0))
        return Lives(since, lives)

    def result(self, found: Iterable[Object], moment: Moment) -> Result:
        """Failed where a container fell that was ready; current where all pods are settled.

        Pods that are to come to an end are nobody's to settle.
        """
        living = [pod for pod in found if pods.is_to_stay(pod)]
        for pod in living:
            for container, _ in pods.containers(pod):
                if self._fell(pod, container):
                    reason, how = pods.exit_of(container)
                    return failed(
                        reason,
                        f"pod {pod['metadata']['name']}, container {container['name']}: {how} "
                        f"after it was ready (restarts: {container['restartCount']})",
                    )
        for pod in living:
            name, since = pod["metadata"]["name"], self.ready_since[pod["metadata"]["uid"]]
            if since is None:
                return in_progress("NotReady", f"pod {name} is not ready")
            if moment.now - since < moment.limits.settle:
                span = durations.show(moment.limits.settle)
                return in_progress("Settling", f"pod {name} is ready, and has to be for {span}")
        return current("Settled", "its pods stay ready")

    def _since(self, pod: Object, now: datetime) -> datetime | None:
        """By the cluster's clock where it was ready at first sight; else by ours, which saw it."""
        if not pods.is_ready(pod):
            return None
        uid = pod["metadata"]["uid"]
        if uid in self.ready_since:
            return self.ready_since[uid] or now
        ready = condition(pod, "Ready")
        return (ready and ready.began) or now

    def _fell(self, pod: Object, container: Object) -> bool:
        was = self.ready_in.get((pod["metadata"]["uid"], container["name"]))
        if was is None:
            return False
        return container.get("restartCount", 0) > was or "terminated" in container.get("state", {})
