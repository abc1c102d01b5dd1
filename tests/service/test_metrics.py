"""What /metrics shows of the requests that were served."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI, Response
from fastapi.responses import StreamingResponse
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from app.metrics import BATCH, BUCKETS

pytestmark = pytest.mark.anyio


async def scrape(client: httpx.AsyncClient, name: str, **labels: str) -> list[Sample]:
    """The samples of that name whose labels include `labels`."""
    response = await client.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain")
    return [
        sample
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    ]


async def test_requests_are_counted_by_method_route_and_status(client: httpx.AsyncClient) -> None:
    """Each completed request adds one to the counter of its method, route and status."""
    for _ in range(3):
        await client.get("/")
    await client.post("/")

    (served,) = await scrape(client, "http_requests_total", method="GET", route="/", status="200")
    (refused,) = await scrape(client, "http_requests_total", method="POST", status="405")
    assert served.value == 3
    assert refused.value == 1
    assert refused.labels["route"] == "/"


async def test_route_label_is_the_template(service: FastAPI, client: httpx.AsyncClient) -> None:
    """Paths of one parametrised route share its series."""

    @service.get("/items/{item}")
    async def get_item(item: str) -> str:
        return item

    for item in range(10):
        await client.get(f"/items/{item}")

    (sample,) = await scrape(client, "http_requests_total", route="/items/{item}")
    assert sample.value == 10


async def test_unknown_paths_share_one_series(client: httpx.AsyncClient) -> None:
    """A crawler that tries a hundred paths creates one series, not a hundred."""
    for number in range(100):
        await client.get(f"/unknown-{number}")

    (sample,) = await scrape(client, "http_requests_total", status="404")
    assert sample.labels["route"] == "other"
    assert sample.value == 100


async def test_unknown_methods_share_one_series(client: httpx.AsyncClient) -> None:
    """A client that makes methods up creates one series."""
    for number in range(10):
        await client.request(f"METHOD{number}", "/")

    (sample,) = await scrape(client, "http_requests_total", method="other")
    assert sample.value == 10


async def test_failing_request_counts_as_500(service: FastAPI, client: httpx.AsyncClient) -> None:
    """A route that raises is counted with the status that the client gets."""

    @service.get("/broken")
    async def broken() -> None:
        raise RuntimeError("broken")

    assert (await client.get("/broken")).status_code == 500
    (sample,) = await scrape(client, "http_requests_total", route="/broken")
    assert sample.labels["status"] == "500"


async def test_failing_request_is_answered_and_raises_on(
    service: FastAPI, client: httpx.AsyncClient
) -> None:
    """The client is told, without a word of the error, and the server has it to log."""

    @service.get("/broken")
    async def broken() -> Response:
        raise RuntimeError("secret")

    response = await client.get("/broken")
    assert (response.status_code, response.text) == (500, "Internal Server Error")

    raising = httpx.AsyncClient(transport=httpx.ASGITransport(service), base_url="http://service")
    with pytest.raises(RuntimeError, match="secret"):
        await raising.get("/broken")


async def test_request_that_fails_half_way_counts_as_what_the_client_saw(
    service: FastAPI, client: httpx.AsyncClient
) -> None:
    """Nothing is sent after a response that has begun, and its status stands."""

    async def half() -> AsyncIterator[str]:
        yield "half"
        raise RuntimeError("broken")

    @service.get("/half")
    async def stream() -> Response:
        return StreamingResponse(half())

    response = await client.get("/half")

    assert (response.status_code, response.text) == (200, "half")
    (sample,) = await scrape(client, "http_requests_total", route="/half")
    assert sample.labels["status"] == "200"


async def test_request_that_is_given_up_is_counted_and_no_longer_in_flight(
    service: FastAPI, client: httpx.AsyncClient
) -> None:
    """A request that is cancelled before it is answered counts as 500."""

    @service.get("/endless")
    async def endless() -> Response:
        await asyncio.sleep(60)
        return Response()

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await client.get("/endless")

    (sample,) = await scrape(client, "http_requests_total", route="/endless")
    assert (sample.labels["status"], sample.value) == ("500", 1)
    (in_flight,) = await scrape(client, "http_requests_in_flight")
    assert in_flight.value == 1


async def test_no_request_is_lost_between_batches(client: httpx.AsyncClient) -> None:
    """Whether or not a scrape comes when a batch is full, every request is there, once."""
    total = 0
    for more in (1, BATCH - 2, 2 * BATCH + 3):
        for _ in range(more):
            await client.get("/")
        total += more

        (sample,) = await scrape(client, "http_requests_total", route="/")
        assert sample.value == total


async def test_latency_buckets_are_cumulative(client: httpx.AsyncClient) -> None:
    """The histogram's buckets never fall, and the last one counts every request."""
    for _ in range(5):
        await client.get("/")

    buckets = await scrape(client, "http_request_duration_seconds_bucket", route="/")
    (total,) = await scrape(client, "http_request_duration_seconds_sum", route="/")
    counts = [bucket.value for bucket in buckets]
    assert [float(bucket.labels["le"]) for bucket in buckets] == [*BUCKETS, float("inf")]
    assert counts == sorted(counts)
    assert counts[-1] == 5
    assert total.value > 0


async def test_request_in_progress_is_in_flight(client: httpx.AsyncClient) -> None:
    """A scrape sees itself in flight and nothing else, also after other requests."""
    await client.get("/")

    (sample,) = await scrape(client, "http_requests_in_flight")
    assert sample.value == 1


async def test_version_and_uptime_are_shown(client: httpx.AsyncClient) -> None:
    """app_info names what runs and app_uptime_seconds grows."""
    (info,) = await scrape(client, "app_info")
    (before,) = await scrape(client, "app_uptime_seconds")
    (after,) = await scrape(client, "app_uptime_seconds")

    assert info.labels == {"version": "1.2.3", "revision": "c0ffee"}
    assert after.value > before.value > 0


async def test_memory_and_cpu_of_the_process_are_shown(client: httpx.AsyncClient) -> None:
    """The process's own CPU time and resident memory are there to alert on."""
    (memory,) = await scrape(client, "process_resident_memory_bytes")
    (cpu,) = await scrape(client, "process_cpu_seconds_total")

    assert memory.value > 0
    assert cpu.value > 0
