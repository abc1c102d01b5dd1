"""The service, in this process."""

import logging
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from app.config import Settings
from app.health import Readiness
from app.main import create_app
from tests.service.lives import Lives, begun

# Importing app.main has pointed every log at the stdout of pytest's collection.
logging.getLogger().handlers.clear()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker("service")


@pytest.fixture(scope="session", autouse=True)
def lives(request: pytest.FixtureRequest) -> Iterator[Lives | None]:
    """Where a test that was chosen looks at them: from the first test on, which does not wait."""
    if any(item.path.name == "test_shutdown.py" for item in request.session.items):
        with begun() as lives:
            yield lives
    else:
        yield None


@pytest.fixture
def settings() -> Settings:
    return Settings.from_environment(
        {"APP_VERSION": "1.2.3", "APP_REVISION": "c0ffee", "ACCESS_LOG": "all"}
    )


@pytest.fixture
def readiness() -> Readiness:
    return Readiness()


@pytest.fixture
def service(settings: Settings, readiness: Readiness) -> FastAPI:
    return create_app(settings, readiness)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def client(service: FastAPI) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(service, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://service")
