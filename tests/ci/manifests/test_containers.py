"""Which containers of which resources run the image of a release."""

import pytest

from ci.manifests.containers import containers, image_of, running, template, workloads
from ci.manifests.manifest import Object

IMAGE, OTHER = "r.io/web@sha256:1", "r.io/proxy@sha256:2"
OURS, BESIDE = {"name": "web", "image": IMAGE}, {"name": "proxy", "image": OTHER}
PODS = {"spec": {"containers": [BESIDE, OURS]}}


def resource(kind: str, name: str = "a", **spec: object) -> Object:
    """A resource."""
    version = {"Job": "batch/v1", "CronJob": "batch/v1"}.get(kind, "v1")
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name}, "spec": spec}


DEPLOYMENT, JOB = resource("Deployment", template=PODS), resource("Job", template=PODS)
CRON_JOB = resource("CronJob", jobTemplate={"spec": {"template": PODS}})
INIT = resource("Deployment", template={"spec": {"initContainers": [OURS], "containers": [BESIDE]}})


@pytest.mark.parametrize(
    "found", [DEPLOYMENT, JOB, CRON_JOB, INIT, resource("Rollout", template=PODS), PODS]
)
def test_workload_of_any_kind(found: Object) -> None:
    """The container is found wherever its template lies, and whichever it is."""
    assert running(found, IMAGE) == ["web"]
    assert {each["name"] for each in containers(found)} == {"web", "proxy"}


@pytest.mark.parametrize(
    "found",
    [
        {"kind": "ConfigMap", "data": {"containers": "web"}},
        resource("Service", ports=[]),
        resource("Deployment"),
        resource("Widget", template="a text"),
        {"kind": "Widget", "spec": None},
    ],
)
def test_resource_without_pods(found: Object) -> None:
    """It runs nothing."""
    assert template(found) is None
    assert running(found, IMAGE) == []


def test_workload_of_another_image() -> None:
    """It is none of ours."""
    assert running(DEPLOYMENT, "r.io/web@sha256:9") == []


def test_workloads_of_a_release() -> None:
    """What a Job ran is over, unless there is nothing else."""
    resources = [JOB, resource("Service"), CRON_JOB, DEPLOYMENT]
    assert workloads(resources, IMAGE) == [CRON_JOB, DEPLOYMENT]
    assert workloads([JOB], IMAGE) == [JOB]
    assert workloads(resources, "another") == []


def test_image_that_runs_now() -> None:
    """It is read by the container's name, which may be gone."""
    assert image_of(DEPLOYMENT, ["web"]) == IMAGE
    assert image_of(DEPLOYMENT, ["gone"]) == ""
