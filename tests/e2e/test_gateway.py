"""The way in: from the node's port 80 through the gateway to the pods, and what verifies it."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local.paths import NODE_ADDRESS
from tests.e2e import broken
from tests.e2e.conftest import Result, local, run
from tests.e2e.releases import ENV, failed_and_restored

pytestmark = pytest.mark.e2e

Call = Callable[..., Result]
Kubectl = Callable[..., Any]


def get(host: str, path: str = "/") -> Any:
    """What the node's port 80 answers to a client outside of the cluster."""
    request = urllib.request.Request(f"http://{NODE_ADDRESS}{path}", headers={"Host": host})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=10) as answer:
        return json.loads(answer.read())


class TestEnvironmentThatWasDeployedTo:
    def test_answers_at_the_nodes_port_80_by_its_host_name(self, call: Call, good: str) -> None:
        """A client that knows node and host name is answered from the commit that was deployed."""
        assert get(f"{ENV}.fastapi.local")["status"] == "ok"
        head = run("git", "rev-parse", "HEAD").stdout.strip()
        assert get(f"{ENV}.fastapi.local", "/version")["revision"].startswith(head)

    def test_does_not_answer_by_another_name(self, good: str) -> None:
        """Host names tell the environments apart, and one that nobody has leads nowhere."""
        with pytest.raises(urllib.error.HTTPError) as refused:
            get("nobody.fastapi.local")
        with refused.value as answer:
            assert answer.code == 404

    @pytest.mark.parametrize("gateway", ["", NODE_ADDRESS, f"http://{NODE_ADDRESS}:80"])
    def test_is_verified_through_the_gateway(self, call: Call, good: str, gateway: str) -> None:
        """Its address is looked up where none is given."""
        verified = call("verify", "--env", ENV, "--gateway", gateway)
        assert verified.code == 0, verified.error
        assert f"the gateway at {NODE_ADDRESS} as {ENV}.fastapi.local" in verified.stdout

    def test_is_not_verified_where_the_gateway_does_not_answer(self, call: Call, good: str) -> None:
        """Pods that are ready are not enough: nobody reaches them."""
        refused = call("verify", "--env", ENV, "--gateway", f"{NODE_ADDRESS}:81")
        assert refused.code != 0
        assert f"the gateway at {NODE_ADDRESS}:81" in refused.error


class TestOverlay:
    @pytest.mark.parametrize(
        ("change", "said"),
        [(broken.NOT_ACCEPTED, "not Accepted"), (broken.NOT_RESOLVED, "not ResolvedRefs")],
        ids=["no such listener", "no such port"],
    )
    def test_whose_route_is_not_taken(
        self, call: Call, good: str, checkout: Path, change: Any, said: str
    ) -> None:
        """Healthy pods without a way to them are no release: the last good one comes back."""
        broken.patch(checkout, ENV, "HTTPRoute", change)
        result = call("deploy", "--env", ENV, "--image", good, cwd=checkout)
        failed_and_restored(call, result, good, said, within=30)

    def test_without_a_route(self, call: Call, good: str, checkout: Path) -> None:
        """It is asked through the API server, and says so; the next release has its route again."""
        broken.patch(checkout, ENV, "HTTPRoute", broken.NO_ROUTE)
        result = call("deploy", "--env", ENV, "--image", good, cwd=checkout)
        assert result.code == 0, result.error
        assert "asked through the API server, as it has no HTTPRoute" in result.stdout
        assert call("verify", "--env", ENV).code == 0
        again = call("deploy", "--env", ENV, "--image", good)
        assert "asked through the gateway" in again.stdout, again.error


class TestGateway:
    def test_is_a_part_that_status_tells_of(self, stack: None) -> None:
        """The table of what runs has a line for it."""
        shown = local("status")
        assert shown.code == 0
        assert any(line.split()[:2] == ["gateway", "serving"] for line in shown.stdout.splitlines())
