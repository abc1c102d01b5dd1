"""Runs the service as a real process, on a free port."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx

import app

SERVICE_DIRECTORY = Path(app.__file__).parents[1]


def environment(**settings: str) -> dict[str, str]:
    """This process's environment with `settings`, and the service on the import path."""
    return {**os.environ, "PYTHONPATH": str(SERVICE_DIRECTORY), **settings}


class ServiceProcess:
    """A running service; `url` is its address."""

    def __init__(self, *command: str, **settings: str) -> None:
        port = _free_port()
        self.url = f"http://127.0.0.1:{port}"
        self._process = subprocess.Popen(
            [sys.executable, *command],
            env=environment(PORT=str(port), **settings),
            stdout=subprocess.PIPE,
            text=True,
        )

    def wait_until_up(self, seconds: float = 20) -> None:
        """Return once /healthz answers.

        Raises:
            TimeoutError: it doesn't within `seconds`.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                httpx.get(f"{self.url}/healthz")
                return
            except httpx.TransportError:
                time.sleep(0.05)
        raise TimeoutError(f"The service at {self.url} isn't up after {seconds} s.")

    def terminate(self) -> None:
        """Send SIGTERM."""
        self._process.send_signal(signal.SIGTERM)

    def wait(self, seconds: float) -> tuple[int, list[dict[str, Any]]]:
        """Wait up to `seconds` for the end; give the exit status and the parsed log lines."""
        output, _ = self._process.communicate(timeout=seconds)
        return self._process.returncode, [json.loads(line) for line in output.splitlines()]

    def kill(self) -> None:
        """End it, if it hasn't yet."""
        self._process.kill()
        self._process.communicate()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
