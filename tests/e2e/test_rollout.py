"""Rollouts that are not as simple as they look: what counts, what is waited for, what must stay."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.e2e import broken
from tests.e2e.conftest import VERDICT, Result, plain
from tests.e2e.releases import (
    APP,
    ENV,
    failed_and_restored,
    report_of,
    serves,
)
from tests.project import NAME

pytestmark = pytest.mark.e2e

Call = Callable[..., Result]
Kubectl = Callable[..., Any]


def came_right(result: Result, what: str) -> None:
    """It is deployed and verified."""
    assert result.code == 0, result.error
    seconds = report_of()["seconds"]
    verdict = sum(seconds[step] for step in ("apply", "rollout", "verify"))
    print(f"{what}: {VERDICT} {verdict:.1f} s")


def nothing_changed(result: Result, remedy: str) -> None:
    """It is refused with what to do, and without a wait."""
    assert result.code != 0, result.stdout
    assert f"{remedy} deployment/{APP}`" in result.error, result.error
    assert "Nothing was changed" in result.error
    print(f"{remedy}: {VERDICT} {result.seconds:.1f} s, the whole call")
    assert result.seconds < 30


@contextmanager
def beside(task: Callable[[], None]) -> Iterator[None]:
    """Do something while something else goes on."""
    thread = threading.Thread(target=task)
    thread.start()
    try:
        yield
    finally:
        thread.join()


class TestPodsOfOthers:
    @pytest.fixture(params=[0, 3], ids=["succeeded", "failed"])
    def finished(
        self, request: pytest.FixtureRequest, kubectl: Kubectl, good: str, tmp_path: Path
    ) -> Iterator[None]:
        """A pod with the service's labels that has come to its end, as an evicted one has."""
        command = ["python", "-c", f"raise SystemExit({request.param})"]
        wanted = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "stranger", "labels": {"app": NAME}},
            "spec": broken.pod("Never", image=good, command=command),
        }
        (tmp_path / "pod.json").write_text(json.dumps(wanted))
        kubectl("-n", ENV, "apply", "-f", str(tmp_path / "pod.json"))
        phase = "Failed" if request.param else "Succeeded"
        kubectl("-n", ENV, "wait", "pod/stranger", f"--for=jsonpath={{.status.phase}}={phase}")
        yield
        kubectl("-n", ENV, "delete", "pod", "stranger")

    @pytest.mark.soak
    def test_that_are_finished_do_not_count(self, call: Call, good: str, finished: None) -> None:
        """Neither for a deploy nor for `verify`."""
        result = call("deploy", "--env", ENV, "--image", good)
        came_right(result, "a finished pod of a stranger's")
        serves(good)


@pytest.mark.soak
class TestAutoscaler:
    def test_takes_over_the_pods_that_are_there(
        self, call: Call, good: str, checkout: Path, kubectl: Kubectl
    ) -> None:
        """There are never fewer; scaled to 0 under it, what to do is said and nothing changed."""
        deploy = ("deploy", "--env", ENV, "--image", good)
        broken.patch_deployment(checkout, ENV, broken.THREE_PODS)
        three = call(*deploy, cwd=checkout)
        assert three.code == 0, three.error

        broken.patch_deployment(checkout, ENV, broken.AS_MANY_AS_THE_AUTOSCALER_SAYS)
        broken.add_resource(checkout, ENV, broken.AUTOSCALER)
        wanted: set[int] = set()
        over = threading.Event()

        def look() -> None:
            while not over.wait(0.2):
                wanted.add(kubectl("-n", ENV, "get", "deployment", APP)["spec"]["replicas"])

        with beside(look):
            try:
                scaled = call(*deploy, cwd=checkout)
            finally:
                over.set()
        came_right(scaled, "an autoscaler in the place of replicas")
        assert wanted == {3}

        kubectl("-n", ENV, "scale", "deployment", APP, "--replicas=0")
        nothing_changed(call(*deploy, cwd=checkout), "scale --replicas=3")
        assert kubectl("-n", ENV, "get", "deployment", APP)["spec"]["replicas"] == 0
        back = call(*deploy)
        assert back.code == 0, back.error


class TestDeployment:
    def test_that_is_paused(self, call: Call, good: str, folder: Path, kubectl: Kubectl) -> None:
        """What to do is said at once, and it is left as it was."""
        image = broken.image_that_tells_another_commit(good, folder)
        pause = ("-n", ENV, "patch", "deployment", APP, "-p")
        kubectl(*pause, '{"spec": {"paused": true}}')
        try:
            result = call("deploy", "--env", ENV, "--image", image)
            there = kubectl("-n", ENV, "get", "deployment", APP)["spec"]
        finally:
            kubectl(*pause, '{"spec": {"paused": false}}')
        nothing_changed(result, "rollout resume")
        assert there["paused"]
        assert there["template"]["spec"]["containers"][0]["image"] == good
        serves(good)


