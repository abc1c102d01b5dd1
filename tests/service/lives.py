"""Lives of the service that end with a signal, each looked at by several tests.

They are seconds of waiting, so they begin side by side with the first of all tests.
"""

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from tests.service.process import (
    PATIENCE_SECONDS,
    End,
    ServiceProcess,
    kill_all,
    running_service,
)

BEGINS_SECONDS = 0.3
"""How long a request has to reach the service before that is told to stop."""

BOUND_SECONDS = 60
"""What would hold a process that waits for what it need not wait for."""

SLOW = f"/slow/{BOUND_SECONDS}"
"""What is asked for where a request does not end by itself."""


@dataclass(frozen=True)
class Stopped:
    """A service without a drain, told to stop with a request in flight and an idle client."""

    in_flight: httpx.Response
    end: End


@dataclass(frozen=True)
class Drained:
    """A service that drains for a second, then waits one for a request that does not end."""

    endless: httpx.Response
    end: End


@dataclass(frozen=True)
class Interrupted:
    """A service that drains with a request in flight, and is told to stop at once meanwhile."""

    ready_before: httpx.Response
    ready_after: httpx.Response
    hello_after: httpx.Response
    in_flight: httpx.Response
    end: End


@dataclass(frozen=True)
class Lives:
    """All three, each as soon as it is over."""

    stopped: Future[Stopped]
    drained: Future[Drained]
    interrupted: Future[Interrupted]


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
        running_service(DRAIN_SECONDS="1", GRACEFUL_SECONDS="1") as service,
        ThreadPoolExecutor() as threads,
        client_of(service) as client,
    ):
        endless = threads.submit(client.get, SLOW)
        time.sleep(BEGINS_SECONDS)
        service.terminate()
        end = service.end()
        return Drained(endless.result(), end)


def live_until_interrupted() -> Interrupted:
    with (
        running_service(DRAIN_SECONDS=f"{BOUND_SECONDS}") as service,
        ThreadPoolExecutor() as threads,
        client_of(service) as client,
    ):
        ready_before = client.get("/readyz")
        in_flight = threads.submit(client.get, SLOW)
        time.sleep(BEGINS_SECONDS)
        service.terminate()
        # The signal takes a moment to arrive.
        deadline = time.monotonic() + PATIENCE_SECONDS / 3
        ready_after = ready_before
        while ready_after.status_code == 200 and time.monotonic() < deadline:
            ready_after = client.get("/readyz")
        hello_after = client.get("/")
        service.interrupt()
        end = service.end()
        return Interrupted(ready_before, ready_after, hello_after, in_flight.result(), end)


@contextmanager
def begun() -> Iterator[Lives]:
    """The lives, begun; at the end they are over, whatever became of them."""
    with ThreadPoolExecutor() as threads:
        try:
            yield Lives(
                threads.submit(live_without_a_drain),
                threads.submit(live_with_a_drain),
                threads.submit(live_until_interrupted),
            )
        finally:
            kill_all()
