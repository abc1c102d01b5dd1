"""Runs the service: `python -m app`.

`uvicorn app.main:app` serves the same application for development, without the drain.
"""

import signal
import sys

import uvicorn

from app.main import app, readiness, settings
from app.protocol import BoundedProtocol
from app.server import DrainingServer


def main() -> None:
    """Serve on every interface until SIGTERM or SIGINT, then drain and exit with 0."""
    # uvicorn raises the signal again once it has shut down.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    config = uvicorn.Config(
        app,
        host="0.0.0.0",
        port=settings.port,
        loop="uvloop",
        http=BoundedProtocol,
        ws="none",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=settings.keep_alive_seconds,
        timeout_graceful_shutdown=settings.graceful_seconds,
    )
    DrainingServer(config, readiness, settings.drain_seconds).run()


if __name__ == "__main__":
    main()
