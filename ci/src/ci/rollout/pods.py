"""What pods say of themselves: which cannot come right, which wait, and which containers fell."""

from collections.abc import Iterable, Iterator

from ci.rollout import waits
from ci.rollout.limits import Moment
from ci.rollout.status import Object, Result, condition, conditions, failed, in_progress, seen_last
from ci.run import durations

RESTARTS_ALLOWED = 1
_BEGUN = "PodReadyToStartContainers"
_FINISHED = {"Failed", "Succeeded"}


def is_leaving(pod: Object) -> bool:
    return "deletionTimestamp" in pod["metadata"]


def is_finished(pod: Object) -> bool:
    """It ended, or was evicted: it serves no more, and another one takes its place."""
    return pod.get("status", {}).get("phase") in _FINISHED


def is_to_stay(pod: Object) -> bool:
    """It is no Job's, whose containers may exit and be counted by it."""
    return bool(pod["spec"].get("restartPolicy", "Always") == "Always")


def is_ready(pod: Object) -> bool:
    found = condition(pod, "Ready")
    return found is not None and found.status == "True"


def restarts(pods: Iterable[Object]) -> int:
    """How often their containers were restarted."""
    return sum(container.get("restartCount", 0) for pod in pods for container, _ in containers(pod))


def containers(pod: Object) -> Iterator[tuple[Object, bool]]:
    """Each container's status, and whether it is one that runs to its end first."""
    status = pod.get("status", {})
    yield from ((each, True) for each in status.get("initContainerStatuses", ()))
    yield from ((each, False) for each in status.get("containerStatuses", ()))


def is_held_up(pod: Object) -> bool:
    """It has a node, and not yet its volumes and its network: only events say what it lacks."""
    scheduled, begun = condition(pod, "PodScheduled"), condition(pod, _BEGUN)
    return bool(
        scheduled and scheduled.status == "True" and not (begun and begun.status == "True")
    ) and any("waiting" in container.get("state", {}) for container, _ in containers(pod))


def troubles(pod: Object, moment: Moment, warnings: Iterable[Object] = ()) -> Iterator[Result]:
    """Why it fails, or what it waits for; `warnings` are events, of whomever."""
    name = pod["metadata"]["name"]
    for container, starts_the_pod in containers(pod):
        who = f"pod {name}, container {container['name']}"
        if waiting := container.get("state", {}).get("waiting"):
            reason, told = waiting.get("reason", ""), waiting.get("message", "no message")
            yield from waited(who, reason, told, moment)
        if is_to_stay(pod) and _exits_again(container, may_end=starts_the_pod):
            reason, how = exit_of(container)
            yield failed(reason, f"{who}: {how} (restarts: {container['restartCount']})")
    for each in conditions(pod):
        if each.type == "PodScheduled" and each.status == "False":
            yield from waited(f"pod {name}", each.reason, each.why, moment)
    ours = [
        each for each in warnings if each["involvedObject"].get("uid") == pod["metadata"]["uid"]
    ]
    if ours and is_held_up(pod):
        last = max(ours, key=seen_last)
        told = last.get("message", "no message")
        yield from waited(f"pod {name}", last.get("reason", ""), told, moment)


def waited(who: str, reason: str, told: str, moment: Moment) -> Iterator[Result]:
    """In progress while what it waits for may still come, failed when it cannot or not in time."""
    if found := waits.find(reason, told):
        yield judged(found, who, reason, told, moment)


def waits_for(who: str, reason: str, told: str, moment: Moment) -> Result:
    """The same of what is not there yet, whatever its reason is."""
    return next(waited(who, reason, told, moment), in_progress(reason, told))


def judged(wait: waits.Wait, who: str, reason: str, told: str, moment: Moment) -> Result:
    """What a wait comes to."""
    if not wait.share:
        return failed(reason, f"{who}: {told}")
    limit, so_far = wait.limit(moment.limits.rollout), moment.waited(who)
    if so_far > limit:
        return failed(reason, f"{who} has waited {durations.show(so_far)}: {told}")
    told = told.strip().rstrip(".")
    return in_progress(
        reason, f"{who} waits, at most {durations.show(limit)} as {wait.why}: {reason}, {told}"
    )


def why_waiting(pods: Iterable[Object]) -> str:
    """What the pods that are not ready say of themselves."""
    for pod in pods:
        if (found := condition(pod, "Ready")) and found.status != "True":
            return f"pod {pod['metadata']['name']}: {found.message or 'not ready'}"
    return ""


def fallen(pod: Object) -> Iterator[tuple[str, bool]]:
    """The containers that ended, each with whether it is its life before this one that did."""
    for container, starts_the_pod in containers(pod):
        ended = container.get("state", {}).get("terminated")
        if ended is not None:
            if not (starts_the_pod and ended.get("exitCode") == 0):
                yield container["name"], False
        elif container.get("restartCount") and not container.get("ready"):
            yield container["name"], True


def exit_of(container: Object) -> tuple[str, str]:
    """Why it ended: a word for it, and its exit code."""
    last = container.get("state", {}).get("terminated") or container.get("lastState", {}).get(
        "terminated", {}
    )
    code = f"exits with {last.get('exitCode', 'no code')}"
    if last.get("reason") == "OOMKilled":
        return "OOMKilled", f"{code}, it needs more memory than its limit"
    return "CrashLoopBackOff", code


def _exits_again(container: Object, may_end: bool) -> bool:
    """It is down once more after it was restarted: no longer an unlucky start."""
    if container.get("restartCount", 0) < RESTARTS_ALLOWED:
        return False
    state = container.get("state", {})
    if state.get("waiting", {}).get("reason") == "CrashLoopBackOff":
        return True
    ended = state.get("terminated")
    return ended is not None and not (may_end and ended.get("exitCode") == 0)
