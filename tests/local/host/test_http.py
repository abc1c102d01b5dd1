"""Whether a URL answers."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from local.host.http import answers


@contextmanager
def serving(status: int) -> Iterator[str]:
    """A server on the loopback that answers everything with one status; gives its URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("status", "accept_unauthorized", "answered"),
    [
        (200, False, True),
        (204, False, True),
        (401, False, False),
        (401, True, True),
        (403, True, True),
        (404, True, False),
        (503, True, False),
    ],
)
def test_server_that_answers(status: int, accept_unauthorized: bool, answered: bool) -> None:
    """Success counts, and a refusal to strangers where that is told to be enough."""
    with serving(status) as url:
        assert answers(url, accept_unauthorized) is answered


def test_proxy_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stack's own addresses are never asked for through a company's proxy."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)

    with serving(200) as url:
        assert answers(url)


def test_nothing_listens() -> None:
    """No answer, no error."""
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))

        assert not answers(f"http://127.0.0.1:{unheard.getsockname()[1]}/")


def test_server_that_speaks_something_else() -> None:
    """No answer, no error."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def greet() -> None:
            with listener.accept()[0] as connection:
                connection.recv(1024)
                connection.sendall(b"220 mail.example ready\r\n")

        thread = threading.Thread(target=greet)
        thread.start()
        assert not answers(f"http://127.0.0.1:{listener.getsockname()[1]}/")
        thread.join()
