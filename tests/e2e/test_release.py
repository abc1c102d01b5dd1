"""Releases that go wrong, and those that only seem to: what the environment serves in the end."""

import re
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from local.tools.catalogue import DAGGER
from tests.e2e import broken
from tests.e2e.conftest import Result
from tests.e2e.releases import (
    APP,
    ENV,
    begun,
    failed_and_restored,
    pending,
    report_of,
    serves,
)
from tests.project import NAME

pytestmark = pytest.mark.e2e

Call = Callable[..., Result]
Kubectl = Callable[..., Any]


@pytest.fixture
def quota(kubectl: Kubectl) -> Iterator[Callable[[], None]]:
    """Lets the environment have no more pods than it has, once called."""

    def allow_no_more() -> None:
        kubectl("-n", ENV, "create", "quota", "tight", "--hard=pods=1")

    yield allow_no_more
    kubectl("-n", ENV, "delete", "quota", "tight", "--ignore-not-found")


class TestImage:
    @pytest.mark.parametrize(
        ("program", "reason", "within"),
        [
            (broken.EXITS_AT_ONCE, "CrashLoopBackOff", 20),
            pytest.param(broken.CRASHES_AFTER_5_S, "CrashLoopBackOff", 30, marks=pytest.mark.soak),
            pytest.param(broken.NEEDS_MEMORY, "OOMKilled", 30, marks=pytest.mark.soak),
        ],
        ids=["exits at once", "crashes after 5 s", "needs more memory than its limit"],
    )
    def test_that_does_not_stay_up(
        self, call: Call, good: str, folder: Path, program: str, reason: str, within: float
    ) -> None:
        """It is told of at its second exit, with what it wrote, and replaced."""
        image = broken.image_that_runs(program, good, folder)
        result = call("deploy", "--env", ENV, "--image", image)
        evidence = "Log of pod" if reason == "CrashLoopBackOff" else ""
        failed_and_restored(result, good, reason, within, evidence)

    @pytest.mark.soak
    def test_that_does_not_stay_up_where_there_are_two(
        self, call: Call, published: str, folder: Path
    ) -> None:
        """Two replicas are back as soon."""
        assert call("deploy", "--env", "stage", "--image", published).code == 0
        image = broken.image_that_runs(broken.EXITS_AT_ONCE, published, folder)
        result = call("deploy", "--env", "stage", "--image", image)
        failed_and_restored(result, published, "CrashLoopBackOff", 20, env="stage")

    @pytest.mark.soak
    def test_that_answers_for_another_commit(self, call: Call, good: str, folder: Path) -> None:
        """Healthy pods are not enough: the service must be of the commit that was deployed."""
        image = broken.image_that_tells_another_commit(good, folder)
        result = call("deploy", "--env", ENV, "--image", image)
        failed_and_restored(result, good, "answers for commit another", 40)

    def test_that_is_not_in_the_registry(self, call: Call, good: str) -> None:
        """It is refused before anything begins."""
        missing = f"{good.partition('@')[0]}@sha256:{'0' * 64}"
        result = call("deploy", "--env", ENV, "--image", missing)
        assert result.code != 0
        assert missing in result.error
        serves(good)

    @pytest.mark.soak
    def test_that_exits_once(self, call: Call, good: str, folder: Path) -> None:
        """One restart is no failure, and is told."""
        image = broken.image_that_runs(broken.EXITS_ONCE, good, folder)
        result = call("deploy", "--env", ENV, "--image", image)
        assert result.code == 0, result.error
        for told in (result, call("verify", "--env", ENV), call("status", "--env", ENV)):
            assert "restarts: 1" in told.stdout, told.printed


