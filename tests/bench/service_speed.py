"""Measures the service beside the barest FastAPI and the barest Starlette application.

    python tests/bench/service_speed.py

All give the same JSON, under the same settings of uvicorn: those of the service's image. The
service has its own protocol as well, which bounds what a client may send. In each round all are
started anew, then asked for `/` by wrk on 32 connections, a second each and in turn, so what else
the machine does is the same for all. Servers have one core, wrk has another one.

  requests/s, p99     as wrk tells them
  CPU                 what the server used for a request: what else the machine does hardly counts
  idle, loaded        resident memory, after one request and after 50,000

What metrics cost is the CPU time of the service with them to that without, in one process.

The table has the median of all rounds, and so has each ratio of two applications of one round.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median
from urllib.error import URLError
from urllib.request import urlopen

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY))

from tests.bench.figures import aligned  # noqa: E402

FASTAPI, STARLETTE, SERVICE = "FastAPI", "Starlette", "service"
APPLICATIONS = {
    FASTAPI: "fastapi_app:app",
    STARLETTE: "starlette_app:app",
    SERVICE: "app.main:app",
}
ALTERNATING = "alternating_service:app"
FOLDERS = (REPOSITORY / "service", Path(__file__).with_name("barest"))
# As service/app/__main__.py runs it.
UVICORN = (
    *("--loop", "uvloop", "--ws", "none"),
    *("--no-access-log", "--no-proxy-headers", "--no-server-header"),
)
PROTOCOLS = {APPLICATIONS[SERVICE]: "app.protocol:BoundedProtocol"}
FIRST_PORT = 18080
START_SECONDS = 30
SERVER_CORE, CLIENT_CORE = "0", "1"
CONNECTIONS = 32
REQUESTS = 50_000
SLICES = 6


@dataclass(frozen=True)
class Speed:
    """What one application came to in one round: memory in MiB, p99 in ms, CPU in µs."""

    requests: float
    p99: float
    cpu: float
    idle: float
    loaded: float


@dataclass(frozen=True)
class Round:
    """What all applications came to, and the CPU time with metrics to that without."""

    speeds: Mapping[str, Speed]
    metrics: float


@dataclass(frozen=True)
class Load:
    """What wrk tells of its requests: how many, how many a second, their p99 in ms."""

    total: int
    a_second: float
    p99: float


@dataclass(frozen=True)
class Server:
    """A running application."""

    process_id: int
    url: str


@dataclass(frozen=True)
class Slice:
    """A second of load, and the seconds of CPU time that the server used for it."""

    load: Load
    cpu: float


@dataclass(frozen=True)
class Bar:
    """A ratio of one round, and what it has to be."""

    name: str
    wanted: str
    ratio: Callable[[Round], float]


def service_to(other: str, figure: Callable[[Speed], float]) -> Callable[[Round], float]:
    """The ratio of the service's figure to another application's."""
    return lambda round_: figure(round_.speeds[SERVICE]) / figure(round_.speeds[other])


BARS = (
    Bar("requests/s, to FastAPI's", "1.3 or more", service_to(FASTAPI, lambda of: of.requests)),
    Bar("requests/s, to Starlette's", "0.6 or more", service_to(STARLETTE, lambda of: of.requests)),
    Bar("p99, to FastAPI's", "1 or less", service_to(FASTAPI, lambda of: of.p99)),
    Bar("idle memory, to FastAPI's", "1.1 or less", service_to(FASTAPI, lambda of: of.idle)),
    Bar("loaded memory, to FastAPI's", "1.1 or less", service_to(FASTAPI, lambda of: of.loaded)),
    Bar("CPU with metrics, to without", "1.05 or less", lambda round_: round_.metrics),
)


class CannotMeasure(Exception):
    """One sentence: what is missing or failed, so that there is no figure."""


def measured_round() -> Round:
    """Start all applications, put load on one after the other, again and again, and end them."""
    with ExitStack() as servers:
        running = {
            name: servers.enter_context(serving(module, FIRST_PORT + number))
            for number, (name, module) in enumerate(APPLICATIONS.items())
        }
        port = FIRST_PORT + len(running)
        alternating = servers.enter_context(serving(ALTERNATING, port))
        idle = {name: memory(server.process_id) for name, server in running.items()}
        for server in running.values():
            load(server.url)
        slices: dict[str, list[Slice]] = {name: [] for name in running}
        for _ in range(SLICES):
            for name, server in running.items():
                slices[name].append(measured_slice(server))
            load(alternating.url)
        speeds = {}
        for name, server in running.items():
            answered = sum(each.load.total for each in slices[name])
            while answered < REQUESTS:
                answered += load(server.url).total
            speeds[name] = speed_of(slices[name], idle[name], memory(server.process_id))
        observed, unobserved = json.load(urlopen(f"{alternating.url}cost"))
    return Round(speeds, observed / unobserved)


def measured_slice(server: Server) -> Slice:
    """A second of load, and the CPU time that the server used for it."""
    before = cpu_seconds(server.process_id)
    told = load(server.url)
    return Slice(told, cpu_seconds(server.process_id) - before)


def speed_of(slices: list[Slice], idle: float, loaded: float) -> Speed:
    """What a round's slices come to."""
    return Speed(
        requests=mean(each.load.a_second for each in slices),
        p99=median(each.load.p99 for each in slices),
        cpu=sum(each.cpu for each in slices) / sum(each.load.total for each in slices) * 1e6,
        idle=idle,
        loaded=loaded,
    )


