"""One request and its response in HTTP/1.1 over a connection, parsed by h11."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import h11

from procedure.io.http.connection import SocketConnection

LARGEST_HEAD = 64 * 1024
CHUNK = 64 * 1024


class Exchange:
    """Sends one request and reads the response: first its head, then its body.

    Raises:
        h11.RemoteProtocolError: the response is not HTTP, or ends too early.
    """

    def __init__(self, stream: SocketConnection) -> None:
        self._stream = stream
        self._grammar = h11.Connection(h11.CLIENT, max_incomplete_event_size=LARGEST_HEAD)

    async def request(
        self, method: bytes, target: bytes, headers: Sequence[tuple[bytes, bytes]]
    ) -> h11.Response:
        """Send a request without a body and return the head of its response."""
        request = h11.Request(method=method, target=target, headers=list(headers))
        head = self._grammar.send(request) or b""
        await self._stream.write(head + (self._grammar.send(h11.EndOfMessage()) or b""))
        while True:
            event = await self._next()
            if isinstance(event, h11.Response):
                return event

    async def body(self) -> AsyncIterator[bytes]:
        """Yield the body part by part, without the framing of chunks."""
        while True:
            event = await self._next()
            if isinstance(event, h11.Data):
                yield bytes(event.data)
            elif isinstance(event, h11.EndOfMessage):
                return

    async def _next(self) -> h11.Event | type[h11.PAUSED]:
        while True:
            event = self._grammar.next_event()
            if event is not h11.NEED_DATA:
                return event  # pyright: ignore[reportReturnType] - NEED_DATA is gone
            received = await self._stream.read(CHUNK)
            if not received and self._grammar.their_state is h11.SEND_RESPONSE:
                raise h11.RemoteProtocolError("the server hung up without an answer")
            self._grammar.receive_data(received)
