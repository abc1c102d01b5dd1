"""The check of all manifests, as the pipeline runs it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e import broken
from tests.e2e.conftest import Result

pytestmark = pytest.mark.e2e

Call = Callable[..., Result]


class TestManifests:
    def test_that_are_well(self, call: Call) -> None:
        """Overlays and platform give no finding."""
        checked = call("manifests")
        assert checked.code == 0, checked.error
        assert "kube-score and promtool found nothing" in checked.stdout

    def test_that_are_fragile(self, call: Call, checkout: Path) -> None:
        """A container without a limit is named, and so is a rule that its test refutes."""
        broken.patch_deployment(
            checkout, "prod", {"op": "remove", "path": f"/spec/{broken.CONTAINER}/resources"}
        )
        rules = checkout / "manifests/platform/monitoring/base/rules/alerts.yml"
        rules.write_text(rules.read_text().replace("> 0.05", "> 0.5"))
        refused = call("manifests", cwd=checkout)
        assert refused.code != 0
        assert "kube-score and promtool found something" in refused.error
        assert "prod-fastapi/prod apps/v1/Deployment" in refused.error
        assert "ErrorRatioHigh" in refused.error
