"""What each endpoint answers."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from app.health import Readiness
from app.main import Hello

pytestmark = pytest.mark.anyio


async def test_root_is_ok_and_says_the_time_in_utc(client: httpx.AsyncClient) -> None:
    """`GET /` answers with exactly status, message and the present time, ISO 8601 in UTC."""
    response = await client.get("/")

    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    body = response.json()
    timestamp = datetime.fromisoformat(body.pop("timestamp"))
    assert body == {"status": "ok", "message": "Hello World"}
    assert timestamp.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - timestamp) < timedelta(minutes=1)


async def test_root_answers_what_its_model_promises(client: httpx.AsyncClient) -> None:
    """Nothing validates an answer when it is given, so here it is."""
    body = (await client.get("/")).text

    Hello.model_validate_json(body, strict=True, extra="forbid")


async def test_openapi_page_describes_every_endpoint(client: httpx.AsyncClient) -> None:
    """/docs shows what /openapi.json tells: all endpoints, and the fields that / answers with."""
    page = await client.get("/docs")
    told = (await client.get("/openapi.json")).json()

    assert "/openapi.json" in page.text
    assert set(told["paths"]) == {"/", "/healthz", "/readyz", "/version", "/metrics"}
    answer = told["paths"]["/"]["get"]["responses"]["200"]["content"]["application/json"]
    assert answer["schema"] == {"$ref": "#/components/schemas/Hello"}
    assert set(told["components"]["schemas"]["Hello"]["required"]) == {
        "status",
        "message",
        "timestamp",
    }


async def test_serving_process_is_alive_and_ready(client: httpx.AsyncClient) -> None:
    """/healthz and /readyz answer 200 while the process serves."""
    assert (await client.get("/healthz")).status_code == 200
    assert (await client.get("/readyz")).status_code == 200


async def test_draining_process_is_alive_and_not_ready(
    client: httpx.AsyncClient, readiness: Readiness
) -> None:
    """Draining turns /readyz to 503 and leaves /healthz and / at 200."""
    readiness.drain()

    assert (await client.get("/readyz")).status_code == 503
    assert (await client.get("/healthz")).status_code == 200
    assert (await client.get("/")).status_code == 200


async def test_version_is_what_the_image_was_built_from(client: httpx.AsyncClient) -> None:
    """/version answers with APP_VERSION and APP_REVISION."""
    response = await client.get("/version")

    assert response.json() == {"version": "1.2.3", "revision": "c0ffee"}


async def test_unknown_path_is_not_found(client: httpx.AsyncClient) -> None:
    """A path without a route is answered with 404."""
    assert (await client.get("/nowhere")).status_code == 404


@pytest.mark.parametrize("path", ["/", "/version", "/healthz", "/metrics", "/docs", "/nowhere"])
async def test_head_of_a_path(client: httpx.AsyncClient, path: str) -> None:
    """Whatever answers GET answers HEAD with the same status and type."""
    got, head = await client.get(path), await client.head(path)

    assert head.status_code == got.status_code
    assert head.headers["content-type"] == got.headers["content-type"]


async def test_head_is_counted_as_such(client: httpx.AsyncClient) -> None:
    """It has a series of its own, at the route that it was asked of."""
    await client.head("/version")

    counted = 'http_requests_total{method="HEAD",route="/version",status="200"} 1.0'
    assert counted in (await client.get("/metrics")).text
