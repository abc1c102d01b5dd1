"""The credentials that CI gets for one environment."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local.host.paths import KUBECONFIG, REPOSITORY
from local.tools.catalogue import KUBERNETES
from tests.e2e.conftest import Result, run
from tests.e2e.load import load_on
from tests.e2e.releases import ENV
from tests.project import NAME

pytestmark = pytest.mark.e2e

Call = Callable[..., Result]
Kubectl = Callable[..., Any]
ACCESS = REPOSITORY / "manifests" / "platform" / "ci-access"
KUBECTL = KUBERNETES.program("kubectl")
AS_ADMINISTRATOR = {
    "KUBECONFIG": str(KUBECONFIG),
    "PATH": f"{KUBECTL.parent}:{os.environ['PATH']}",
}


class TestCredentialsOfOneEnvironment:
    @pytest.fixture
    def credentials(self, kubectl: Kubectl, tmp_path: Path) -> Path:
        """A kubeconfig for CI, made as the documentation says."""
        kubectl("apply", "--server-side", "-k", str(ACCESS))
        made = run(ACCESS / "kubeconfig.sh", ENV, env=AS_ADMINISTRATOR)
        assert made.code == 0, made.printed
        file = tmp_path / "kubeconfig"
        file.touch(mode=0o600)
        file.write_text(made.stdout)
        return file

    def test_release_to_it(self, call: Call, published: str, credentials: Path) -> None:
        """Every verb works with them."""
        mine = ("--env", ENV, "--kubeconfig", f"file:{credentials}")
        for verb in (
            ("deploy", "--image", published),
            ("plan",),
            ("verify",),
            ("status",),
            ("report",),
        ):
            result = call(*verb, *mine)
            assert result.code == 0, result.error
            assert "unknown" not in result.stdout
            assert "NODE" not in result.stdout  # They may not see them, and nothing is said.

    @pytest.mark.soak
    def test_canary(self, call: Call, good: str, credentials: Path) -> None:
        """They show what the gateway counts of it."""
        mine = ("--env", ENV, "--kubeconfig", f"file:{credentials}")
        brief = ("--canary", "10%", "--watch", "1s", "--timeout", "30s")
        with load_on(f"{ENV}.{NAME}.local", 16, 0.1):
            result = call("deploy", "--image", good, *mine, *brief)
        assert result.code == 0, result.error
        assert "Canary: good with 10% for 1s" in result.stdout

    def test_without_an_address_of_the_gateway(
        self, call: Call, good: str, credentials: Path
    ) -> None:
        """They do not see it, and nothing resolves its name here: that is said first of all."""
        mine = ("--env", ENV, "--kubeconfig", f"file:{credentials}")
        refused = call("deploy", "--image", good, "--gateway", "", *mine)
        assert refused.code != 0
        assert f"the name {ENV}.{NAME}.local is not known" in refused.error
        assert "say where the gateway is with --gateway. Nothing was changed." in refused.error
        assert refused.seconds < 20

    def test_reach_no_other(self, call: Call, published: str, credentials: Path) -> None:
        """Neither the pipeline nor kubectl can read or change prod with them."""
        elsewhere = ("--env", "prod", "--kubeconfig", f"file:{credentials}")
        forced = ("deploy", "--image", published, "--force", "a trial")
        for verb in (forced, ("rollback",), ("report",), ("verify",)):
            assert call(*verb, *elsewhere).code != 0
        for may in ("get secrets", "patch deployments", "create pods", "list pods"):
            asked = ("auth", "can-i", *may.split(), "--namespace", "prod")
            answer = run(KUBECTL, "--kubeconfig", credentials, *asked)
            assert answer.stdout.strip() == "no", may
