"""Which lines are logged, and that each is one JSON object."""

import json
import logging
import subprocess
import sys
from datetime import datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI

from app.config import Settings
from app.health import Readiness
from app.logs import JsonFormatter
from app.main import create_app
from tests.service.process import environment


def record(message: str, *arguments: object) -> logging.LogRecord:
    return logging.LogRecord("shop", logging.WARNING, __file__, 1, message, arguments, None)


def test_record_is_one_json_line() -> None:
    """Time, level, logger and message are there, and a line break in a message breaks no line."""
    line = JsonFormatter().format(record("two\nlines of %s", "text"))

    assert "\n" not in line
    entry = json.loads(line)
    assert datetime.fromisoformat(entry.pop("time")).utcoffset() == timedelta(0)
    assert entry == {"level": "warning", "logger": "shop", "message": "two\nlines of text"}


def test_record_with_fields_has_them_at_the_top() -> None:
    """Fields that a caller adds stand beside the message, whatever their type."""
    with_fields = record("sold")
    with_fields.fields = {"price": 3, "buyer": object}

    entry = json.loads(JsonFormatter().format(with_fields))

    assert entry["price"] == 3
    assert entry["buyer"] == "<class 'object'>"


def test_record_with_an_exception_has_its_traceback() -> None:
    """An exception is logged within its line, with its traceback."""
    failed = record("failed")
    try:
        raise KeyError("price")
    except KeyError:
        failed.exc_info = sys.exc_info()

    entry = json.loads(JsonFormatter().format(failed))

    assert entry["exception"].startswith("Traceback")
    assert entry["exception"].endswith("KeyError: 'price'")


def test_uvicorn_composes_no_access_lines() -> None:
    """Its access log has no handler, for which it looks before it spends time on a line."""
    script = (
        "import logging, app.main\n"
        "for name in 'uvicorn.access', 'uvicorn.error':\n"
        "    print(name, logging.getLogger(name).hasHandlers())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment(), capture_output=True, text=True
    )

    assert done.stdout == "uvicorn.access False\nuvicorn.error True\n", done.stderr


@pytest.mark.anyio
async def test_request_is_logged_with_its_fields(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    """An access line tells method, path, status and duration, and nothing of the query."""
    caplog.set_level(logging.INFO, logger="app.access")

    await client.get("/version?token=secret")

    (line,) = [entry for entry in caplog.records if entry.name == "app.access"]
    fields = line.__dict__["fields"]
    assert line.getMessage() == "GET /version 200"
    assert fields.pop("duration_seconds") > 0
    assert fields == {"method": "GET", "path": "/version", "status": 200}


@pytest.mark.anyio
async def test_only_errors_are_logged_unless_all_are_asked_for(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """By default a request that succeeds costs no line and one that fails is a warning."""
    caplog.set_level(logging.INFO, logger="app.access")
    readiness = Readiness()
    service = create_app(Settings.from_environment({}), readiness)
    client = httpx.AsyncClient(transport=httpx.ASGITransport(service), base_url="http://service")

    await client.get("/readyz")
    readiness.drain()
    await client.get("/readyz")

    lines = [entry for entry in caplog.records if entry.name == "app.access"]
    assert [(line.levelname, line.getMessage()) for line in lines] == [
        ("WARNING", "GET /readyz 503")
    ]


@pytest.mark.anyio
async def test_request_that_raises_is_logged(
    service: FastAPI, client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    """A route that raises leaves an access line with status 500."""

    @service.get("/broken")
    async def broken() -> None:
        raise RuntimeError("broken")

    await client.get("/broken")

    assert "GET /broken 500" in caplog.messages
