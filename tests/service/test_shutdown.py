"""How a running service stops on SIGTERM.

Services live side by side, once for all tests: each test looks for one thing in their lives.
"""

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import httpx
import pytest

from tests.service.process import PATIENCE_SECONDS, End, ServiceProcess, running_service

BEGINS_SECONDS = 0.3
"""How long a request has to reach the service before that is told to stop."""

BOUND_SECONDS = 60
"""What would hold a process that waits for what it need not wait for."""

SLOW = f"/slow/{BOUND_SECONDS}"
"""What is asked for where a request does not end by itself."""

SOON_SECONDS = 20
"""How soon a process ends that waits for nothing, however busy the machine is."""


@dataclass(frozen=True)
class Stopped:
    """A service without a drain, told to stop with a request in flight and an idle client."""

    in_flight: httpx.Response
    end: End


@dataclass(frozen=True)
class Drained:
    """A service that drains for some seconds, then waits one for a request that does not end."""

    ready_before: httpx.Response
    ready_after: httpx.Response
    hello_after: httpx.Response
    endless: httpx.Response
    end: End


@dataclass(frozen=True)
class Interrupted:
    """A service that is told to drain with a request in flight, and then to stop at once."""

    in_flight: httpx.Response
    end: End


Lives = tuple[Future[Stopped], Future[Drained], Future[Interrupted]]


def client_of(service: ServiceProcess) -> httpx.Client:
    """A client that is ready, for requests that have to be there at once."""
    return httpx.Client(base_url=service.url, timeout=PATIENCE_SECONDS)


def live_without_a_drain() -> Stopped:
    with (
        running_service(
            DRAIN_SECONDS="0", GRACEFUL_SECONDS=f"{BOUND_SECONDS}", ACCESS_LOG="all"
        ) as service,
        ThreadPoolExecutor() as threads,
        client_of(service) as idle,
        client_of(service) as client,
    ):
        idle.get("/")
        in_flight = threads.submit(client.get, "/slow/0.6")
        time.sleep(BEGINS_SECONDS)
        service.terminate()
        return Stopped(in_flight.result(), service.end())


def live_with_a_drain() -> Drained:
    with (
        running_service(DRAIN_SECONDS="3", GRACEFUL_SECONDS="1") as service,
        ThreadPoolExecutor() as threads,
        client_of(service) as client,
    ):
        ready_before = client.get("/readyz")
        endless = threads.submit(client.get, SLOW)
        time.sleep(BEGINS_SECONDS)
        service.terminate()
        # The signal takes a moment to arrive, and the drain is over soon.
        while (ready_after := client.get("/readyz")).status_code == 200:
            time.sleep(0.01)
        hello_after = client.get("/")
        end = service.end()
        return Drained(ready_before, ready_after, hello_after, endless.result(), end)


def live_until_interrupted() -> Interrupted:
    with (
        running_service(DRAIN_SECONDS=f"{BOUND_SECONDS}") as service,
        ThreadPoolExecutor() as threads,
        client_of(service) as client,
    ):
        in_flight = threads.submit(client.get, SLOW)
        time.sleep(BEGINS_SECONDS)
        service.terminate()
        time.sleep(0.2)
        service.interrupt()
        end = service.end()
        return Interrupted(in_flight.result(), end)


@pytest.fixture(scope="module")
def lives() -> Iterator[Lives]:
    with ThreadPoolExecutor() as threads:
        yield (
            threads.submit(live_without_a_drain),
            threads.submit(live_with_a_drain),
            threads.submit(live_until_interrupted),
        )


@pytest.fixture
def stopped(lives: Lives) -> Stopped:
    return lives[0].result()


@pytest.fixture
def drained(lives: Lives) -> Drained:
    return lives[1].result()


@pytest.fixture
def interrupted(lives: Lives) -> Interrupted:
    return lives[2].result()


def test_request_in_flight_completes_and_the_process_exits_with_0(stopped: Stopped) -> None:
    """A request that SIGTERM finds in flight is answered, then the process ends by itself."""
    assert stopped.in_flight.text == '"done"'
    assert stopped.end.status == 0


def test_idle_connection_does_not_hold_the_process(stopped: Stopped) -> None:
    """A client that keeps its connection open delays the end by nothing."""
    assert stopped.end.status == 0
    assert stopped.end.seconds < SOON_SECONDS


def test_every_line_from_start_to_end_is_json(stopped: Stopped) -> None:
    """uvicorn's lines and the service's have the same four fields, requests some more."""
    lines = stopped.end.lines

    assert {"uvicorn.error", "app.server", "app.access"} <= {line["logger"] for line in lines}
    assert all({"time", "level", "logger", "message"} <= line.keys() for line in lines)
    assert any(line["message"] == "GET / 200" and line["status"] == 200 for line in lines)


def test_draining_service_serves_and_is_not_ready(drained: Drained) -> None:
    """Between SIGTERM and the end of the drain / answers 200 and /readyz 503."""
    assert drained.ready_before.status_code == 200
    assert drained.ready_after.status_code == 503
    assert drained.hello_after.status_code == 200
    assert drained.end.status == 0


def test_request_that_does_not_end_is_cut_at_the_bound(drained: Drained) -> None:
    """A request longer than the graceful timeout doesn't keep the process from ending."""
    assert drained.endless.status_code == 500
    assert drained.end.status == 0
    assert drained.end.seconds < SOON_SECONDS


def test_request_that_is_cut_is_told_of_in_one_line(drained: Drained) -> None:
    """That it was cut is no fault of the service: no traceback, and one line that names it."""
    assert not [line for line in drained.end.lines if "exception" in line]
    messages = [line["message"] for line in drained.end.lines]
    assert [each for each in messages if SLOW in each] == [f"GET {SLOW} 500"]


def test_interruption_ends_drain_and_requests(interrupted: Interrupted) -> None:
    """SIGINT after SIGTERM ends the process at once, and what is in flight is answered."""
    assert interrupted.in_flight.status_code == 500
    assert interrupted.end.status == 0
    assert interrupted.end.seconds < SOON_SECONDS


def test_interruption_leaves_no_traceback(interrupted: Interrupted) -> None:
    """Whoever hurries a service on sees nothing that looks like a fault."""
    assert not [line for line in interrupted.end.lines if "Traceback" in str(line)]
    assert "Finished server process" in str(interrupted.end.lines)
