"""A release as a whole."""

import pytest

from ci.rollout.deployments import Snapshot
from ci.rollout.judgement import judge, not_understood
from ci.rollout.settling import Lives
from ci.rollout.status import Object
from tests.ci.objects import NOW, ago, container, deployment, moment, pod, ready, snapshot
from tests.ci.shown import CRASHED, STARTING, THERE


def widget(status: str) -> Object:
    """An object of nobody's kind that is, is not or does not say whether it is ready."""
    told = [{"type": "Ready", "status": status}] if status else []
    metadata = {"name": "w", "creationTimestamp": ago(days=1)}
    return {
        "apiVersion": "a.b/v1",
        "kind": "Widget",
        "metadata": metadata,
        "status": {"conditions": told},
    }


GOOD, WAITS, SILENT = (Snapshot(widget(status)) for status in ("True", "False", ""))
YOUNG = snapshot(pod(container(), conditions=[ready(seconds=4)]))


def said(*snapshots: Snapshot | None) -> tuple[str, str]:
    """Of which object something is said, and what."""
    found = [((each.resource if each else deployment()), each) for each in snapshots]
    lives = Lives().after([each for one in snapshots if one for each in one.new_pods], NOW)
    judged = judge(found, lives, moment())
    return (judged.resource["kind"], judged.result.reason) if judged else ("", "")


@pytest.mark.parametrize(
    ("snapshots", "found"),
    [
        ((THERE, GOOD), ("", "")),
        ((THERE, SILENT), ("", "")),
        ((), ("", "")),
        ((WAITS, CRASHED), ("Deployment", "CrashLoopBackOff")),
        ((WAITS, None), ("Deployment", "Missing")),
        ((GOOD, STARTING, WAITS), ("Deployment", "Starting")),
        ((WAITS, STARTING), ("Widget", "Ready")),
        ((YOUNG, GOOD), ("Deployment", "Settling")),
    ],
    ids=[
        "all is well",
        "one says nothing",
        "there is nothing",
        "one failed",
        "one is gone",
        "two are in progress",
        "the other way round",
        "its pods are young",
    ],
)
def test_judgement(snapshots: tuple[Snapshot | None, ...], found: tuple[str, str]) -> None:
    """A failure counts most, then what is not there yet, in the order of the release."""
    assert said(*snapshots) == found


def test_objects_that_say_nothing() -> None:
    """Each has its line."""
    found = [(each.resource, each) for each in (GOOD, SILENT, THERE)]
    assert not_understood(found, moment()) == ["readiness of Widget w is not known, it exists"]
    expired = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "j"},
        "spec": {"ttlSecondsAfterFinished": 9},
    }
    assert "Job j is not known, it has come" in not_understood([(expired, None)], moment())[0]
