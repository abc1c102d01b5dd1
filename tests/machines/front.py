"""One server with TLS in front of all that machines fetch: files, and what is elsewhere."""

import shutil
import ssl
import threading
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.error import HTTPError
from urllib.parse import unquote

_ASKED = ("Accept", "If-Modified-Since", "If-None-Match", "If-Range", "Range")
_TOLD = (
    "Accept-Ranges",
    "Content-Length",
    "Content-Range",
    "Content-Type",
    "Docker-Content-Digest",
    "ETag",
    "Last-Modified",
)
_ANSWER_SECONDS = 60

Behind = Mapping[str, Path | str]
"""What is behind each beginning of a path: a folder, or an address that is asked."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = _ANSWER_SECONDS
    behind: ClassVar[Behind] = {}

    def do_GET(self) -> None:
        """Answers with a file, or with what the address behind it says."""
        for beginning, place in self.behind.items():
            if self.path.startswith(beginning):
                rest = self.path.removeprefix(beginning)
                if isinstance(place, str):
                    return self._pass_on(f"{place}{rest}")
                return self._give(place, (place / unquote(rest)).resolve())
        return self._refuse(HTTPStatus.NOT_FOUND)

    do_HEAD = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: tests print what they find."""

    def _give(self, below: Path, file: Path) -> None:
        if not (file.is_file() and file.is_relative_to(below)):
            return self._refuse(HTTPStatus.NOT_FOUND)
        with open(file, "rb") as content:
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Length", str(file.stat().st_size))
            self.end_headers()
            if self.command == "GET":
                shutil.copyfileobj(content, self.wfile)

    def _pass_on(self, address: str) -> None:
        headers = {name: self.headers[name] for name in _ASKED if name in self.headers}
        question = urllib.request.Request(address, headers=headers, method=self.command)
        try:
            answer: HTTPResponse | HTTPError = _ask(question)
        except HTTPError as refusal:
            answer = refusal
        except (OSError, HTTPException):
            return self._refuse(HTTPStatus.BAD_GATEWAY)
        with answer:
            self.send_response(answer.status or HTTPStatus.BAD_GATEWAY)
            for name in _TOLD:
                if name in answer.headers:
                    self.send_header(name, answer.headers[name])
            if "Content-Length" not in answer.headers:
                self.send_header("Connection", "close")
            self.end_headers()
            if self.command == "GET":
                shutil.copyfileobj(answer, self.wfile)

    def _refuse(self, status: HTTPStatus) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()


def _ask(question: urllib.request.Request) -> HTTPResponse:
    # What is in the way of this machine is not in that of a registry beside it.
    proxies: dict[str, str] | None = {} if question.host.startswith("10.") else None
    opener = urllib.request.build_opener(urllib.request.ProxyHandler(proxies))
    answer: HTTPResponse = opener.open(question, timeout=_ANSWER_SECONDS)
    return answer


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """Says nothing of a client that went away."""


@contextmanager
def served(behind: Behind, pair: Path, host: str, port: int = 0) -> Iterator[int]:
    """Meanwhile a server answers at an address, with a key and certificate; gives its port."""
    handler = type("Handler", (_Handler,), {"behind": behind})
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair)
    with _Server((host, port), handler) as server:
        # The thread of each connection greets its client: a slow one keeps nobody waiting.
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield int(server.server_address[1])
        finally:
            server.shutdown()
            thread.join()
