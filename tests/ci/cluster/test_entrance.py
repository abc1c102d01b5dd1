"""Asking the service at the gateway: what it answers, and what stands in the way."""

import json
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import anyio
import pytest

from ci.cluster.client import Cluster
from ci.cluster.entrance import Entrance, entrances
from ci.gateway.leading import Request
from ci.gateway.routing import Address
from ci.gateway.way import Way
from ci.manifests.services import Endpoint
from ci.rollout.status import Object
from ci.run.errors import Busy, KeptOut, NotFound, NothingChanged, Refused, Unreachable
from tests.certificates import Issuer
from tests.ci.shown import ATTACHED, gateway, listener, route

ENDPOINT = Endpoint("stage-web", 8000, "/", "/version")
HOST = "stage.example.com"
ASKED = {"/": Request("/"), "/version": Request("/api/version", (("x-team", "blue"),))}


@contextmanager
def serving(
    certificate: Path | None = None, location: str = "", host: str | None = HOST
) -> Iterator[int]:
    """A gateway that knows one host name, or any; the port at which it listens."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = host in (None, self.headers["Host"])
            self.send_response(301 if location else 200 if known else 404)
            self.send_header("Location", location)
            self.end_headers()
            team = self.headers["x-team"] or ""
            self.wfile.write(b'{"asked": "%s%s"}' % (self.path.encode(), team.encode()))

        def log_message(self, format: str, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        server.handle_error = lambda *_: None  # type: ignore[method-assign]
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer()


def shown(
    given: Address | None = None, authority: str = "", gateway: Object | Exception | None = None
) -> Cluster:
    """A cluster that shows this of its Gateway, and whose API server leads to the service."""

    async def gateway_object(namespace: str, name: str) -> Any:
        assert (namespace, name) == ("envoy-gateway-system", "public")
        if isinstance(gateway, Exception):
            raise gateway
        return gateway

    async def ask(namespace: str, endpoint: Endpoint, path: str) -> str:
        return json.dumps({"asked of": f"{namespace}/{endpoint.service}:{endpoint.port}{path}"})

    found = {"gateway": given, "authority": authority, "gateway_object": gateway_object, "ask": ask}
    return cast(Cluster, SimpleNamespace(**found))


def through(way: Way | None, authority: str = "", given: bool = False) -> Entrance:
    """The way in."""
    return Entrance(shown(Address("given") if given else None, authority), "stage", ENDPOINT, way)


def at(port: int, scheme: str = "http", host: str = HOST, address: str = "127.0.0.1") -> Way:
    """A way to this machine."""
    return Way(scheme, address, port, host, ASKED)


def ask(way: Way | None, path: str = "/", authority: str = "") -> Any:
    """What is answered there."""
    return json.loads(anyio.run(partial(through(way, authority).ask, path)))


def test_service_is_asked_as_its_route_has_it() -> None:
    """The gateway leads the request to the service of that name."""
    with serving() as port:
        assert ask(at(port)) == {"asked": "/"}
        assert ask(at(port), "/version") == {"asked": "/api/versionblue"}


def test_path_to_which_no_route_leads() -> None:
    """The API server is asked for it, and that is said."""
    with serving() as port:
        way = Way("http", "127.0.0.1", port, HOST, {"/": Request("/")})
        assert ask(way) == {"asked": "/"}
        assert ask(way, "/version") == {"asked of": "stage/stage-web:8000/version"}
    assert str(through(way)).endswith(f"as {HOST}, and the API server for /version")


def test_host_name_that_the_gateway_does_not_know() -> None:
    """What it answers is said."""
    with serving() as port, pytest.raises(Unreachable, match="as other.* answers 404 to GET /"):
        ask(at(port, host="other.example.com"))


def test_gateway_that_does_not_answer() -> None:
    """Its address and its host name are said."""
    with pytest.raises(Unreachable, match="the gateway at 127.0.0.1:9 as .* does not answer"):
        ask(at(9))


@pytest.mark.parametrize(
    ("address", "said"),
    [("nobody.invalid", "nobody.invalid is not known.*--gateway"), ("", "--gateway")],
)
def test_name_that_does_not_resolve(address: str, said: str) -> None:
    """It is said how to name the address, and before anything is applied too."""
    with pytest.raises(Unreachable, match=said):
        ask(at(80, address=address))
    with pytest.raises(NothingChanged, match=f"could not be verified.*{said}"):
        anyio.run(through(at(80, address=address)).known)


def test_address_at_which_nothing_listens() -> None:
    """One that was given must answer; one that was looked up may come to do so by a release."""
    with serving() as port:
        anyio.run(through(at(port), given=True).known)
    with pytest.raises(NothingChanged, match="nothing listens at 127.0.0.1, port 9 .*--gateway"):
        anyio.run(through(at(9), given=True).known)
    anyio.run(through(at(9)).known)
    anyio.run(through(None).known)


class TestHttps:
    def test_certificate_of_the_authority(self, issuer: Issuer, tmp_path: Path) -> None:
        """It is believed, for the host name of the route."""
        with serving(issuer.issue(tmp_path, "*.example.com")) as port:
            assert ask(at(port, "https"), authority=issuer.pem) == {"asked": "/"}

    def test_certificate_for_a_route_of_any_host(self, issuer: Issuer, tmp_path: Path) -> None:
        """By which name it will be called is not known: only the authority counts."""
        with serving(issuer.issue(tmp_path, HOST), host=None) as port:
            assert ask(at(port, "https", host=""), authority=issuer.pem) == {"asked": "/"}
            with pytest.raises(Unreachable, match="not believed"):
                ask(at(port, "https", host=""))

    @pytest.mark.parametrize(
        ("hosts", "lasts", "known", "said"),
        [
            ([HOST], 1, False, "certificate; name the authority .* with --gateway-ca"),
            (["other.example.com"], 1, True, f"{HOST}'; have one made for that name"),
            ([HOST], -1, True, "expired; have a new one made"),
        ],
        ids=["another authority", "another name", "expired"],
    )
    def test_certificate_that_is_not_believed(
        self,
        issuer: Issuer,
        tmp_path: Path,
        hosts: Sequence[str],
        lasts: int,
        known: bool,
        said: str,
    ) -> None:
        """The reason is said, and the next step."""
        certificate = issuer.issue(tmp_path, *hosts, lasts=timedelta(days=lasts))
        with serving(certificate) as port, pytest.raises(Unreachable) as refused:
            ask(at(port, "https"), authority=issuer.pem if known else "")
        assert refused.match(f"over HTTPS shows a certificate that is not believed: .*{said}")

    def test_port_that_does_not_speak_it(self) -> None:
        """It is said that nothing answers there, without a word of certificates."""
        with serving() as port, pytest.raises(Unreachable, match="over HTTPS does not answer"):
            ask(at(port, "https"))

    def test_redirect_from_http(self, issuer: Issuer, tmp_path: Path) -> None:
        """It is followed to HTTPS of the same host, and nowhere else."""
        with serving(issuer.issue(tmp_path, HOST)) as secure:
            with serving(location=f"https://{HOST}:{secure}/") as port:
                assert ask(at(port), authority=issuer.pem) == {"asked": "/"}
        with serving(location="https://other.example.com/") as port:
            with pytest.raises(Unreachable, match="answers 301"):
                ask(at(port))


SEEN = gateway(listener(), listener("https", 443))


@pytest.mark.parametrize(
    ("cluster", "said"),
    [
        (shown(gateway=SEEN), f"the gateway at 10.0.0.2 as {HOST} over HTTPS"),
        (shown(gateway=gateway()), f"the gateway at 10.0.0.2 as {HOST}"),
        (shown(Address("10.0.0.1"), gateway=SEEN), f"the gateway at 10.0.0.1 as {HOST} over HTTPS"),
        (shown(gateway=gateway(addresses=())), f"the gateway at {HOST} as {HOST}"),
        (shown(gateway=Refused("Not yours.")), f"the gateway at {HOST} as {HOST}"),
        (shown(gateway=NotFound("No Gateway API.")), f"the gateway at {HOST} as {HOST}"),
        (
            shown(authority="PEM", gateway=Refused("Not yours.")),
            f"the gateway at {HOST} as {HOST} over HTTPS",
        ),
    ],
)
def test_environment_with_a_route(cluster: Cluster, said: str) -> None:
    """It is asked at the address that was given, at its Gateway's, or at its host name."""
    [found] = anyio.run(entrances, cluster, "stage", [ENDPOINT], [ATTACHED])
    assert str(found) == said