class TestPod:
    @pytest.mark.soak
    def test_whose_secret_comes_later(
        self, call: Call, good: str, checkout: Path, kubectl: Kubectl
    ) -> None:
        """It is told of while it is waited for, and is no failure."""
        broken.patch_deployment(checkout, ENV, *broken.LATE_SECRET)

        def make_late() -> None:
            until = time.monotonic() + 120
            while "CreateContainerConfigError" not in reasons(kubectl):
                assert time.monotonic() < until, "no pod waits for its Secret"
                time.sleep(0.2)
            time.sleep(8)
            kubectl("-n", ENV, "create", "secret", "generic", "late", "--from-literal=A=b")

        try:
            with beside(make_late):
                result = call("deploy", "--env", ENV, "--image", good, cwd=checkout)
        finally:
            kubectl("-n", ENV, "delete", "secret", "late", "--ignore-not-found")
        came_right(result, "a Secret 8 s after the pod")
        assert "waits, at most 30s as a ConfigMap or a Secret may come" in plain(result.stderr)

    def test_that_falls_after_it_was_ready(self, call: Call, good: str, folder: Path) -> None:
        """A release is good when its pods stay ready, and not when they are for a moment."""
        image = broken.image_that_runs(broken.CRASHES_WHILE_IT_SERVES, good, folder)
        result = call("deploy", "--env", ENV, "--image", image, "--settle", "15s")
        failed_and_restored(result, good, "after it was ready", 40, "out of connections")


class TestCustomResource:
    @pytest.fixture
    def kind(
        self, call: Call, good: str, kubectl: Kubectl, checkout: Path, tmp_path: Path
    ) -> Iterator[None]:
        """A kind of its own is served, whose controller makes gadgets of at most 3 parts in 4 s."""
        (tmp_path / "kind.json").write_text(json.dumps(broken.GADGETS))
        kubectl("apply", "--server-side", "-f", str(tmp_path / "kind.json"))
        kubectl("wait", "--for=condition=Established", "crd/gadgets.e2e.example.com")
        over = threading.Event()

        def say(found: Any, *conditions: Any) -> None:
            seen = {"observedGeneration": found["metadata"]["generation"]}
            patch = json.dumps({"status": {**seen, "conditions": conditions}})
            name = (found["metadata"]["name"], "--subresource=status")
            kubectl("-n", ENV, "patch", "gadget", *name, "--type=merge", "-p", patch)

        def control() -> None:
            while not over.wait(0.5):
                for found in kubectl("-n", ENV, "get", "gadgets.e2e.example.com")["items"]:
                    if is_new(found):
                        say(found, {"type": "Reconciling", "status": "True", "message": "at work"})
                        over.wait(4)
                        say(found, verdict(found))

        try:
            with beside(control):
                yield
                over.set()
        finally:
            over.set()
            back = call("deploy", "--env", ENV, "--image", good)
            kubectl("delete", "crd", "gadgets.e2e.example.com")
            assert back.code == 0, back.error

    def test_is_waited_for_and_put_back(
        self, call: Call, good: str, checkout: Path, kubectl: Kubectl, kind: None
    ) -> None:
        """By what its controller says: Ready is a good release, Stalled fails within seconds."""
        deploy = ("deploy", "--env", ENV, "--image", good)
        broken.add_resource(checkout, ENV, broken.gadget(parts=3))
        fine = call(*deploy, cwd=checkout)
        came_right(fine, "a custom resource that becomes Ready after 4 s")
        assert report_of()["seconds"]["rollout"] + report_of()["seconds"]["verify"] > 3

        more = checkout / "manifests" / "overlays" / ENV / "more.yaml"
        more.write_text(json.dumps(broken.gadget(parts=4)))
        result = call(*deploy, cwd=checkout)
        failed_and_restored(result, good, "TooManyParts: 4 parts do not fit", 15)
        [there] = kubectl("-n", ENV, "get", "gadgets.e2e.example.com")["items"]
        assert there["spec"]["parts"] == 3
        assert there["status"]["conditions"] == [verdict(there)]


def is_new(found: Any) -> bool:
    """Whether its controller has not seen it as it is asked for now."""
    seen = found.get("status", {}).get("observedGeneration")
    return bool(seen != found["metadata"]["generation"])


def verdict(found: Any) -> Any:
    """What a controller says of a gadget in the end."""
    parts = found["spec"]["parts"]
    if parts <= 3:
        return {"type": "Ready", "status": "True", "reason": "Made", "message": "it is made"}
    told = {"reason": "TooManyParts", "message": f"{parts} parts do not fit"}
    return {"type": "Stalled", "status": "True", **told}


class TestOtherResources:
    def test_job_that_fails(self, call: Call, good: str, checkout: Path) -> None:
        """The release fails with it, with what it wrote."""
        broken.add_resource(checkout, ENV, broken.FAILED_JOB)
        result = call("deploy", "--env", ENV, "--image", good, cwd=checkout)
        failed_and_restored(result, good, "BackoffLimitExceeded", 25, "no such table")

    @pytest.mark.soak
    def test_stateful_set_whose_image_does_not_exist(
        self, call: Call, good: str, checkout: Path
    ) -> None:
        """The release fails with it, within seconds."""
        broken.add_resource(checkout, ENV, broken.STATEFUL_SET_WITHOUT_IMAGE)
        result = call("deploy", "--env", ENV, "--image", good, cwd=checkout)
        failed_and_restored(result, good, "ErrImagePull", 20)


def reasons(kubectl: Kubectl) -> set[str]:
    """What the environment's containers wait for."""
    pods = kubectl("-n", ENV, "get", "pods", "-l", f"app={NAME}")["items"]
    return {
        container.get("state", {}).get("waiting", {}).get("reason", "")
        for pod in pods
        for container in pod["status"].get("containerStatuses", ())
    }
