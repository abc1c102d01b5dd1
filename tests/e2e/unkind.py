"""A registry's unkind front: it does to some requests what registries do in the field.

Runs by itself: LISTEN, the address of the registry behind it, and the rules as JSON.
"""

import http.client
import json
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from typing import Any

# A rule: [method, pattern of the path, what is done, how many times]. What is done is a status, or:
DROP = "drop"
"""The connection is broken off once half of what is sent has arrived."""

IMMUTABLE = "immutable"
"""A tag that is there already is not moved, as where tags are immutable."""

ALWAYS = 1_000_000
_HALF = 2
_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_REFUSED = {"errors": [{"code": "DENIED", "message": "tag is immutable and cannot be overwritten"}]}


class Front(BaseHTTPRequestHandler):
    """Does to a request what the first rule for it says, or passes it on."""

    protocol_version = "HTTP/1.1"
    behind = ""
    rules: list[list[Any]] = []
    lock = Lock()

    def do(self) -> None:
        """Any request."""
        action = self.rule()
        if action == DROP:
            self.rfile.read(int(self.headers.get("Content-Length") or 0) // _HALF)
            self.connection.close()
            self.close_connection = True
            return
        body = self.body()
        if isinstance(action, int):
            self.answer(action, {"Retry-After": "1"}, b'{"errors":[]}')
        elif action == IMMUTABLE and self.passed("HEAD", b"", Accept=_MANIFEST).status == 200:
            self.answer(412, {}, json.dumps(_REFUSED).encode())
        else:
            found = self.passed(self.command, body)
            self.answer(found.status, dict(found.getheaders()), found.read())

    do_GET = do_HEAD = do_PUT = do_POST = do_PATCH = do_DELETE = do

    def rule(self) -> Any:
        """What is to be done to this request, which counts once."""
        with self.lock:
            for each in self.rules:
                method, path, action, times = each
                if times and method == self.command and re.search(path, self.path):
                    each[3] -= 1
                    return action
        return None

    def body(self) -> bytes:
        """What came with the request."""
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        chunks = []
        while size := int(self.rfile.readline().strip(), 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(chunks)

    def passed(self, method: str, body: bytes, **more: str) -> http.client.HTTPResponse:
        """The answer of the registry behind."""
        connection = http.client.HTTPConnection(self.behind, timeout=60)
        dropped = {"content-length", "transfer-encoding", "connection"}
        headers = {key: value for key, value in self.headers.items() if key.lower() not in dropped}
        headers |= {"Host": self.headers["Host"], **more}
        connection.request(method, self.path, body, headers)
        return connection.getresponse()

    def answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        """Send an answer."""
        self.send_response(status)
        length = {key.lower(): value for key, value in headers.items()}.get("content-length")
        for key, value in headers.items():
            if key.lower() not in ("content-length", "transfer-encoding", "connection", "date"):
                self.send_header(key, value)
        is_head = self.command == "HEAD"
        self.send_header("Content-Length", length if is_head and length else str(len(body)))
        self.end_headers()
        if not is_head:
            self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing is logged."""


def main(listen: str, behind: str, rules: str) -> None:
    """Listen until the end."""
    Front.behind, Front.rules = behind, json.loads(rules)
    host, _, port = listen.partition(":")
    ThreadingHTTPServer((host, int(port)), Front).serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
