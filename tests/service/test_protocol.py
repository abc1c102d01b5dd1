"""What a client may send over one connection, and what it takes of the service."""

import asyncio
import logging
import socket
import struct
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn
from fastapi import FastAPI
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.server import ServerState

from app.protocol import HEAD_BYTES, HEADERS, BoundedProtocol

pytestmark = pytest.mark.anyio

GET = b"GET / HTTP/1.1\r\nHost: x\r\n"
LAST = GET + b"Connection: close\r\n\r\n"
CHUNKED = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
TOO_LARGE, BAD = b"HTTP/1.1 431 ", b"HTTP/1.1 400 "


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, bool]]:
    """The loop of the image."""
    return "asyncio", {"use_uvloop": True}


@pytest.fixture
def waiting() -> list[int]:
    """How many requests waited whenever one was served."""
    return []


Connections = list[BoundedProtocol]


@asynccontextmanager
async def listening(application: ASGIApp, connections: Connections) -> AsyncIterator[int]:
    """Where an application listens; its connections are added to those."""

    def connection() -> BoundedProtocol:
        connections.append(BoundedProtocol(config, ServerState(), {}))
        return connections[-1]

    config = uvicorn.Config(application, access_log=False, log_config=None, ws="none")
    server = await asyncio.get_running_loop().create_server(connection, "127.0.0.1")
    async with server:
        yield server.sockets[0].getsockname()[1]


@pytest.fixture
async def port(waiting: list[int]) -> AsyncIterator[int]:
    """Where an application listens whose answers are as large as their path says."""
    connections: Connections = []

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        waiting.append(len(connections[-1].pipeline))
        await PlainTextResponse("a" * int(scope["path"][1:] or 1))(scope, receive, send)

    async with listening(application, connections) as port:
        yield port


async def answer(
    port: int, sent: bytes, again: bytes = b"", times: int = 0, last: bytes = b""
) -> bytes:
    """All that is answered until the other side hangs up, to what is sent once and again."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def send() -> None:
        writer.write(sent)
        for _ in range(times):
            writer.write(again)
            await writer.drain()
        writer.write(last)

    sending = asyncio.create_task(send())
    try:
        return await asyncio.wait_for(reader.read(), timeout=60)
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        writer.close()


@pytest.mark.parametrize(
    ("sent", "again"),
    [
        (b"GET /", b"a" * 4096),
        (GET, b"a" * 4096),
        (GET + b"A: ", b"a" * 4096),
        (GET, b"A: b\r\n" * 500),
        (CHUNKED + b"0\r\n", b"A: b\r\n" * 500),
        (CHUNKED + b"0\r\nA: ", b"a" * 4096),
        (CHUNKED + b"5;", b"a" * 4096),
        (b"", b"\r\n" * 2000),
    ],
    ids=["target", "name", "value", "headers", "trailers", "trailer", "extension", "blank lines"],
)
async def test_head_without_end(port: int, sent: bytes, again: bytes) -> None:
    """It is answered with 431, its memory is bounded, and the connection ends."""
    tracemalloc.start()
    try:
        answered = await answer(port, sent, again, times=1000)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert TOO_LARGE in answered
    assert most < 2 << 20


async def test_head_that_is_large_enough_for_anybody(port: int) -> None:
    """What is within the limits is served."""
    filler = b"A: b\r\n" * (HEADERS - 2)
    large = b"A: " + b"b" * (HEAD_BYTES - len(LAST) - len(b"A: \r\n")) + b"\r\n"

    for headers in (filler, large):
        assert b" 200 OK" in await answer(port, GET + headers + b"Connection: close\r\n\r\n")


async def test_one_header_too_many(port: int) -> None:
    """The limit holds for a head that comes whole, too."""
    filler = b"A: b\r\n" * (HEADERS - 1)

    assert (await answer(port, GET + filler + b"Connection: close\r\n\r\n")).startswith(TOO_LARGE)


async def test_what_is_no_request(port: int, caplog: pytest.LogCaptureFixture) -> None:
    """It is answered with 400, and one line tells of it."""
    assert (await answer(port, b"nonsense\r\n\r\n")).startswith(BAD)
    assert [record.message for record in caplog.records] == ["Invalid HTTP request received."]


async def test_large_body(port: int) -> None:
    """A body has no limit here, and neither is it kept where nobody wants it."""
    head = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4096000\r\n\r\n"
    answered = await answer(port, head, b"a" * 4096, times=1000, last=LAST)
    assert answered.count(b"HTTP/1.1 200 OK") == 2


async def test_requests_that_do_not_wait_for_answers(port: int, waiting: list[int]) -> None:
    """Each is answered, however many there are, and few are kept at a time."""
    answered = await answer(port, (GET + b"\r\n") * 3000 + LAST)

    assert answered.count(b"HTTP/1.1 200 OK") == 3001
    assert max(waiting) < 250


async def test_requests_after_the_last(port: int, waiting: list[int]) -> None:
    """Whoever asks for an end and sends on is answered up to there."""
    answered = await answer(port, LAST + (GET + b"\r\n") * 1000)

    assert answered.count(b"HTTP/1.1 200 OK") == 1
    assert len(waiting) == 1


async def test_client_that_hangs_up_on_its_requests(
    port: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Requests that wait and the one whose answer waits end quietly with their connection."""
    caplog.set_level(logging.WARNING)
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    client.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(client, ("127.0.0.1", port))
    sending = asyncio.create_task(loop.sock_sendall(client, b"GET /5000 HTTP/1.1\r\n\r\n" * 4000))
    await asyncio.sleep(0.2)
    sending.cancel()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()
    await asyncio.sleep(0.1)

    assert not caplog.records


async def test_head_without_a_body(service: FastAPI) -> None:
    """HEAD is answered with what GET is, but for the body."""
    async with listening(service, []) as port:
        headers, _, body = (await answer(port, LAST)).partition(b"\r\n\r\n")
        answered = await answer(port, LAST.replace(b"GET", b"HEAD"))

    assert body
    assert answered == headers + b"\r\n\r\n"
