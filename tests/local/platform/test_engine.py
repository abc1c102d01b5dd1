"""The engine in the cluster: its image, and what of its chart is changed for the stack."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from local.engine import engine as outside
from local.host.paths import REGISTRY
from local.platform import engine
from local.tools.catalogue import DIAL_STDIO, Tool

CONFIG = {"gc": {"maxUsedSpace": "80GB"}}
CLAIM = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "100Gi"}}}
CONFIG_MAP = {"kind": "ConfigMap", "data": {"engine.json": json.dumps(CONFIG)}}
CONTAINER = {"name": "dagger-engine", "resources": {"requests": {"cpu": "2", "memory": "8Gi"}}}
STATEFUL_SET = {
    "kind": "StatefulSet",
    "spec": {
        "template": {"spec": {"containers": [CONTAINER]}},
        "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": CLAIM}],
    },
}


def fitted() -> dict[str, dict[str, Any]]:
    """What is applied, by kind."""
    applied = engine.fitted(deepcopy([CONFIG_MAP, STATEFUL_SET]))
    return {each["kind"]: each for each in applied["items"]}


def test_images_come_from_the_stacks_registry() -> None:
    """Mirrors are added to the configuration of the values, and nothing of it is lost."""
    config = json.loads(fitted()["ConfigMap"]["data"]["engine.json"])

    assert config.pop("registries") == outside.registries()
    assert config == CONFIG


def test_volume_is_the_claims() -> None:
    """It is as the only pod's claim asks, and is kept for that claim."""
    volume = fitted()["PersistentVolume"]["spec"]

    assert volume["capacity"] == CLAIM["resources"]["requests"]  # type: ignore[index]
    assert volume["accessModes"] == CLAIM["accessModes"]
    assert volume["claimRef"] == {"namespace": engine.NAMESPACE, "name": f"data-{engine.POD}"}


def test_pod_fits_on_a_laptop() -> None:
    """It asks for less than a processor, and nothing else of it changes."""
    [container] = fitted()["StatefulSet"]["spec"]["template"]["spec"]["containers"]

    assert container.pop("resources")["requests"]["cpu"] == "100m"
    assert container == {"name": "dagger-engine"}


def test_image_has_the_official_name() -> None:
    """The chart's own reference is answered by the stack's registry."""
    image = engine.image()

    assert (image.repository, image.tag) == ("engine", DIAL_STDIO.version)
    assert REGISTRY not in image.repository


def test_image_of_another_sdk(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is another image."""
    before = engine.image().key
    monkeypatch.setattr(outside, "sdk_digest", lambda: "sha256:other")

    assert engine.image().key != before


def test_image_holds_what_is_called_in_the_pod(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`kube-pod://` calls buildctl, the chart's probes call dagger."""
    monkeypatch.setattr(Tool, "program", lambda self, name: tmp_path / name)

    held = [name for name, _ in engine._files(tmp_path)]

    assert {"usr/local/bin/buildctl", "usr/local/bin/dagger"} <= set(held)


@pytest.mark.parametrize(
    "printed",
    ['{"kind": "A"}\n{"kind": "B"}\n', '{"kind": "List", "items": [{"kind": "A"}, {"kind": "B"}]}'],
    ids=["documents", "list"],
)
def test_json_that_kubectl_prints(printed: str) -> None:
    """Several documents or a list are the same objects."""
    assert [each["kind"] for each in engine.documents(printed)] == ["A", "B"]
