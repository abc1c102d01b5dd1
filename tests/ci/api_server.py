"""An HTTP server that answers as a test says, in place of an API server."""

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

Answer = tuple[int, dict[str, str], Any]
THERE: Answer = (200, {}, {"status": {"userInfo": {"username": "me"}}, "items": []})


@dataclass
class ApiServer:
    """Gives one answer after the other, the last one for ever."""

    answers: list[Answer]
    seen: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    """Method, target and headers of each request."""
    port: int = 0

    def next(self) -> Answer:
        """The next answer."""
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def serving(*answers: Answer, keys: Path | None = None) -> Iterator[ApiServer]:
    """A server that runs meanwhile, with TLS where it is given a certificate and its key."""
    server = ApiServer(list(answers) or [THERE])

    class Handler(BaseHTTPRequestHandler):
        """One request."""

        def answer(self) -> None:
            """The next answer, as JSON unless it is text."""
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            server.seen.append((self.command, self.path, headers))
            status, headers, body = server.next()
            content = (body if isinstance(body, str) else json.dumps(body)).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_CONNECT = answer

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.handle_error = lambda *_: None  # type: ignore[method-assign]
    if keys:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(keys)
        http.socket = context.wrap_socket(http.socket, server_side=True)
    server.port = http.server_address[1]
    thread = threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()
