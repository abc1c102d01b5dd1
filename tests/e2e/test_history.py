"""What is done with releases that are on record: planned against, pruned, promoted, rolled back."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.e2e import broken
from tests.e2e.conftest import Result
from tests.e2e.releases import APP, ENV, report_of
from tests.project import NAME

pytestmark = pytest.mark.e2e

Call = Callable[..., Result]
Kubectl = Callable[..., Any]


class TestPlan:
    def test_changes_nothing(self, call: Call, good: str, checkout: Path, kubectl: Kubectl) -> None:
        """It names the field that would change, and every resource stays as it is."""
        kinds = "deployments,services,serviceaccounts,poddisruptionbudgets,httproutes"
        kinds += ",networkpolicies"

        def asked_for() -> dict[str, Any]:
            """All but what controllers say of it, as pods of the release before may still end."""
            found = kubectl("-n", ENV, "get", kinds)["items"]
            names = ("labels", "annotations", "generation")
            return {
                each["metadata"]["uid"]: [each.get("spec"), *map(each["metadata"].get, names)]
                for each in found
            }

        broken.patch_deployment(checkout, ENV, broken.add("revisionHistoryLimit", 7))
        before = asked_for()
        planned = call("plan", "--env", ENV, "--image", good, cwd=checkout)
        assert planned.code == 0, planned.error
        assert "spec.revisionHistoryLimit: 10 -> 7" in planned.stdout
        assert "1 of 7 resources would change" in planned.stdout
        assert asked_for() == before


class TestPlanThatIsSaved:
    def test_is_deployed_exactly_or_not_at_all(
        self, call: Call, good: str, kubectl: Kubectl, tmp_path: Path
    ) -> None:
        """What somebody changed since is named, and nothing is done."""
        file = tmp_path / "plan.json"
        saved = call("plan-saved", "--env", ENV, "--image", good, "export", "--path", str(file))
        assert saved.code == 0, saved.error
        assert json.loads(file.read_text())["image"] == good

        patch = ("-n", ENV, "patch", "deployment", APP, "--type=merge", "-p")
        kubectl(*patch, '{"spec": {"revisionHistoryLimit": 7}}')
        try:
            refused = call("deploy", "--plan", str(file))
        finally:
            kubectl(*patch, '{"spec": {"revisionHistoryLimit": 10}}')
        assert refused.code != 0
        told = f"{ENV} is not as it was when this was planned: Deployment {APP} has changed"
        assert told in refused.error, refused.error

        deployed = call("deploy", "--plan", str(file))
        assert deployed.code == 0, deployed.error
        assert good in deployed.stdout


class TestResourceThatLeavesTheOverlay:
    def test_is_pruned_and_nothing_else_is(
        self, call: Call, good: str, checkout: Path, kubectl: Kubectl
    ) -> None:
        """What we applied goes; what somebody else made stays."""
        for name in ("theirs", "ours"):
            kubectl("-n", ENV, "delete", "serviceaccount", name, "--ignore-not-found")
        kubectl("-n", ENV, "create", "serviceaccount", "theirs")
        ours = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "ours"}}
        broken.add_resource(checkout, ENV, ours)
        first = call("deploy", "--env", ENV, "--image", good, cwd=checkout)
        assert first.code == 0, first.error
        planned = call("plan", "--env", ENV)
        assert f"delete  ServiceAccount {ENV}-ours" in planned.stdout, planned.printed
        second = call("deploy", "--env", ENV, "--image", good)
        assert second.code == 0, second.error
        names = {
            each["metadata"]["name"]
            for each in kubectl("-n", ENV, "get", "serviceaccounts")["items"]
        }
        assert f"{ENV}-ours" not in names
        assert {"theirs", APP} <= names
        kubectl("-n", ENV, "delete", "serviceaccount", "theirs")


class TestRollback:
    def test_brings_back_the_whole_release_before(
        self, call: Call, good: str, checkout: Path, kubectl: Kubectl
    ) -> None:
        """Also what is not of the pod template is as it was."""
        broken.patch_deployment(checkout, ENV, broken.add("revisionHistoryLimit", 7))
        changed = call("deploy", "--env", ENV, "--image", good, cwd=checkout)
        assert changed.code == 0, changed.error
        back = call("rollback", "--env", ENV)
        assert back.code == 0, back.error
        assert "rolled back to release" in back.stdout
        assert kubectl("-n", ENV, "get", "deployment", APP)["spec"]["revisionHistoryLimit"] == 10

    @pytest.mark.soak
    def test_to_a_release_that_is_broken_as_well(
        self, call: Call, good: str, checkout: Path, folder: Path, kubectl: Kubectl
    ) -> None:
        """Both failures are said."""
        settings = ("-n", ENV, "create", "configmap", "e2e-settings", "--from-literal=A=1")
        kubectl("-n", ENV, "delete", "configmap", "e2e-settings", "--ignore-not-found")
        kubectl(*settings)
        reference = [{"configMapRef": {"name": "e2e-settings"}}]
        broken.patch_deployment(checkout, ENV, broken.add(f"{broken.CONTAINER}/envFrom", reference))
        fine = call("deploy", "--env", ENV, "--image", good, cwd=checkout)
        assert fine.code == 0, fine.error
        kubectl("-n", ENV, "delete", "configmap", "e2e-settings")
        kubectl("-n", ENV, "delete", "pods", "-l", f"app={NAME}", "--force", "--grace-period=0")
        image = broken.image_that_runs(broken.EXITS_AT_ONCE, good, folder)
        result = call("deploy", "--env", ENV, "--image", image)
        assert result.code != 0
        assert "CrashLoopBackOff" in result.error
        assert "Nor could release" in result.error
        assert "CreateContainerConfigError" in result.error
        assert "Nor could release" in report_of()["restored"]


class TestDora:
    @pytest.mark.soak
    def test_counts_what_the_environment_keeps_no_longer(
        self, call: Call, good: str, kubectl: Kubectl
    ) -> None:
        """The registry has it, and when a commit was made is known of the release's image."""
        assert call("deploy", "--env", ENV, "--image", good).code == 0
        asked = ("dora", "--env", ENV, "--format", "json")
        before = call(*asked)
        assert before.code == 0, before.error
        kept = kubectl("-n", ENV, "get", "secrets", "-l", "ci/release=deployed")["items"]
        oldest = min(kept, key=lambda each: str(each["metadata"]["creationTimestamp"]))
        kubectl("-n", ENV, "delete", "secret", oldest["metadata"]["name"])
        figures, now = json.loads(before.stdout), json.loads(call(*asked).stdout)
        assert figures["notes"] == now["notes"]
        assert (now["deploys"], now["failed_of"]) == (figures["deploys"], figures["failed_of"])


