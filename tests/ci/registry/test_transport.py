"""Registries without TLS: refused by their name, before anything is sent."""

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import anyio
import pytest

from ci.registry import references, transport
from ci.run.errors import RegistryError


@pytest.fixture
def plain() -> Iterator[int]:
    """The port of a server that speaks HTTP."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def public(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine's own address is as good as any name."""
    monkeypatch.setattr(references, "is_private", lambda name: False)


def test_by_name(public: None, plain: int) -> None:
    """The sentence says what to do."""
    with pytest.raises(RegistryError, match="speaks plain HTTP.*name its address"):
        anyio.run(transport.refuse_plain, f"127.0.0.1:{plain}/web")


def test_at_a_private_address(plain: int) -> None:
    """There it is meant."""
    anyio.run(transport.refuse_plain, f"127.0.0.1:{plain}/web")


def test_that_does_not_answer(public: None) -> None:
    """The engine may have another way to it."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    anyio.run(transport.refuse_plain, f"127.0.0.1:{port}/web")


def test_that_answers_nothing(public: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not waited for."""
    monkeypatch.setattr(transport, "LIMIT_SECONDS", 0.05)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        anyio.run(transport.refuse_plain, f"127.0.0.1:{silent.getsockname()[1]}/web")
