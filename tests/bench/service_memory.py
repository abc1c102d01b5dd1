"""Measures the idle memory of the service against the barest FastAPI application.

    python tests/bench/service_memory.py

Both run beside each other under the same uvicorn settings, and are asked once for `/`.
RSS counts every resident page; PSS divides the pages that both share. Linux only.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

SERVICE = Path(__file__).parents[2] / "service"
BAREST = """
from fastapi import FastAPI

app = FastAPI()


@app.get("/")
async def hello():
    return {"status": "ok"}
"""
UVICORN = ("--loop", "uvloop", "--http", "httptools", "--ws", "none", "--no-access-log")
SETTLE_SECONDS = 3


@contextmanager
def serving(directory: Path, module: str, port: int) -> Iterator[int]:
    """Serve `module` out of `directory` on `port` and give the process id, settled."""
    command = [sys.executable, "-m", "uvicorn", module, "--port", str(port), *UVICORN]
    environment = {**os.environ, "LOG_LEVEL": "error", "PYTHONPATH": str(directory)}
    process = subprocess.Popen(
        command,
        cwd=directory,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        ask(f"http://127.0.0.1:{port}/")
        time.sleep(SETTLE_SECONDS)
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def ask(url: str, seconds: float = 30) -> None:
    """Ask for `url` until it answers.

    Raises:
        TimeoutError: it doesn't within `seconds`.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            urlopen(url).read()
            return
        except URLError:
            time.sleep(0.1)
    raise TimeoutError(f"{url} doesn't answer within {seconds} s.")


def memory(process_id: int) -> dict[str, float]:
    """The RSS and PSS of a process, in MiB."""
    lines = Path(f"/proc/{process_id}/smaps_rollup").read_text().splitlines()[1:]
    kibibytes = {name: int(value.split()[0]) for name, value in (each.split(":") for each in lines)}
    return {"RSS": kibibytes["Rss"] / 1024, "PSS": kibibytes["Pss"] / 1024}


def main() -> None:
    """Print both figures of both applications, and their ratio."""
    with tempfile.TemporaryDirectory() as directory:
        Path(directory, "barest.py").write_text(BAREST)
        with (
            serving(Path(directory), "barest:app", 18001) as barest_process,
            serving(SERVICE, "app.main:app", 18002) as service_process,
        ):
            barest, service = memory(barest_process), memory(service_process)
    print(f"{'idle memory':<12} {'barest':>12} {'service':>12} {'ratio':>7}")
    for kind in ("RSS", "PSS"):
        ratio = service[kind] / barest[kind]
        print(f"{kind:<12} {barest[kind]:>8.1f} MiB {service[kind]:>8.1f} MiB {ratio:>7.2f}")


if __name__ == "__main__":
    main()
