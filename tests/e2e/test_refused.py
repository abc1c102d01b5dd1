"""Releases that are refused or taken back in part: what blocks none of those that come after."""

import base64
import json
import random
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from local.host.paths import REGISTRY
from local.tools.catalogue import ORAS
from tests.e2e import broken
from tests.e2e.conftest import Result, run
from tests.e2e.releases import APP, ENV, report_of, serves
from tests.e2e.repeated import repeated
from tests.project import NAME

pytestmark = pytest.mark.e2e

Call = Callable[..., Result]
Kubectl = Callable[..., Any]
Object = dict[str, Any]

BRANCH = "e2e-held"
FINALIZER = "e2e.example.com/hold"


def settings(name: str, **more: Any) -> Object:
    """A ConfigMap."""
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, **more}


def a_step(says: str) -> Object:
    """A Job that runs the service's image, and so is another one with each image."""
    container = {
        "name": "step",
        "image": NAME,
        "command": ["python", "-c", f"print('{says}')"],
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }
    pod = {
        "restartPolicy": "Never",
        "automountServiceAccountToken": False,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 10001,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
    }
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "step"},
        "spec": {"template": {"spec": {**pod, "containers": [container]}}},
    }


WIDGET = {"apiVersion": "e2e.example.com/v1", "kind": "Widget", "metadata": {"name": "w"}}
CLUSTER_ROLE = {
    "apiVersion": "rbac.authorization.k8s.io/v1",
    "kind": "ClusterRole",
    "metadata": {"name": "e2e"},
    "rules": [],
}


@pytest.fixture
def overlay(checkout: Path) -> Callable[..., Path]:
    """The checkout with these resources in the overlay, and no others but its own."""
    folder = checkout / "manifests" / "overlays" / ENV
    file = folder / "kustomization.yaml"
    before = file.read_text()

    def with_these(*resources: Object, settings_of_pods: str = "") -> Path:
        file.write_text(before)
        broken.add_resource(
            checkout, ENV, {"apiVersion": "v1", "kind": "List", "items": list(resources)}
        )
        if settings_of_pods:
            reference = [{"configMapRef": {"name": settings_of_pods}}]
            broken.patch_deployment(
                checkout, ENV, broken.add(f"{broken.CONTAINER}/envFrom", reference)
            )
        return checkout

    return with_these


def deployed(call: Call, image: str, checkout: Path | None = None) -> Result:
    """A deploy that works, of the repository or of a checkout."""
    where = {"cwd": checkout} if checkout else {}
    result = call("deploy", "--env", ENV, "--image", image, **where)
    assert result.code == 0, result.error
    return result


def refused(result: Result, *words: str) -> None:
    """It failed with a sentence that has these words, is short, and says that nothing changed."""
    assert result.code != 0, result.stdout
    assert not [word for word in (*words, "othing was changed") if word not in result.error]
    assert len(result.error) < 800, result.error
    assert "Traceback" not in result.printed


def names(kubectl: Kubectl, kind: str) -> dict[str, str]:
    """The environment's resources of a kind, each with its UID."""
    found = kubectl("-n", ENV, "get", kind)["items"]
    return {each["metadata"]["name"]: each["metadata"]["uid"] for each in found}


def releases(kubectl: Kubectl) -> dict[str, str]:
    """The releases on record, each with its state."""
    found = kubectl("-n", ENV, "get", "secrets", "-l", "ci/release")["items"]
    return {each["metadata"]["name"]: each["metadata"]["labels"]["ci/release"] for each in found}


