"""The way in: from the node's port 80 through the gateway to the pods, and what verifies it."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local.host.paths import NODE_ADDRESS
from tests.certificates import Issuer
from tests.e2e import broken
from tests.e2e.clients import WITHOUT_A_ROUTE, asked, get
from tests.e2e.conftest import Result, local, run
from tests.e2e.releases import ENV, failed_and_restored
from tests.project import NAME

pytestmark = pytest.mark.e2e

Call = Callable[..., Result]
Kubectl = Callable[..., Any]


PUBLIC = ("/", "/version")
PRIVATE = ("/metrics", "/docs", "/openapi.json", "/readyz", "/healthz", "/nowhere")


class TestEnvironmentThatWasDeployedTo:
    @pytest.mark.parametrize("secure", [False, True], ids=["HTTP", "HTTPS"])
    def test_answers_at_the_nodes_ports_by_its_host_name(
        self, call: Call, good: str, secure: bool
    ) -> None:
        """A client that knows node and host name is answered from the commit that was deployed."""
        assert get(f"{ENV}.{NAME}.local", secure=secure)["status"] == "ok"
        head = run("git", "rev-parse", "HEAD").stdout.strip()
        assert get(f"{ENV}.{NAME}.local", "/version", secure)["revision"].startswith(head)

    def test_answers_for_what_is_public_only(self, good: str) -> None:
        """Whoever looks for metrics, probes or the API's description finds nothing."""
        answers = {path: asked(f"{ENV}.{NAME}.local", path).status for path in PUBLIC + PRIVATE}
        assert answers == {**dict.fromkeys(PUBLIC, 200), **dict.fromkeys(PRIVATE, 404)}

    def test_answers_head(self, good: str) -> None:
        """As what watches sites asks, and without a body."""
        answer = asked(f"{ENV}.{NAME}.local", method="HEAD")
        assert (answer.status, answer.data) == (200, b"")

    def test_does_not_answer_by_another_name(self, good: str) -> None:
        """Host names tell the environments apart, and one that nobody has leads nowhere."""
        assert asked(f"nobody.{NAME}.local").status == 404

    @pytest.mark.parametrize(
        ("gateway", "over"),
        [("", " over HTTPS"), (NODE_ADDRESS, " over HTTPS"), (f"http://{NODE_ADDRESS}:80", "")],
    )
    def test_is_verified_through_the_gateway(
        self, call: Call, good: str, gateway: str, over: str
    ) -> None:
        """Its address is looked up where none is given, and HTTPS is asked unless HTTP is named."""
        verified = call("verify", "--env", ENV, "--gateway", gateway)
        assert verified.code == 0, verified.error
        assert f"the gateway at {NODE_ADDRESS} as {ENV}.{NAME}.local{over}." in verified.stdout

    def test_is_not_verified_by_a_certificate_of_somebody_else(
        self, call: Call, good: str, tmp_path: Path
    ) -> None:
        """It is said what is wrong with it, and what to do."""
        other = tmp_path / "other.pem"
        other.write_text(Issuer().pem)
        refused = call("verify", "--env", ENV, "--gateway-ca", str(other))
        assert refused.code != 0
        assert "shows a certificate that is not believed" in refused.error
        assert "name the authority that signed it with --gateway-ca" in refused.error

    @pytest.mark.soak
    def test_is_not_verified_where_the_gateway_does_not_answer(self, call: Call, good: str) -> None:
        """Pods that are ready are not enough: nobody reaches them."""
        refused = call("verify", "--env", ENV, "--gateway", f"{NODE_ADDRESS}:81")
        assert refused.code != 0
        assert f"the gateway at {NODE_ADDRESS}:81" in refused.error