class TestOverlay:
    @pytest.mark.parametrize(
        ("operations", "reason", "within"),
        [
            (broken.SIDECAR_WITHOUT_IMAGE, "ErrImagePull", 20),
            pytest.param(
                *(broken.WRONG_REFERENCE, "CreateContainerConfigError", 40),
                marks=pytest.mark.soak,
            ),
            pytest.param(
                *(broken.NEVER_READY, "ProgressDeadlineExceeded", 15), marks=pytest.mark.soak
            ),
        ],
        ids=["sidecar that cannot be pulled", "wrong reference", "readiness that never comes"],
    )
    def test_that_cannot_become_ready(
        self,
        call: Call,
        good: str,
        checkout: Path,
        operations: tuple[broken.Patch, ...],
        reason: str,
        within: float,
    ) -> None:
        """It is told of at once, or when what may come did not, and the one before is back."""
        broken.patch_deployment(checkout, ENV, *operations)
        result = call("deploy", "--env", ENV, "--image", good, cwd=checkout)
        failed_and_restored(result, good, reason, within)

    def test_that_the_quota_does_not_allow(
        self, call: Call, good: str, folder: Path, quota: Callable[[], None]
    ) -> None:
        """A pod that may not be made is told of within seconds."""
        image = broken.image_that_tells_another_commit(good, folder)
        quota()
        result = call("deploy", "--env", ENV, "--image", image)
        failed_and_restored(result, good, "exceeded quota", 10)

    def test_that_the_cluster_refuses(self, call: Call, good: str, checkout: Path) -> None:
        """Nothing is changed, and that is said and reported."""
        broken.patch_deployment(checkout, ENV, *broken.REFUSED_BY_THE_CLUSTER)
        result = call("deploy", "--env", ENV, "--image", good, cwd=checkout)
        assert result.code != 0
        assert "nothing was changed" in result.error
        assert "containerPort" in report_of()["reason"] + report_of()["evidence"]
        serves(good)

    @pytest.mark.soak
    def test_whose_pod_waits_for_a_node(
        self, call: Call, good: str, checkout: Path, kubectl: Kubectl
    ) -> None:
        """Two seconds without a node are no failure."""
        label = "e2e/late"
        [*_, node] = [each["metadata"]["name"] for each in kubectl("get", "nodes")["items"]]
        selector = broken.add("template/spec/nodeSelector", {label: ENV})
        broken.patch_deployment(checkout, ENV, selector)

        def label_late() -> None:
            until = time.monotonic() + 120
            while not unschedulable(kubectl) and time.monotonic() < until:
                time.sleep(0.2)
            time.sleep(2)
            kubectl("label", "node", node, f"{label}={ENV}")

        late = threading.Thread(target=label_late)
        late.start()
        try:
            result = call("deploy", "--env", ENV, "--image", good, cwd=checkout)
        finally:
            late.join()
            kubectl("label", "node", node, f"{label}-")
        assert result.code == 0, result.error


class TestTwoDeploysAtOnce:
    def test_one_works_and_one_is_told_who_does(
        self, call: Call, good: str, folder: Path, kubectl: Kubectl
    ) -> None:
        """The second changes nothing and names the first."""
        slow = broken.image_that_runs(broken.STARTS_SLOWLY, good, folder)
        with ThreadPoolExecutor() as pool:
            first = pool.submit(call, "deploy", "--env", ENV, "--image", slow)
            begun(kubectl)
            second = call("deploy", "--env", ENV, "--image", good)
        assert first.result().code == 0, first.result().error
        assert second.code != 0
        assert re.search(r"deploy of commit \S+ by .* since \d{4}-", second.error), second.error
        assert "nothing was changed" in second.error
        serves(slow)


class TestCallThatIsKilled:
    @pytest.mark.soak
    def test_is_finished_by_the_next(
        self, call: Call, good: str, checkout: Path, kubectl: Kubectl
    ) -> None:
        """The Lease is taken over, the release closed, and what is asked for is deployed."""
        broken.patch_deployment(
            checkout, ENV, *broken.NEVER_READY, broken.add("progressDeadlineSeconds", 120)
        )
        deploy = ("deploy", "--env", ENV, "--image", good)
        killed = subprocess.Popen(
            [DAGGER.program("dagger"), "--progress=plain", "call", *deploy],
            cwd=checkout,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            begun(kubectl)
            time.sleep(3)
        finally:
            killed.kill()
            killed.wait()
        [left] = pending(kubectl)
        number = left["metadata"]["name"].rpartition(".v")[2]
        standing = call("status", "--env", ENV)
        assert re.search(rf"release {number} .* was interrupted", standing.stdout), standing.printed
        again = call(*deploy)
        assert again.code == 0, again.error
        assert f"Interrupted: release {number} (commit" in again.stdout
        told = call("report", "--env", ENV, "--revision", number)
        assert "It was interrupted" in told.stdout
        assert not pending(kubectl)


class TestFirstRelease:
    @pytest.mark.soak
    def test_that_fails_is_left_in_place(
        self, call: Call, good: str, folder: Path, kubectl: Kubectl
    ) -> None:
        """There is nothing to go back to, and that is said."""
        kubectl("-n", ENV, "delete", "secrets", "-l", "ci/release")
        kubectl("-n", ENV, "delete", "deployment", APP)
        image = broken.image_that_runs(broken.EXITS_AT_ONCE, good, folder)
        result = call("deploy", "--env", ENV, "--image", image)
        assert result.code != 0
        assert "this one is left in place" in result.error
        deployment = kubectl("-n", ENV, "get", "deployment", APP)
        assert deployment["spec"]["template"]["spec"]["containers"][0]["image"] == image
        again = call("deploy", "--env", ENV, "--image", good)
        assert again.code == 0, again.error


def unschedulable(kubectl: Kubectl) -> bool:
    """Whether a pod waits for a node."""
    pods = kubectl("-n", ENV, "get", "pods", "-l", f"app={NAME}")["items"]
    return any(
        condition.get("reason") == "Unschedulable"
        for pod in pods
        for condition in pod.get("status", {}).get("conditions", ())
    )