def now() -> str:
    """The time as a Lease has it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class TestRefusedRelease:
    @pytest.mark.soak
    def test_blocks_nothing(
        self, call: Call, good: str, overlay: Callable[..., Path], kubectl: Kubectl
    ) -> None:
        """What it had is neither asked for nor pruned, and it takes no place to go back to."""
        before = releases(kubectl)
        for _ in range(2):
            result = call("deploy", "--env", ENV, "--image", good, cwd=overlay(WIDGET))
            refused(result, f"Widget {ENV}-w", "it serves no Widget")
        assert "Widget" in report_of()["reason"]
        good_ones = {name for name, state in before.items() if state == "deployed"}
        assert good_ones <= set(releases(kubectl))
        assert "Widget" not in deployed(call, good).stdout
        planned = call("plan", "--env", ENV)
        assert planned.code == 0, planned.error

    def test_kept_like_a_failure_as_it_once_was(
        self, call: Call, good: str, kubectl: Kubectl, tmp_path: Path
    ) -> None:
        """A namespace that has such a record is released to all the same."""
        newest = max(int(name.rpartition(".v")[2]) for name in releases(kubectl))
        report = {"environment": ENV, "image": good, "revision": "abc", "checks": []}
        report |= {"verdict": "failed", "reason": "No such kind; nothing was changed."}
        widget = WIDGET | {"metadata": {"name": f"{ENV}-w", "namespace": ENV}}
        labels = {"app.kubernetes.io/instance": APP, "ci/release": "failed"}
        secret = {
            "apiVersion": "v1",
            "kind": "Secret",
            "type": "ci/release.v1",
            "metadata": {"name": f"{APP}.v{newest + 1}", "namespace": ENV, "labels": labels},
            "stringData": {
                "report.json": json.dumps(report),
                "manifest.yaml": yaml.safe_dump(widget),
            },
        }
        file = tmp_path / "secret.yaml"
        file.write_text(yaml.safe_dump(secret))
        kubectl("create", "-f", str(file))
        assert "Widget" not in deployed(call, good).stdout

    def test_is_refused_by_plan_as_well(
        self, call: Call, good: str, overlay: Callable[..., Path]
    ) -> None:
        """In the same words, and by a deploy while it still lints and builds."""
        checkout = overlay(CLUSTER_ROLE)
        for verb in ("plan", "deploy"):
            refused(call(verb, "--env", ENV, cwd=checkout), "ClusterRole", "is in no namespace")
        serves(good)

    @pytest.mark.soak
    def test_is_too_large_to_keep(
        self, call: Call, good: str, overlay: Callable[..., Path], kubectl: Kubectl
    ) -> None:
        """More than a Secret takes is kept compressed; where that is too much, sizes are said."""
        noise = base64.b64encode(random.Random(0).randbytes(600_000)).decode()
        large = [settings(name, data={"a": noise}) for name in ("large-a", "large-b")]
        checkout = overlay(*large)
        refused(call("plan", "--env", ENV, cwd=checkout), f"ConfigMap {ENV}-large-a (781 KiB)")
        small = [settings(name, data={"a": "a" * 700_000}) for name in ("large-a", "large-b")]
        deployed(call, good, overlay(*small))
        assert f"{ENV}-large-a" in names(kubectl, "configmaps")
        deployed(call, good)
        assert f"{ENV}-large-a" not in names(kubectl, "configmaps")


@pytest.mark.soak
class TestSettingsOfRunningPods:
    def test_are_kept_until_their_successors_are_verified(
        self,
        call: Call,
        good: str,
        overlay: Callable[..., Path],
        folder: Path,
        kubectl: Kubectl,
    ) -> None:
        """A release that fails never takes them away, and one that works does in the end."""
        one, other = (settings(name, data={"A": "1"}) for name in ("settings-1", "settings-2"))
        deployed(call, good, overlay(one, settings_of_pods="settings-1"))
        before = names(kubectl, "configmaps")[f"{ENV}-settings-1"]
        image = broken.image_that_runs(broken.EXITS_AT_ONCE, good, folder)
        checkout = overlay(other, settings_of_pods="settings-2")
        failed = call("deploy", "--env", ENV, "--image", image, cwd=checkout)
        assert "The last good one is back and verified" in failed.error, failed.error
        after = names(kubectl, "configmaps")
        assert after[f"{ENV}-settings-1"] == before
        assert f"{ENV}-settings-2" not in after
        deployed(call, good, checkout)
        assert f"{ENV}-settings-1" not in names(kubectl, "configmaps")


class TestResourceThatCannotBeChanged:
    @pytest.mark.soak
    def test_job_is_made_anew(
        self,
        call: Call,
        good: str,
        overlay: Callable[..., Path],
        folder: Path,
        kubectl: Kubectl,
    ) -> None:
        """By a deploy, and by the restore after one that fails."""

        def command() -> str:
            job = kubectl("-n", ENV, "get", "job", f"{ENV}-step")
            return str(job["spec"]["template"]["spec"]["containers"][0]["command"][-1])

        deployed(call, good, overlay(a_step("one")))
        changed = overlay(a_step("two"))
        planned = call("plan", "--env", ENV, "--image", good, cwd=changed)
        assert f"anew    Job {ENV}-step" in planned.stdout, planned.printed
        assert f"Job {ENV}-step was made anew" in deployed(call, good, changed).stdout
        assert "two" in command()
        image = broken.image_that_runs(broken.EXITS_AT_ONCE, good, folder)
        failed = call("deploy", "--env", ENV, "--image", image, cwd=overlay(a_step("three")))
        assert "The last good one is back and verified" in failed.error, failed.error
        assert "two" in command()
        serves(good)
        deployed(call, good)
        assert f"{ENV}-step" not in names(kubectl, "jobs")

    @pytest.mark.soak
    def test_that_a_restore_cannot_put_back_is_named(
        self,
        call: Call,
        good: str,
        overlay: Callable[..., Path],
        folder: Path,
        kubectl: Kubectl,
    ) -> None:
        """All the rest is back and serves."""
        deployed(call, good, overlay(settings("fixed", data={"A": "1"})))
        image = broken.image_that_runs(broken.EXITS_AT_ONCE, good, folder)
        checkout = overlay(settings("fixed", data={"A": "2"}, immutable=True))
        failed = call("deploy", "--env", ENV, "--image", image, cwd=checkout)
        told = f"but for what could not be put back: ConfigMap {ENV}-fixed: "
        assert told in failed.error, failed.error
        assert "immutable" in failed.error
        assert len(failed.error) < 1500
        serves(good)
        deployed(call, good)
        assert f"{ENV}-fixed" not in names(kubectl, "configmaps")


@pytest.mark.soak
class TestResourceThatWaitsForAFinalizer:
    def test_is_told_of_and_not_forgotten(
        self, call: Call, good: str, overlay: Callable[..., Path], kubectl: Kubectl
    ) -> None:
        """Until it is gone no release may have it again: it would lose it."""
        checkout, name = overlay(settings("held")), f"{ENV}-held"
        deployed(call, good, checkout)

        def finalizers(*wanted: str) -> None:
            change = json.dumps({"metadata": {"finalizers": list(wanted) or None}})
            kubectl("-n", ENV, "patch", "configmap", name, "--type=merge", f"--patch={change}")

        finalizers(FINALIZER)
        try:
            waits = f"ConfigMap {name} is being deleted, and waits for its finalizer {FINALIZER}"
            for _ in range(2):
                assert waits in deployed(call, good).stdout
            again = call("deploy", "--env", ENV, "--image", good, cwd=checkout)
            refused(again, f"ConfigMap {name}: it is being deleted", FINALIZER)
        finally:
            finalizers()
        deployed(call, good, checkout)
        assert name in names(kubectl, "configmaps")
        assert "Prune" not in deployed(call, good).stdout
        assert name not in names(kubectl, "configmaps")


@pytest.mark.soak
class TestLeaseThatSomebodyHolds:
    def test_keeps_the_branchs_tag_where_it_is(
        self, call: Call, good: str, checkout: Path, kubectl: Kubectl
    ) -> None:
        """A deploy that may not release builds and moves nothing; the next one moves the tag."""

        def named() -> str:
            reference = f"{REGISTRY}/{NAME}:{BRANCH}"
            found = run(ORAS.program("oras"), "resolve", "--plain-http", reference)
            assert found.code == 0, found.printed
            return found.stdout.strip()

        def hold(holder: str | None = "e2e by a test") -> None:
            spec = {"holderIdentity": holder, "renewTime": now(), "leaseDurationSeconds": 10}
            change = json.dumps({"spec": spec if holder else {"holderIdentity": None}})
            kubectl("-n", ENV, "patch", "lease", APP, "--type=merge", f"--patch={change}")

        mine = ("--env", ENV, "--branch", BRANCH)
        published = call("publish", "--branch", BRANCH, cwd=checkout)
        assert published.code == 0, published.error
        before = named()
        main = checkout / "service" / "app" / "main.py"
        main.write_text(f"{main.read_text()}# Held at {now()}\n")
        with repeated(hold, seconds=0.5):
            held = call("deploy", *mine, cwd=checkout)
        hold(None)
        refused(held, f"{ENV} is being released to: e2e by a test")
        assert named() == before
        free = call("deploy", *mine, cwd=checkout)
        assert free.code == 0, free.error
        assert named() != before
        assert named() in free.stdout
