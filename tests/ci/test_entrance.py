"""Asking the service at the gateway: where that is, and what it answers."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace
from typing import Any, cast

import anyio
import pytest

from ci.cluster import Cluster
from ci.entrance import Entrance, entrance
from ci.errors import NotFound, Refused, Unreachable
from ci.routing import Address
from tests.ci.shown import ATTACHED

HOST = "stage.example.com"


@pytest.fixture
def server() -> Iterator[Address]:
    """A gateway that knows one host name."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.headers["Host"] == HOST else 404)
            self.end_headers()
            self.wfile.write(b'{"asked": "%s"}' % self.path.encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield Address("127.0.0.1", server.server_port)
        server.shutdown()
        thread.join()


def ask(way: Entrance, path: str) -> Any:
    """What is answered there."""
    return anyio.run(partial(way.ask, path))


def found(given: Address | None, gateway: Any) -> Entrance:
    """The way in, where a cluster shows this of its Gateway."""

    async def gateway_object(namespace: str, name: str) -> Any:
        assert (namespace, name) == ("envoy-gateway-system", "public")
        if isinstance(gateway, Exception):
            raise gateway
        return gateway

    cluster = SimpleNamespace(gateway=given, gateway_object=gateway_object)
    return anyio.run(entrance, cast(Cluster, cluster), ATTACHED)


def test_service_is_asked_by_its_host_name(server: Address) -> None:
    """The gateway leads the request to the service of that name."""
    assert ask(Entrance(server, HOST), "version") == {"asked": "/version"}


def test_host_name_that_the_gateway_does_not_know(server: Address) -> None:
    """What it answers is said."""
    with pytest.raises(Unreachable, match="as other.example.com answers 404 to GET /"):
        ask(Entrance(server, "other.example.com"), "")


def test_gateway_that_does_not_answer() -> None:
    """Its address and its host name are said."""
    with pytest.raises(Unreachable, match="the gateway at 127.0.0.1:9 as .* does not answer"):
        ask(Entrance(Address("127.0.0.1", 9), HOST), "")


def test_name_that_does_not_resolve() -> None:
    """It is said how to name the address."""
    with pytest.raises(Unreachable, match="nobody.invalid is not known.*--gateway"):
        ask(Entrance(Address("nobody.invalid"), HOST), "")


GATEWAY = {
    "spec": {"listeners": [{"port": 80, "protocol": "HTTP"}]},
    "status": {"addresses": [{"value": "10.0.0.2"}]},
}


@pytest.mark.parametrize(
    ("given", "gateway", "address"),
    [
        (Address("10.0.0.1", 30080), GATEWAY, Address("10.0.0.1", 30080)),
        (None, GATEWAY, Address("10.0.0.2")),
        (None, {**GATEWAY, "status": {}}, Address(HOST)),
        (None, Refused("Not yours."), Address(HOST)),
        (None, NotFound("No Gateway API."), Address(HOST)),
    ],
    ids=["given", "of the Gateway", "Gateway without one", "hidden Gateway", "no Gateway"],
)
def test_address(given: Address | None, gateway: Any, address: Address) -> None:
    """The one that was given, else the Gateway's, else what the host name resolves to."""
    assert found(given, gateway) == Entrance(address, HOST)
