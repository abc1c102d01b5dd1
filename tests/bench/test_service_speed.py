"""What is read from wrk and from a process, and how the service's speed is shown."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench import service_speed
from tests.bench.service_speed import CannotMeasure, Load, Round, Slice, Speed

PRINTED = """\
Running 1s test @ http://127.0.0.1:18080/
  1 threads and 32 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     2.95ms    1.22ms  31.10ms   93.50%
    Req/Sec    11.02k     1.39k   12.65k    80.00%
  Latency Distribution
     50%    2.69ms
     75%    2.89ms
     90%    3.52ms
     99%    {p99}
  10969 requests in 1.00s, 2.28MB read
{failures}Requests/sec:  10945.34
Transfer/sec:      2.28MB
"""


@pytest.mark.parametrize(
    ("p99", "milliseconds"), [("9.61ms", 9.61), ("850.00us", 0.85), ("1.02s", 1020)]
)
def test_figures_of_wrk(p99: str, milliseconds: float) -> None:
    """Requests, requests a second, and the latency of 99 in 100, whatever its unit."""
    told = service_speed.told_by_wrk(PRINTED.format(p99=p99, failures=""))

    assert told == Load(10969, 10945.34, milliseconds)


@pytest.mark.parametrize(
    "failure",
    ["Non-2xx or 3xx responses: 3", "Socket errors: connect 0, read 2, write 0, timeout 0"],
)
def test_failed_requests_are_no_figure(failure: str) -> None:
    """An application that is fast because it fails is not measured."""
    with pytest.raises(CannotMeasure, match=failure):
        service_speed.told_by_wrk(PRINTED.format(p99="9.61ms", failures=f"  {failure}\n"))


def test_unknown_output_of_wrk_is_said() -> None:
    """It is shown, not guessed at."""
    with pytest.raises(CannotMeasure, match="wrk 5 says nothing"):
        service_speed.told_by_wrk("wrk 5 says nothing")


def test_slices_of_a_round_make_one_speed() -> None:
    """CPU time is that of all requests; one slice in which the machine was busy is no p99."""
    slices = [
        Slice(Load(1, 100.0, 5.0), 1.0),
        Slice(Load(3, 300.0, 4.0), 3.0),
        Slice(Load(4, 200.0, 90.0), 4.0),
    ]

    assert service_speed.speed_of(slices, 40.0, 41.0) == Speed(
        requests=200.0, p99=5.0, cpu=1e6, idle=40.0, loaded=41.0
    )


def test_table_has_the_median_of_each_rounds_ratio() -> None:
    """Ratios are of one round, whose applications had the same machine to themselves."""
    slow, fast = Speed(1000, 10, 100, 40, 40), Speed(2000, 5, 50, 44, 42)
    rounds = [
        Round({"FastAPI": slow, "Starlette": fast, "service": fast}, metrics=1.03),
        Round({"FastAPI": slow, "Starlette": fast, "service": slow}, metrics=1.01),
        Round({"FastAPI": slow, "Starlette": fast, "service": fast}, metrics=1.02),
    ]

    assert service_speed.table(rounds).splitlines() == [
        "           requests/s  p99 ms  CPU µs  idle MiB  loaded MiB",
        "FastAPI          1000   10.00   100.0      40.0        40.0",
        "Starlette        2000    5.00    50.0      44.0        42.0",
        "service          2000    5.00    50.0      44.0        42.0",
        "",
        "ratio                            is     has to be",
        "requests/s, to FastAPI's      2.000   1.3 or more",
        "requests/s, to Starlette's    1.000   0.6 or more",
        "p99, to FastAPI's             0.500     1 or less",
        "idle memory, to FastAPI's     1.100   1.1 or less",
        "loaded memory, to FastAPI's   1.050   1.1 or less",
        "CPU with metrics, to without  1.020  1.05 or less",
    ]


def test_figures_of_a_process() -> None:
    """Memory in MiB and CPU time in seconds, of this one."""
    assert 5 < service_speed.memory(os.getpid()) < 5000
    assert 0 < service_speed.cpu_seconds(os.getpid()) < 3600


def test_missing_program_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence says how to get it."""
    monkeypatch.setenv("PATH", "")

    with pytest.raises(CannotMeasure, match="apt-get install wrk"):
        service_speed.insist_on_tools()


def test_application_that_does_not_start_is_named() -> None:
    """Its command can be called by hand, to see why."""
    with pytest.raises(CannotMeasure, match="uvicorn nowhere:app"):
        with service_speed.serving("nowhere:app", 18099):
            pass


@pytest.mark.parametrize(
    "application", [*service_speed.APPLICATIONS.values(), service_speed.ALTERNATING]
)
def test_applications_give_the_same_answer(application: str) -> None:
    """What is compared does the same."""
    script = (
        "import asyncio, httpx, importlib, sys\n"
        "module, name = sys.argv[1].split(':')\n"
        "app = getattr(importlib.import_module(module), name)\n"
        "client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url='http://app')\n"
        "answer = asyncio.run(client.get('/')).json()\n"
        "print(answer.pop('timestamp').endswith('+00:00'), sorted(answer.items()))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, application],
        env={
            **os.environ,
            "LOG_LEVEL": "error",
            "PYTHONPATH": ":".join(map(str, service_speed.FOLDERS)),
        },
        capture_output=True,
        text=True,
        timeout=30,
    )

    assert done.stdout == "True [('message', 'Hello World'), ('status', 'ok')]\n", done.stderr


def test_help_from_any_folder(tmp_path: Path) -> None:
    """It says what is measured, and runs wherever it is called."""
    called = subprocess.run(
        [sys.executable, service_speed.__file__, "--help"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=30,
    )

    assert called.returncode == 0
    assert "barest FastAPI" in called.stdout
