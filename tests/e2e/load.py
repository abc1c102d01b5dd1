"""Load on the gateway from outside of the cluster, with every single request accounted for."""

import asyncio
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from local.host.paths import GATEWAY_PORT, NODE_ADDRESS

CONNECTIONS = 32
STACK = (NODE_ADDRESS, GATEWAY_PORT)
"""Where the laptop stack's gateway is."""
ANSWER_SECONDS = 15


@dataclass
class Load:
    """What became of the requests so far."""

    answered: int = 0
    failures: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """All requests that were sent."""
        return self.answered + self.failures.total()


@contextmanager
def load_on(
    host: str,
    connections: int = CONNECTIONS,
    pause: float = 0,
    gateway: tuple[str, int] = STACK,
) -> Iterator[Load]:
    """Asks for / by a host name, on connections that are kept, until the block ends.

    What counts as answered is a 200, whole; everything else is a failure: a connection that is
    refused, cut or closed under a request, another status, silence. Nothing is tried again. With a
    `pause`, each connection rests for so many seconds between two requests.
    """
    load, stopping = Load(), threading.Event()
    thread = threading.Thread(
        target=lambda: asyncio.run(_run(load, host, connections, pause, gateway, stopping))
    )
    thread.start()
    try:
        yield load
    finally:
        stopping.set()
        thread.join()


async def _run(
    load: Load,
    host: str,
    connections: int,
    pause: float,
    gateway: tuple[str, int],
    stopping: threading.Event,
) -> None:
    clients = (_client(load, host, pause, gateway, stopping) for _ in range(connections))
    await asyncio.gather(*clients)


async def _client(
    load: Load, host: str, pause: float, gateway: tuple[str, int], stopping: threading.Event
) -> None:
    question = f"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
    streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
    while not stopping.is_set():
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                if streams is None:
                    streams = await asyncio.open_connection(*gateway)
                status, closes = await _exchange(*streams, question)
        except (OSError, EOFError, TimeoutError, ValueError) as error:
            load.failures[type(error).__name__] += 1
            closes = True
        else:
            if status == 200:
                load.answered += 1
            else:
                load.failures[f"status {status}"] += 1
        if closes and streams:
            streams[1].close()
            streams = None
        await asyncio.sleep(pause)
    if streams:
        streams[1].close()


async def _exchange(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, question: bytes
) -> tuple[int, bool]:
    """The status of the answer, once its body is whole, and whether the connection ends with it."""
    writer.write(question)
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = 0
    for line in head.splitlines():
        if line.startswith("content-length:"):
            length = int(line.partition(":")[2])
    await reader.readexactly(length)
    return int(head.split()[1]), "connection: close" in head
