"""What may not be released, case by case."""

from typing import Any

import pytest

from ci.admission import objections

Object = dict[str, Any]
PINNED = "r.io/fastapi@sha256:" + "1" * 64


def deployment(image: str = PINNED, namespace: str | None = "prod", **spec: Any) -> Object:
    """A Deployment of one container."""
    pod = {"spec": {"containers": [{"name": "app", "image": image}]}}
    return {
        "kind": "Deployment",
        "metadata": {"name": "app", **({"namespace": namespace} if namespace else {})},
        "spec": {"template": pod, **spec},
    }


def scaler(target: str = "app") -> Object:
    """A HorizontalPodAutoscaler of a Deployment."""
    return {
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "app", "namespace": "prod"},
        "spec": {"scaleTargetRef": {"kind": "Deployment", "name": target}},
    }


def cron_job(image: str) -> Object:
    """A CronJob, whose pods lie deepest."""
    pod = {"spec": {"initContainers": [{"name": "first", "image": image}]}}
    return {
        "kind": "CronJob",
        "metadata": {"name": "nightly", "namespace": "prod"},
        "spec": {"jobTemplate": {"spec": {"template": pod}}},
    }


ALLOWED = {
    "nothing": [],
    "image by digest": [deployment()],
    "replicas without an autoscaler": [deployment(replicas=2)],
    "autoscaler without replicas": [deployment(), scaler()],
    "replicas beside the autoscaler of another": [deployment(replicas=2), scaler("other")],
}
REFUSED: dict[str, tuple[list[Object], str]] = {
    "tag": ([deployment("r.io/fastapi:1.2")], "runs r.io/fastapi:1.2 in container app"),
    "neither tag nor digest": ([deployment("fastapi")], "runs fastapi"),
    "tag in an init container": ([cron_job("r.io/tool:1")], "CronJob nightly runs r.io/tool:1"),
    "replicas beside an autoscaler": ([deployment(replicas=2), scaler()], "leave `replicas` out"),
    "another environment's namespace": ([deployment(namespace="dev")], "is in namespace dev"),
    "no namespace": ([deployment(namespace=None)], "Deployment app is in no namespace"),
}


@pytest.mark.parametrize("rendered", ALLOWED.values(), ids=ALLOWED)
def test_allowed(rendered: list[Object]) -> None:
    """There is no objection."""
    assert objections(rendered, "prod") == []


@pytest.mark.parametrize(("rendered", "said"), REFUSED.values(), ids=REFUSED)
def test_refused(rendered: list[Object], said: str) -> None:
    """One sentence names the resource and what is wrong with it."""
    [sentence] = objections(rendered, "prod")
    assert said in sentence


def test_all_that_is_wrong_is_said() -> None:
    """A resource may be wrong in several ways."""
    wrong = [deployment("fastapi", namespace="dev", replicas=2), scaler()]
    assert len(objections(wrong, "prod")) == 3
