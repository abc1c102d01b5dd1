"""Runs the service as a real process, on a free port."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

import app

SERVICE_DIRECTORY = Path(app.__file__).parents[1]
PATIENCE_SECONDS = 90
"""How long anything may take on a machine that compiles something else meanwhile."""


def environment(**settings: str) -> dict[str, str]:
    """This process's environment with `settings`, and the service on the import path."""
    return {**os.environ, "PYTHONPATH": str(SERVICE_DIRECTORY), **settings}


@dataclass(frozen=True)
class End:
    """An exit status, how many seconds after SIGTERM it came, and every line of the log."""

    status: int
    seconds: float
    lines: list[dict[str, Any]]


class ServiceProcess:
    """The slow service as a process; `url` is its address."""

    def __init__(self, **settings: str) -> None:
        port = _free_port()
        self.url = f"http://127.0.0.1:{port}"
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("slow_service.py"))],
            env=environment(PORT=str(port), **settings),
            stdout=subprocess.PIPE,
            text=True,
        )

    def wait_until_up(self, seconds: float = PATIENCE_SECONDS) -> None:
        """Return once /healthz answers.

        Raises:
            TimeoutError: it doesn't within `seconds`.
            RuntimeError: it ended.
        """
        deadline = time.monotonic() + seconds
        # One client: each of them begins with reading every authority of the system.
        with httpx.Client() as client:
            while time.monotonic() < deadline:
                if (status := self._process.poll()) is not None:
                    raise RuntimeError(f"The service ended with {status} before it was up.")
                try:
                    client.get(f"{self.url}/healthz")
                    return
                except httpx.TransportError:
                    time.sleep(0.05)
        raise TimeoutError(f"The service at {self.url} isn't up after {seconds} s.")

    @property
    def memory(self) -> int:
        """Resident memory, in bytes."""
        pages = Path(f"/proc/{self._process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def interrupt(self) -> None:
        """Send SIGINT."""
        self._process.send_signal(signal.SIGINT)

    def terminate(self) -> None:
        """Send SIGTERM."""
        self._terminated = time.monotonic()
        self._process.send_signal(signal.SIGTERM)

    def end(self) -> End:
        """Wait for the end that SIGTERM asked for."""
        output, _ = self._process.communicate(timeout=PATIENCE_SECONDS)
        lines = [json.loads(line) for line in output.splitlines()]
        return End(self._process.returncode, time.monotonic() - self._terminated, lines)

    def kill(self) -> None:
        """End it, if it hasn't yet."""
        self._process.kill()

    def close(self) -> None:
        """Wait for its end, whose output nobody wants any more."""
        self._process.communicate()


@contextmanager
def running_service(**settings: str) -> Iterator[ServiceProcess]:
    """A service with a route `/slow/{seconds}`, given settings; it serves, and ends at the end."""
    service = ServiceProcess(**settings)
    _running.append(service)
    try:
        service.wait_until_up()
        yield service
    finally:
        service.kill()
        service.close()
        _running.remove(service)


def kill_all() -> None:
    """End every service that still runs, whoever waits for it."""
    for service in [*_running]:
        service.kill()


_running: list[ServiceProcess] = []
_given: set[int] = set()


def _free_port() -> int:
    """A port that nobody has, and nobody else gets from here while its service starts."""
    while True:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            port: int = listener.getsockname()[1]
        if port not in _given:
            _given.add(port)
            return port
