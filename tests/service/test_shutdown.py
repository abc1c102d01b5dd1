"""How a running service stops on SIGTERM."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.service.process import ServiceProcess

Start = Callable[..., ServiceProcess]


def test_request_in_flight_completes_and_the_process_exits_with_0(start: Start) -> None:
    """A request that SIGTERM finds in flight is answered, then the process ends by itself."""
    service = start(DRAIN_SECONDS="0", GRACEFUL_SECONDS="10")
    with ThreadPoolExecutor() as threads:
        slow = threads.submit(httpx.get, f"{service.url}/slow/0.6")
        time.sleep(0.3)
        service.terminate()

        assert slow.result().text == '"done"'
    status, _ = service.wait(seconds=5)
    assert status == 0


def test_draining_service_serves_and_is_not_ready(start: Start) -> None:
    """Between SIGTERM and the end of the drain / answers 200 and /readyz 503."""
    service = start(DRAIN_SECONDS="1", GRACEFUL_SECONDS="1")
    assert httpx.get(f"{service.url}/readyz").status_code == 200

    service.terminate()
    time.sleep(0.4)

    assert httpx.get(f"{service.url}/readyz").status_code == 503
    assert httpx.get(f"{service.url}/").status_code == 200
    status, _ = service.wait(seconds=5)
    assert status == 0


def test_request_that_does_not_end_is_cut_at_the_bound(start: Start) -> None:
    """A request longer than the graceful timeout doesn't keep the process from ending."""
    service = start(DRAIN_SECONDS="0", GRACEFUL_SECONDS="1")
    with ThreadPoolExecutor() as threads:
        endless = threads.submit(httpx.get, f"{service.url}/slow/60", timeout=30)
        time.sleep(0.3)
        service.terminate()
        status, _ = service.wait(seconds=5)

        assert status == 0
        assert endless.result().status_code == 500


def test_idle_connection_does_not_hold_the_process(start: Start) -> None:
    """A client that keeps its connection open delays the end by nothing."""
    service = start(DRAIN_SECONDS="0", GRACEFUL_SECONDS="10")
    with httpx.Client() as client:
        client.get(service.url)
        service.terminate()
        status, _ = service.wait(seconds=3)

    assert status == 0


def test_every_line_from_start_to_end_is_json(start: Start) -> None:
    """uvicorn's lines and the service's have the same four fields, requests some more."""
    service = start(DRAIN_SECONDS="0", ACCESS_LOG="all")
    httpx.get(service.url)
    service.terminate()
    _, lines = service.wait(seconds=5)

    assert {"uvicorn.error", "app.server", "app.access"} <= {line["logger"] for line in lines}
    assert all({"time", "level", "logger", "message"} <= line.keys() for line in lines)
    assert any(line["message"] == "GET / 200" and line["status"] == 200 for line in lines)