class TestPromotion:
    @pytest.mark.soak
    def test_refuses_what_was_not_verified(self, call: Call, good: str, folder: Path) -> None:
        """An environment whose newest release failed has nothing to give."""
        image = broken.image_that_runs(broken.EXITS_AT_ONCE, good, folder)
        assert call("deploy", "--env", ENV, "--image", image).code != 0
        refused = call("promote", "--from-env", ENV, "--to-env", "prod", "--force", "a trial")
        assert refused.code != 0
        assert f"{ENV} has nothing to promote" in refused.error

    def test_to_prod_is_by_way_of_stage_or_with_a_reason(
        self, call: Call, good: str, folder: Path
    ) -> None:
        """Prod takes what stage does not run by force only, and the reason is reported."""
        image = broken.image_that_runs(broken.EXITS_ONCE, good, folder)
        assert call("deploy", "--env", ENV, "--image", image).code == 0
        promote = ("promote", "--from-env", ENV, "--to-env", "prod")
        refused = call(*promote)
        assert refused.code != 0
        assert "prod only takes what stage runs" in refused.error
        forced = call(*promote, "--force", "stage is being rebuilt")
        assert forced.code == 0, forced.error
        assert image in forced.stdout
        reported = call("report", "--env", "prod")
        assert "forced: stage is being rebuilt" in reported.stdout