def test_several_services_and_routes() -> None:
    """Each Service is asked by each route to it, and one without any by the API server."""
    other = route(name="second")
    other["spec"]["hostnames"] = ["second.example.com"]
    unrouted = Endpoint("stage-admin", 9000, "/health")
    found = anyio.run(
        entrances, shown(gateway=gateway()), "stage", [ENDPOINT, unrouted], [ATTACHED, other]
    )
    assert [(each.endpoint.service, each.way and each.way.host) for each in found] == [
        ("stage-web", HOST),
        ("stage-web", "second.example.com"),
        ("stage-admin", None),
    ]


def test_environment_without_a_route_that_leads_to_it() -> None:
    """It is asked through the API server, and why is said."""
    elsewhere = route()
    elsewhere["spec"]["rules"] = []
    for routes, said in (
        ([], "it has no HTTPRoute"),
        ([elsewhere], "no rule of HTTPRoute stage-web-route leads to /"),
    ):
        [found] = anyio.run(entrances, shown(gateway=SEEN), "stage", [ENDPOINT], routes)
        assert str(found) == f"the API server, as {said}"
        assert found.url == ""
    assert ask(None, "/version") == {"asked of": "stage/stage-web:8000/version"}


REFUSED = "error trying to reach service: dial tcp: connect: connection refused"
ALL: Object = {"spec": {"podSelector": {}}}
OTHERS: Object = {"spec": {"podSelector": {"matchLabels": {"app": "other"}}}}


@pytest.mark.parametrize(
    ("said", "policies", "kind"),
    [
        (REFUSED, [OTHERS, ALL], KeptOut),
        ("ReadTimeoutError: Read timed out.", [ALL], KeptOut),
        (REFUSED, [OTHERS], Busy),
        (REFUSED, None, Busy),
        ("etcdserver: leader changed", [ALL], Busy),
    ],
)
def test_pods_that_may_keep_the_api_server_out(
    said: str, policies: list[Object] | None, kind: Any
) -> None:
    """That is told from a server that is away, and from pods that are open and do not answer."""

    async def ask(*_: object) -> str:
        raise Busy(f"The cluster answers 503: {said}.")

    async def live(_: str) -> list[Object]:
        if policies is None:
            raise Refused("They may not be listed.")
        return policies

    cluster = cast(Cluster, SimpleNamespace(ask=ask, policies=live))
    closed = replace(ENDPOINT, labels={"app": "web"})
    with pytest.raises(kind) as raised:
        anyio.run(Entrance(cluster, "stage", closed, None).ask, "/")
    assert type(raised.value) is kind
