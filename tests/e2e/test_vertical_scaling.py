"""The runbook's vertical scaling of prod: its overlay is changed as it says, and rolled out."""

import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from local.host.paths import REPOSITORY
from tests.e2e.conftest import Result, call_in
from tests.e2e.load import load_on
from tests.project import NAME

pytestmark = [pytest.mark.e2e, pytest.mark.soak]

Kubectl = Callable[..., Any]
RUNBOOK = REPOSITORY / "docs" / "runbook.md"
OVERLAY = Path("manifests", "overlays", "prod")
LEAST = 3
"""Pods of prod, where there is room for so many."""


def wanted(kind: str) -> str:
    """What the runbook says that requests or limits are raised to, as YAML."""
    [found] = re.findall(rf"{kind} to\s+`([^`]+)`", RUNBOOK.read_text())
    return f"{{{found}}}"


def millicores(quantity: str) -> int:
    """A quantity of processors as Kubernetes writes it."""
    return int(quantity[:-1]) if quantity.endswith("m") else int(quantity) * 1000


def room(kubectl: Kubectl) -> int:
    """How many pods of the new size fit beside those of others, and one that replaces them.

    Three want nodes that were made larger before, as the runbook says; one of two cores has not
    the room.
    """
    nodes, pods = (kubectl("get", each, "--all-namespaces")["items"] for each in ("nodes", "pods"))
    open_to_all = [each for each in nodes if not each["spec"].get("taints")]
    free = sum(millicores(each["status"]["allocatable"]["cpu"]) for each in open_to_all)
    names = {each["metadata"]["name"] for each in open_to_all}
    for pod in pods:
        there = pod["spec"].get("nodeName") in names
        if there and pod["metadata"]["namespace"] != "prod" and pod["status"]["phase"] == "Running":
            for container in pod["spec"]["containers"]:
                free -= millicores(container["resources"].get("requests", {}).get("cpu", "0"))
    return min(LEAST, free // millicores(yaml.safe_load(wanted("requests"))["cpu"]) - 1)


def pods_of_prod(kubectl: Kubectl) -> list[Any]:
    """The pods that are not on their way out."""
    found = kubectl("-n", "prod", "get", "pods", "-l", f"app={NAME}")["items"]
    return [each for each in found if "deletionTimestamp" not in each["metadata"]]


def deploy(image: str, cwd: Path) -> Result:
    """Bring an image to prod, with the overlay of a checkout."""
    done = call_in("deploy", "--env", "prod", "--image", image, "--force", "a trial", cwd=cwd)
    assert done.code == 0, done.error
    return done


@pytest.fixture
def prod(published: str, checkout: Path, kubectl: Kubectl) -> Iterator[int]:
    """prod with as many pods as there is room for, and as it was when all is over."""
    pods = room(kubectl)
    assert pods >= 1, "no node has room for a pod of the new size"
    file = checkout / "manifests" / "base" / "autoscaler" / "autoscaler.yaml"
    autoscaler = yaml.safe_load(file.read_text())
    autoscaler["spec"] |= {"minReplicas": pods, "maxReplicas": pods}
    down = {"type": "Percent", "value": 100, "periodSeconds": 5}
    autoscaler["spec"]["behavior"]["scaleDown"] = {
        "stabilizationWindowSeconds": 5,
        "policies": [down],
    }
    file.write_text(yaml.safe_dump(autoscaler))
    try:
        deploy(published, checkout)
        until = time.monotonic() + 120
        while len(found := pods_of_prod(kubectl)) != pods:
            assert time.monotonic() < until, f"{len(found)} pods, and not {pods}"
            time.sleep(1)
        yield pods
    finally:
        deploy(published, REPOSITORY)


class TestVerticalScaling:
    def test_of_prod(self, prod: int, published: str, checkout: Path, kubectl: Kubectl) -> None:
        """Pods of the new size take the place of the old, one by one, without a lost request."""
        before = {each["metadata"]["uid"] for each in pods_of_prod(kubectl)}
        overlay = checkout / OVERLAY / "kustomization.yaml"
        text = overlay.read_text()
        for kind in ("requests", "limits"):
            text, changed = re.subn(rf"{kind}: {{.*}}", f"{kind}: {wanted(kind)}", text)
            assert changed == 1
        overlay.write_text(text)

        with load_on(f"prod.{NAME}.local", connections=4, pause=0.05) as load:
            done = deploy(published, checkout)

        assert f"{prod} of {prod} ready" in done.stdout
        pods = pods_of_prod(kubectl)
        assert len(pods) == prod
        assert not before & {each["metadata"]["uid"] for each in pods}
        for pod in pods:
            [container] = pod["spec"]["containers"]
            asked = {kind: yaml.safe_load(wanted(kind)) for kind in ("requests", "limits")}
            asked["limits"]["cpu"] = "2"  # as the API server writes 2000m
            assert container["resources"] == asked, json.dumps(container["resources"])
            assert pod["status"]["containerStatuses"][0]["ready"]
        assert load.total > 50
        assert load.failures == {}
        verified = call_in("verify", "--env", "prod", cwd=checkout)
        assert verified.code == 0, verified.error
        assert f"{prod} of {prod} pods ready" in verified.stdout
