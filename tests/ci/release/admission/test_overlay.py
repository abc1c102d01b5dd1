"""What may not be released, case by case."""

from base64 import b64encode
from random import Random
from typing import Any

import pytest

from ci.manifests.manifest import Manifest
from ci.release.admission.overlay import admit, objections
from ci.run.errors import NothingChanged

Object = dict[str, Any]
PINNED = "r.io/web@sha256:" + "1" * 64


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
    "autoscaler without a target": [deployment(), scaler() | {"spec": None}],
}
REFUSED: dict[str, tuple[list[Object], str]] = {
    "tag": ([deployment("r.io/web:1.2")], "runs r.io/web:1.2 in container app"),
    "neither tag nor digest": ([deployment("web")], "runs web"),
    "tag in an init container": ([cron_job("r.io/tool:1")], "CronJob nightly runs r.io/tool:1"),
    "replicas beside an autoscaler": ([deployment(replicas=2), scaler()], "leave `replicas` out"),
    "another environment's namespace": ([deployment(namespace="dev")], "is in namespace dev"),
    "an overlay of another namespace": (
        [deployment(namespace="dev")] * 5,
        "and 2 more are in namespace dev, and a release to prod stays in its own: say `namespace: "
        "prod` in its overlay",
    ),
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
    wrong = [deployment("web", namespace="dev", replicas=2), scaler()]
    assert len(objections(wrong, "prod")) == 3


def settings(name: str, size: int, noise: bool) -> Object:
    """A ConfigMap of some size, which compresses well unless it is noise."""
    content = b64encode(Random(0).randbytes(size)).decode() if noise else "a" * size
    metadata = {"name": name, "namespace": "prod"}
    return {"kind": "ConfigMap", "metadata": metadata, "data": {"a": content}}


def test_large_release() -> None:
    """It may be larger than a Secret, if it fits when compressed."""
    large = [settings(name, 700_000, noise=False) for name in "ab"]
    admit(Manifest.of([deployment(), *large]), "prod")


def test_release_that_is_too_large_to_keep() -> None:
    """The largest resources are named with their sizes, and that nothing was changed."""
    large = [settings("large", 700_000, noise=True), settings("larger", 800_000, noise=True)]
    with pytest.raises(NothingChanged) as raised:
        admit(Manifest.of([deployment(), *large]), "prod")
    told = raised.value.sentence
    assert "largest are ConfigMap larger (1041 KiB), ConfigMap large (911 KiB)" in told
    assert told.endswith("Nothing was changed.")


def test_every_reason_is_given_at_once() -> None:
    """Nobody has to come back for the next."""
    wrong = [deployment("web", namespace="dev"), scaler()]
    with pytest.raises(NothingChanged, match="is in namespace dev.*runs web.*Nothing was"):
        admit(Manifest.of(wrong), "prod")
