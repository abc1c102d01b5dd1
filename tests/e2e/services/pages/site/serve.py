"""A site: HTML at its root, and whether it is well at /health."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = b"<!doctype html><title>Pages</title><h1>Hello</h1>"
ANSWERS = {
    "/": ("text/html", PAGE),
    "/health": ("text/plain", b"fine"),
}


class Site(BaseHTTPRequestHandler):
    """Answers for two paths."""

    def do_GET(self) -> None:
        """The page, or a word for who asks after its health."""
        kind, body = ANSWERS.get(self.path, ("text/plain", b"nothing here"))
        self.send_response(200 if self.path in ANSWERS else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    ThreadingHTTPServer(("", 8080), Site).serve_forever()