@contextmanager
def serving(application: str, port: int) -> Iterator[Server]:
    """Serve an application on the servers' core; it has answered once."""
    speaks = ("--http", PROTOCOLS.get(application, "httptools"))
    uvicorn = (sys.executable, "-m", "uvicorn", application, *UVICORN, *speaks, "--port", str(port))
    process = subprocess.Popen(
        pinned(SERVER_CORE, *uvicorn),
        env={**os.environ, "LOG_LEVEL": "error", "PYTHONPATH": ":".join(map(str, FOLDERS))},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    server = Server(process.pid, f"http://127.0.0.1:{port}/")
    try:
        deadline = time.monotonic() + START_SECONDS
        while not answers(server.url):
            if process.poll() is not None or time.monotonic() > deadline:
                raise CannotMeasure(f"Nothing answers at {server.url}: {' '.join(uvicorn)}")
            time.sleep(0.1)
        yield server
    finally:
        process.terminate()
        process.wait()


def answers(url: str) -> bool:
    """Whether there is an answer, of any kind."""
    try:
        urlopen(url).read()
    except URLError:
        return False
    return True


def load(url: str) -> Load:
    """Ask for a second, as fast as it is answered."""
    wrk = ("wrk", "--latency", "-t1", f"-c{CONNECTIONS}", "-d1s", url)
    done = subprocess.run(pinned(CLIENT_CORE, *wrk), capture_output=True, text=True, timeout=60)
    if done.returncode:
        raise CannotMeasure(f"wrk failed: {done.stderr.strip()}")
    return told_by_wrk(done.stdout)


def told_by_wrk(printed: str) -> Load:
    """Reads what wrk prints.

    Raises:
        CannotMeasure: a request failed.
    """
    failed = re.search(r"^  (?:Non-2xx|Socket errors).*", printed, re.MULTILINE)
    if failed:
        raise CannotMeasure(f"Requests failed: {failed[0].strip()}")
    total = re.search(r"(\d+) requests in", printed)
    a_second = re.search(r"^Requests/sec: +([\d.]+)", printed, re.MULTILINE)
    p99 = re.search(r"^ +99% +([\d.]+)(us|ms|s)$", printed, re.MULTILINE)
    if not (total and a_second and p99):
        raise CannotMeasure(f"wrk prints something else than expected: {printed}")
    milliseconds = float(p99[1]) * {"us": 0.001, "ms": 1, "s": 1000}[p99[2]]
    return Load(int(total[1]), float(a_second[1]), milliseconds)


def pinned(core: str, *command: str) -> list[str]:
    """The command, on that core only."""
    return ["taskset", "--cpu-list", core, *command]


def memory(process_id: int) -> float:
    """The resident memory of a process, in MiB."""
    status = Path(f"/proc/{process_id}/status").read_text()
    (kibibytes,) = re.findall(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE)
    return int(kibibytes) / 1024


def cpu_seconds(process_id: int) -> float:
    """What a process has used so far, its own and the kernel's on its behalf."""
    fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def table(rounds: Sequence[Round]) -> str:
    """The median of each figure, and of each ratio beside what it has to be."""
    rows = [["", "requests/s", "p99 ms", "CPU µs", "idle MiB", "loaded MiB"]]
    for name in rounds[0].speeds:
        speeds = [each.speeds[name] for each in rounds]
        rows.append(
            [
                name,
                f"{median(each.requests for each in speeds):.0f}",
                f"{median(each.p99 for each in speeds):.2f}",
                f"{median(each.cpu for each in speeds):.1f}",
                f"{median(each.idle for each in speeds):.1f}",
                f"{median(each.loaded for each in speeds):.1f}",
            ]
        )
    ratios = [["ratio", "is", "has to be"]]
    for bar in BARS:
        ratios.append([bar.name, f"{median(map(bar.ratio, rounds)):.3f}", bar.wanted])
    return f"{aligned(rows)}\n\n{aligned(ratios)}"


def insist_on_tools() -> None:
    """See to it that everything can be measured.

    Raises:
        CannotMeasure: what is missing, and how to get it.
    """
    for program, package in (("wrk", "wrk"), ("taskset", "util-linux")):
        if not shutil.which(program):
            raise CannotMeasure(f"There is no {program}: apt-get install {package}")
    if not {int(SERVER_CORE), int(CLIENT_CORE)} <= os.sched_getaffinity(0):
        raise CannotMeasure("It takes the machine's first two cores: one each for server and wrk.")


def main() -> int:
    """Measure all applications in turn, and print a table; gives the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="how many (5)")
    count = parser.parse_args().rounds
    rounds: list[Round] = []
    try:
        insist_on_tools()
        for number in range(1, count + 1):
            rounds.append(measured_round())
            told = (f"{name} {speed.requests:.0f}" for name, speed in rounds[-1].speeds.items())
            print(f"round {number}, requests/s: {', '.join(told)}", file=sys.stderr, flush=True)
    except CannotMeasure as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    print(table(rounds))
    return 0


if __name__ == "__main__":
    sys.exit(main())