class TestOverlay:
    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (broken.NOT_ACCEPTED, "not Accepted"),
            pytest.param(broken.NOT_RESOLVED, "not ResolvedRefs", marks=pytest.mark.soak),
        ],
        ids=["no such listener", "no such port"],
    )
    def test_whose_route_is_not_taken(
        self, call: Call, good: str, checkout: Path, change: Any, said: str
    ) -> None:
        """Healthy pods without a way to them are no release: the last good one comes back."""
        broken.patch(checkout, ENV, "HTTPRoute", change)
        result = call("deploy", "--env", ENV, "--image", good, cwd=checkout)
        failed_and_restored(result, good, said, within=30)

    @pytest.mark.soak
    def test_without_a_route(self, call: Call, good: str, checkout: Path) -> None:
        """Whether the API server comes to it is said; the next release has its route again."""
        broken.patch(checkout, ENV, "HTTPRoute", broken.NO_ROUTE)
        result = call("deploy", "--env", ENV, "--image", good, cwd=checkout)
        assert result.code == 0, result.error
        assert re.search(WITHOUT_A_ROUTE, result.stdout)
        assert call("verify", "--env", ENV).code == 0
        again = call("deploy", "--env", ENV, "--image", good)
        assert "asked through the gateway" in again.stdout, again.error

    def test_with_a_prefix_and_no_host_name(self, call: Call, good: str, checkout: Path) -> None:
        """It is asked below the prefix, and the report says where a person finds it."""
        rewrite = {"type": "ReplacePrefixMatch", "replacePrefixMatch": "/"}
        rule = {
            "matches": [{"path": {"type": "PathPrefix", "value": "/greeter"}}],
            "filters": [{"type": "URLRewrite", "urlRewrite": {"path": rewrite}}],
            "backendRefs": [{"name": NAME, "port": 8000}],
        }
        change: list[broken.Patch] = [
            {"op": "remove", "path": "/spec/hostnames"},
            {"op": "replace", "path": "/spec/rules", "value": [rule]},
        ]
        broken.patch(checkout, ENV, "HTTPRoute", change)
        result = call("deploy", "--env", ENV, "--image", good, cwd=checkout)
        assert result.code == 0, result.error
        assert f"asked through the gateway at {NODE_ADDRESS} as any host" in result.stdout
        assert f"http://{NODE_ADDRESS}/greeter/" in result.stdout
        assert get("whoever", "/greeter/")["status"] == "ok"

    @pytest.mark.soak
    def test_with_a_wildcard_over_https_only(self, call: Call, good: str, checkout: Path) -> None:
        """A name that fits is asked; the route that sends HTTP there is no failure."""
        parent = {"name": "public", "namespace": "envoy-gateway-system"}
        hosts = [f"*.{NAME}.local"]
        redirect = {"type": "RequestRedirect", "requestRedirect": {"scheme": "https"}}
        to_https = {
            "apiVersion": "gateway.networking.k8s.io/v1",
            "kind": "HTTPRoute",
            "metadata": {"name": "a-redirect"},
            "spec": {
                "parentRefs": [{**parent, "sectionName": "http"}],
                "hostnames": hosts,
                "rules": [{"filters": [redirect]}],
            },
        }
        base = checkout / "manifests" / "base" / "route.yaml"
        base.write_text(
            base.read_text().replace("- name: public", "- sectionName: https\n      name: public")
        )
        broken.add_resource(checkout, ENV, to_https)
        names = [{"op": "replace", "path": "/spec/hostnames", "value": hosts}]
        broken.patch(checkout, ENV, "HTTPRoute", names)
        result = call("deploy", "--env", ENV, "--image", good, cwd=checkout)
        assert result.code == 0, result.error
        assert f"as any.{NAME}.local over HTTPS" in result.stdout
        assert f"https://any.{NAME}.local/" in result.stdout
        assert asked(f"any.{NAME}.local").status == 302


class TestGateway:
    def test_is_a_part_that_status_tells_of(self, stack: None) -> None:
        """The table of what runs has a line for it."""
        shown = local("status")
        assert shown.code == 0
        assert any(line.split()[:2] == ["gateway", "serving"] for line in shown.stdout.splitlines())
