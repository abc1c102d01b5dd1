"""A proxy before the API server that is too busy at times, as API servers are."""

import json
import ssl
import threading
import time
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from local.host.paths import HOST_ADDRESS, KUBECONFIG

# What is asked first of each kind, and the seconds for which everything is refused from then on.
# kubectl comes again for ten seconds of its own.
BUSY_SECONDS = {"first request": 3.0, "Lease": 3.0, "dry run": 12.0, "apply": 3.0}
_BY_HOP = {"connection", "content-length", "transfer-encoding", "host", "accept-encoding"}


def kind(method: str, target: str) -> str:
    """What a request is for."""
    if method == "PATCH":
        return "dry run" if "dryRun=" in target else "apply"
    return "Lease" if method in ("POST", "PUT") and "/leases" in target else "first request"


class Proxy:
    """Refuses for a while when something is asked for the first time, and else passes it on."""

    def __init__(self) -> None:
        user = yaml.safe_load(KUBECONFIG.read_text())
        self._server = urlsplit(user["clusters"][0]["cluster"]["server"]).netloc
        self._lock = threading.Lock()
        self._busy_until = 0.0
        self.refused: dict[str, int] = {}
        """How often what was refused."""

    def refuses(self, method: str, target: str) -> bool:
        """Whether it is too busy."""
        what, now = kind(method, target), time.monotonic()
        with self._lock:
            if what not in self.refused and now > self._busy_until:
                self.refused[what] = 0
                self._busy_until = now + BUSY_SECONDS[what]
            if now > self._busy_until:
                return False
            self.refused[what] = self.refused.get(what, 0) + 1
            return True

    def connection(self, trust: ssl.SSLContext) -> HTTPSConnection:
        """A connection to the API server, as the administrator."""
        return HTTPSConnection(self._server, context=trust, timeout=30)


@contextmanager
def busy(folder: Path) -> Iterator[tuple[Proxy, str]]:
    """The proxy, and the argument that names a kubeconfig with it."""
    content = yaml.safe_load(KUBECONFIG.read_text())
    trust = _trust(content, folder)
    proxy = Proxy()

    class Handler(BaseHTTPRequestHandler):
        """One request."""

        protocol_version = "HTTP/1.1"

        def pass_on(self) -> None:
            """Answer with what the API server answers, or refuse."""
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if proxy.refuses(self.command, self.path):
                self.answer(429, {"Retry-After": "1"}, b"Too many requests, try again later.\n")
                return
            headers = {k: v for k, v in self.headers.items() if k.lower() not in _BY_HOP}
            connection = proxy.connection(trust)
            connection.request(self.command, self.path, body, headers)
            found = connection.getresponse()
            kept = {k: v for k, v in found.getheaders() if k.lower() not in _BY_HOP}
            self.answer(found.status, kept, found.read())
            connection.close()

        def answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
            """A whole answer."""
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = pass_on

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing."""

    http = ThreadingHTTPServer((HOST_ADDRESS, 0), Handler)
    thread = threading.Thread(target=http.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    cluster = {"server": f"http://{HOST_ADDRESS}:{http.server_address[1]}"}
    content["clusters"][0]["cluster"] = cluster
    content["users"][0]["user"] = {}
    config = folder / "through-the-proxy"
    config.write_text(json.dumps(content))
    try:
        yield proxy, f"file:{config}"
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


def _trust(content: dict[str, Any], folder: Path) -> ssl.SSLContext:
    """The administrator's certificate, and the authority of the API server's."""
    authority = content["clusters"][0]["cluster"]["certificate-authority-data"]
    context = ssl.create_default_context(cadata=b64decode(authority).decode())
    user, file = content["users"][0]["user"], folder / "administrator.pem"
    file.touch(mode=0o600)
    file.write_bytes(
        b64decode(user["client-certificate-data"]) + b64decode(user["client-key-data"])
    )
    context.load_cert_chain(file)
    return context
