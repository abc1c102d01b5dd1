"""HTTP/1.1 as uvicorn speaks it, with a bound on the memory that a connection takes.

uvicorn keeps whatever a client sends until a head or a trailer is complete, and every request that
waits behind another one.
"""

import asyncio
from http import HTTPStatus

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

HEAD_BYTES = 16 * 1024
"""A head of this size is taken; what goes past it is refused with the piece in which it does."""

HEADERS = 100
"""So many headers a request may have, its trailers included. Envoy takes as many."""

PIECE_BYTES = 4 * 1024
"""So much is parsed at once: the smallest requests in it are about 200."""

LINGER_SECONDS = 1.0
"""How long a client that was refused may go on sending: cut off at once, it would see no answer."""


class TooManyHeaders(Exception):
    """A request has more headers than it may."""


class BoundedProtocol(HttpToolsProtocol):
    """A connection whose client cannot make it take memory without end.

    What is too large is answered with 431, and the connection ends. Of requests that are sent
    without waiting for answers, those of one piece are parsed at a time.
    """

    _unfinished = 0
    """Bytes since a head was complete or a part of a body came, to the end of the last piece."""
    _refused = False
    _served: RequestResponseCycle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin with nothing to parse."""
        super().connection_made(transport)
        self._unparsed = bytearray()

    def data_received(self, data: bytes) -> None:
        """Parse what was read, or keep it while requests wait that came before."""
        if self._refused:
            return
        if self._unparsed or len(data) > PIECE_BYTES:
            self._unparsed += data
            self._go_on()
            return
        self._unfinished += len(data)
        super().data_received(data)
        if self._unfinished and self._is_too_large() and not self._refused:
            self.logger.warning("HTTP request with too large a head received.")
            self.send_400_response("")

    def on_headers_complete(self) -> None:
        """Serve the request whose head this was."""
        if len(self.headers) > HEADERS:
            raise TooManyHeaders
        self._unfinished = 0
        super().on_headers_complete()
        if not self.pipeline:
            self._served = self.cycle

    def on_body(self, body: bytes) -> None:
        """Keep a part of a body; uvicorn reads no more of it than somebody wants."""
        self._unfinished = 0
        super().on_body(body)

    def on_response_complete(self) -> None:
        """Serve the next request, or parse more where none waits."""
        if self.pipeline:
            self._served, _ = self.pipeline[-1]
        super().on_response_complete()
        if self.pipeline or self._unparsed:
            self._go_on()

    def connection_lost(self, exc: Exception | None) -> None:
        """Write nothing more; uvicorn tells that only to the request it has read last."""
        self._abandon()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Answer what cannot be served, as uvicorn asks for, and end the connection."""
        too_large = self._is_too_large()
        status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE if too_large else HTTPStatus.BAD_REQUEST
        self._refused = True
        self._abandon()
        self.transport.write(
            f"HTTP/1.1 {status.value} {status.phrase}\r\n"
            "content-type: text/plain; charset=utf-8\r\n"
            f"content-length: {len(status.phrase)}\r\n"
            f"connection: close\r\n\r\n{status.phrase}".encode()
        )
        self.transport.write_eof()
        self.loop.call_later(LINGER_SECONDS, self.transport.close)

    def _go_on(self) -> None:
        """Parse what was kept until requests wait, and read nothing as long as some do."""
        kept, self._unparsed = self._unparsed, bytearray()
        while kept and not (self.pipeline or self._refused or self.transport.is_closing()):
            self.data_received(bytes(kept[:PIECE_BYTES]))
            del kept[:PIECE_BYTES]
        self._unparsed = kept
        if self.pipeline:
            self.flow.pause_reading()

    def _abandon(self) -> None:
        """Let the request that is being served know that nobody waits for its answer."""
        if self._served is not None:
            self._served.disconnected = True
            self._served.message_event.set()

    def _is_too_large(self) -> bool:
        large = self._unfinished > HEAD_BYTES or len(self.headers or ()) > HEADERS
        return large and not self._is_over()

    def _is_over(self) -> bool:
        """Whether the last request was read that this connection has: nothing after it is kept."""
        last = self.cycle
        return (
            last is not None
            and last.scope["headers"] is self.headers
            and not (last.keep_alive or last.more_body)
        )
