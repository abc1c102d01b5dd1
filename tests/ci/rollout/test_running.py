"""What an environment is said to run."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ci.rollout.deployments import Snapshot
from ci.rollout.running import Part, Running, parts, strangers
from ci.rollout.status import Object
from tests.ci.objects import IMAGE, NOW, OLD_IMAGE, ago, container, deployment, pod, snapshot

NAMES = ["web"]


def running(*found: Snapshot) -> Running:
    """What the Deployment and others come to."""
    return Running.of([Part(each, NAMES) for each in found], NOW)


def told(found: Snapshot, image: str = IMAGE) -> list[str]:
    """The strangers among the pods of a workload."""
    return list(strangers(Part(found, NAMES), image))


def test_release_that_is_there() -> None:
    """Image, commit and readiness are the Deployment's, the age is of its newest template."""
    assert running(snapshot()) == Running(IMAGE, "abc", 2, 2, timedelta(minutes=3))


def test_deployment_that_nothing_acted_on() -> None:
    """Without a ReplicaSet nothing is ready, and the Deployment's own age counts."""
    found = running(Snapshot(deployment() | {"status": {}}))
    assert (found.ready, found.age) == (0, timedelta(days=9))


def test_image_without_a_digest() -> None:
    """Then there is none to show."""
    assert Running("r.io/web:latest", "abc", 1, 1, timedelta()).digest == ""


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
    [line] = told(snapshot(pod(container()), found))
    assert line.startswith("stage-web-new-x")
    assert said in line


def test_pods_with_the_image() -> None:
    """Pods on their way out are not looked at."""
    leaving = pod(container(), image=OLD_IMAGE, deletionTimestamp=ago(seconds=1))
    assert told(snapshot(pod(container()), leaving)) == []


def test_pods_of_its_own() -> None:
    """Those that ended are nobody's to run."""
    evicted = pod(container(), image=OLD_IMAGE, phase="Failed")
    assert told(snapshot(pod(container()), evicted)) == []


def test_restarts() -> None:
    """They are counted over its living pods, and told where there are any."""
    pods = pod(container(2)), pod(container(1), template="old"), pod(container(9), phase="Failed")
    found = replace(running(snapshot(*pods)), through="the gateway")
    assert found.restarts == 3
    assert found.summary == "2 of 2 ready, asked through the gateway; restarts: 3"
    quiet = replace(found, restarts=0, notes=("readiness of Widget w is not known, it exists",))
    assert quiet.summary.endswith("gateway; readiness of Widget w is not known, it exists")


def of_kind(kind: str, image: str = IMAGE, spec: Any = None, **status: Any) -> Snapshot:
    """A workload of a kind."""
    there = deployment() | {"kind": kind, "status": status}
    pods = {"spec": {"containers": [{"name": "web", "image": image}]}}
    return Snapshot(there | {"spec": {"template": pods} | (spec or {})})


def test_release_of_several_workloads() -> None:
    """Pods are counted together, where a kind has pods that stay; the newest change is its age."""
    agents = of_kind("DaemonSet", desiredNumberScheduled=3, numberReady=1)
    queue = of_kind("StatefulSet", spec={"replicas": 2}, readyReplicas=2)
    nightly = of_kind("CronJob")
    found = running(snapshot(), agents, queue, nightly)
    assert (found.ready, found.wanted, found.age) == (5, 7, timedelta(minutes=3))
    assert found.notes == ()


def test_release_of_which_one_workload_is_of_another() -> None:
    """That is a remark, which `status` shows."""
    found = running(snapshot(), of_kind("StatefulSet", OLD_IMAGE))
    assert found.image == IMAGE
    assert found.remarks == (f"StatefulSet stage-web runs {OLD_IMAGE}",)


def test_workloads_that_are_there() -> None:
    """Those that are not there are left out; the containers are those of the overlay."""
    there = deployment()
    [found] = parts([there, deployment()], [None, snapshot()], IMAGE)
    assert found.names == ["web"]
    assert parts([there], [None], IMAGE) == []


def test_container_that_starts_the_pod() -> None:
    """It is held against the image as well, and a container beside ours is not."""
    beside = {"name": "proxy", "image": "r.io/proxy@sha256:2"}
    found = pod(container(), init=[container() | {"name": "init", "imageID": OLD_IMAGE}])
    found["spec"]["containers"].append(beside)
    found["spec"]["initContainers"] = [{"name": "init", "image": IMAGE}]
    part = Part(snapshot(found), ["web", "init"])
    [line] = strangers(part, IMAGE)
    assert f"runs {OLD_IMAGE} for {IMAGE}" in line


def test_pod_that_a_strategy_keeps() -> None:
    """One of before is not held against the image of this release."""
    resource = deployment() | {"kind": "StatefulSet", "status": {"updateRevision": "2"}}
    kept = pod(container() | {"imageID": OLD_IMAGE}, image=OLD_IMAGE)
    kept["metadata"]["labels"]["controller-revision-hash"] = "1"
    assert told(Snapshot(resource, pods=[kept])) == []
