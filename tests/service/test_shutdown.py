"""How a running service stops on SIGTERM.

Services live side by side, once for all tests: each test looks for one thing in their lives.
"""

import pytest

from tests.service.lives import SLOW, Drained, Interrupted, Lives, Stopped

SOON_SECONDS = 20
"""How soon a process ends that waits for nothing, however busy the machine is."""


@pytest.fixture
def stopped(lives: Lives) -> Stopped:
    return lives.stopped.result()


@pytest.fixture
def drained(lives: Lives) -> Drained:
    return lives.drained.result()


@pytest.fixture
def interrupted(lives: Lives) -> Interrupted:
    return lives.interrupted.result()


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


def test_draining_service_serves_and_is_not_ready(interrupted: Interrupted) -> None:
    """Between SIGTERM and the end of the drain / answers 200 and /readyz 503."""
    assert interrupted.ready_before.status_code == 200
    assert interrupted.ready_after.status_code == 503
    assert interrupted.hello_after.status_code == 200


def test_drain_ends_by_itself(drained: Drained) -> None:
    """The process ends after the drain and the time that requests then have, and not before."""
    assert drained.end.status == 0
    assert drained.end.seconds > 2


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
