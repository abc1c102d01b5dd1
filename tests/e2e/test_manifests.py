"""The check of all manifests, as the pipeline runs it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from local.cluster import schemas
from tests.e2e import broken
from tests.e2e.conftest import Result
from tests.project import NAME

pytestmark = pytest.mark.e2e

Call = Callable[..., Result]


class TestManifests:
    def test_that_are_well(self, call: Call) -> None:
        """Overlays and platform give no finding."""
        checked = call("manifests")
        assert checked.code == 0, checked.error
        assert "kubeconform, kube-score, Trivy and promtool found nothing" in checked.stdout

    def test_with_a_field_that_is_misspelt(self, call: Call, checkout: Path) -> None:
        """It is named: one of Kubernetes' own kinds, and one of a resource definition."""
        broken.patch_deployment(checkout, "prod", broken.add("progresDeadlineSeconds", 60))
        misspelt = [{"op": "add", "path": "/spec/hostnams", "value": ["a.b"]}]
        broken.patch(checkout, "dev", "HTTPRoute", misspelt)
        refused = call("manifests", cwd=checkout)
        assert refused.code != 0
        assert "kubeconform found something" in refused.error
        assert "additional properties 'progresDeadlineSeconds' not allowed" in refused.error
        assert "additional properties 'hostnams' not allowed" in refused.error

    def test_of_a_kind_without_a_schema(self, call: Call, checkout: Path) -> None:
        """It is not passed over, and one is told how to write the schema."""
        kind = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "another"}}
        broken.add_resource(checkout, "stage", kind)
        refused = call("manifests", cwd=checkout)
        assert refused.code != 0
        assert "could not find schema for Job" in refused.error
        assert "`make schemas`" in refused.error

    def test_that_are_fragile(self, call: Call, checkout: Path) -> None:
        """A container without a limit is named, and so is a rule that its test refutes."""
        broken.patch_deployment(
            checkout, "prod", {"op": "remove", "path": f"/spec/{broken.CONTAINER}/resources"}
        )
        rules = checkout / "manifests/platform/monitoring/base/rules/alerts.yml"
        rules.write_text(rules.read_text().replace("> 0.05", "> 0.5"))
        refused = call("manifests", cwd=checkout)
        assert refused.code != 0
        assert "Trivy and kube-score and promtool found something" in refused.error
        assert "KSV-0011  manifests/overlays/prod/kustomization.yaml" in refused.error
        assert f"prod-{NAME}/prod apps/v1/Deployment" in refused.error
        assert "ErrorRatioHigh" in refused.error


@pytest.mark.usefixtures("stack")
def test_schemas_that_are_committed() -> None:
    """They are what the API server says of every kind that is rendered, and of no other."""
    written = {file.name: file.read_text() for file in schemas.SCHEMAS.iterdir()}
    found = schemas.schemas()
    assert written == {schemas.file_name(kind): schemas.text(found[kind]) for kind in found}
