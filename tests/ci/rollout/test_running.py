"""What an environment is said to run."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ci.rollout.deployments import Snapshot
from ci.rollout.running import Running, strangers
from ci.rollout.status import Object
from tests.ci.objects import IMAGE, NOW, OLD_IMAGE, ago, container, deployment, pod, snapshot


def test_release_that_is_there() -> None:
    """Image, commit and readiness are the Deployment's, the age is of its newest template."""
    assert Running.of(snapshot(), NOW) == Running(IMAGE, "abc", 2, 2, timedelta(minutes=3))


def test_deployment_that_nothing_acted_on() -> None:
    """Without a ReplicaSet nothing is ready, and the Deployment's own age counts."""
    found = Running.of(Snapshot(deployment() | {"status": {}}), NOW)
    assert (found.ready, found.age) == (0, timedelta(days=9))


def test_image_without_a_digest() -> None:
    """Then there is none to show."""
    assert Running("r.io/fastapi:latest", "abc", 1, 1, timedelta()).digest == ""


def test_digest() -> None:
    """It is told apart from the repository."""
    assert Running(IMAGE, "abc", 1, 1, timedelta()).digest == "sha256:" + "1" * 64


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (pod(container(), image=OLD_IMAGE), f"for {OLD_IMAGE}"),
        (pod(container() | {"imageID": OLD_IMAGE}), f"runs {OLD_IMAGE} for {IMAGE}"),
        (pod(container() | {"imageID": ""}), "runs nothing"),
        (pod(), "runs nothing"),
    ],
)
def test_pod_with_another_image(found: Object, said: str) -> None:
    """It is named, with what it runs."""
    [line] = strangers(snapshot(pod(container()), found), IMAGE)
    assert line.startswith("stage-fastapi-new-x")
    assert said in line


def test_pods_with_the_image() -> None:
    """Pods on their way out are not looked at."""
    leaving = pod(container(), image=OLD_IMAGE, deletionTimestamp=ago(seconds=1))
    assert strangers(snapshot(pod(container()), leaving), IMAGE) == []


def test_pods_of_its_own() -> None:
    """Those that ended are nobody's to run."""
    evicted = pod(container(), image=OLD_IMAGE, phase="Failed")
    assert strangers(snapshot(pod(container()), evicted), IMAGE) == []


def test_restarts() -> None:
    """They are counted over its living pods, and told where there are any."""
    pods = pod(container(2)), pod(container(1), template="old"), pod(container(9), phase="Failed")
    found = replace(Running.of(snapshot(*pods), NOW), through="the gateway")
    assert found.restarts == 3
    assert found.summary == "2 of 2 ready, asked through the gateway; restarts: 3"
    quiet = replace(found, restarts=0, notes=("readiness of Widget w is not known, it exists",))
    assert quiet.summary.endswith("gateway; readiness of Widget w is not known, it exists")
