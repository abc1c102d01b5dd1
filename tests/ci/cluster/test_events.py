"""Which events are evidence."""

from datetime import datetime
from typing import Any

from ci.cluster.events import pods_to_ask, told
from ci.rollout.status import Object
from tests.ci.objects import NOW, ago, container, pod, snapshot

STATE = snapshot(pod(container()), pod(container(), template="old"))


def event(uid: str, message: str = "no", kind: str = "Pod", **when: Any) -> Object:
    """A warning about somebody."""
    about = {"kind": kind, "name": "stage-web", "uid": uid}
    metadata = {"creationTimestamp": ago(days=1)}
    return {"involvedObject": about, "message": message, "metadata": metadata, **when}


def shown(*events: Object, began: datetime = NOW) -> list[str]:
    """What is shown of them after a release that begins now."""
    return told(events, STATE, began)


def test_events_of_the_release() -> None:
    """Those of the Deployment, its newest ReplicaSet and its new pods."""
    events = [event(uid, uid, lastTimestamp=ago()) for uid in ("d1", "r-new", "p-new")]
    assert shown(*events) == [f"Pod stage-web: {uid}" for uid in ("d1", "r-new", "p-new")]


def test_events_of_others() -> None:
    """A name is not enough: a budget may have the same, and so may a Deployment of before."""
    names = ("budget", "r-old", "p-old", "")
    assert not shown(*(event(uid, lastTimestamp=ago()) for uid in names))


def test_events_of_before() -> None:
    """What was said before the release began is not of it; clocks may differ a little."""
    assert not shown(event("p-new", lastTimestamp=ago(hours=1)))
    assert shown(event("p-new", lastTimestamp=ago(seconds=9)))


def test_time_of_an_event() -> None:
    """It is the last time that it was seen, in whichever of its fields that is."""
    assert shown(event("p-new", series={"lastObservedTime": ago()}, lastTimestamp=ago(days=1)))
    assert shown(event("p-new", lastTimestamp=None, eventTime=ago()))
    assert not shown(event("p-new", lastTimestamp=None, eventTime=None))


def test_too_many_events() -> None:
    """The last ten are shown."""
    events = [event("p-new", str(age), lastTimestamp=ago(seconds=age)) for age in range(20)]
    assert [line.rpartition(" ")[2] for line in shown(*events)] == [
        str(age) for age in range(9, -1, -1)
    ]


def test_pods_whose_log_is_asked_for() -> None:
    """The new ones; of those that were to come to an end, the last that failed."""
    job = {"restartPolicy": "Never", "containers": []}
    failed = [
        pod(phase="Failed", uid=str(age), creationTimestamp=ago(seconds=age)) | {"spec": job}
        for age in (3, 1, 2)
    ]
    evicted = pod(phase="Failed")
    asked = pods_to_ask(snapshot(pod(container()), evicted, *failed))
    assert [each["metadata"]["uid"] for each in asked] == ["p-new", "1"]
