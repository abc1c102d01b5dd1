"""A shop's orders: who takes them, who works them off, what prepares the tables, what reports."""

import json
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

COLUMNS = ("id", "article", "count")


class Orders(BaseHTTPRequestHandler):
    """Answers with what is known of orders."""

    def do_GET(self) -> None:
        """Whatever is asked."""
        body = json.dumps({"columns": COLUMNS}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def web() -> None:
    """Take orders."""
    ThreadingHTTPServer(("", 9000), Orders).serve_forever()


def work() -> None:
    """Work orders off, until it is told to end."""
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    print("waiting for orders", flush=True)
    ended.wait()


def migrate() -> None:
    """Prepare the tables."""
    print(f"alter table orders add {COLUMNS[-1]}", flush=True)


def report() -> None:
    """Say how many orders there were."""
    print("no orders", flush=True)


TASKS = {"web": web, "work": work, "migrate": migrate, "report": report}

if __name__ == "__main__":
    if sys.argv[1] not in TASKS:
        sys.exit(f"there is no task {sys.argv[1]}")
    TASKS[sys.argv[1]]()
