"""One question and its answer in HTTP/1.1 over a wire; h11 knows the grammar."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

import h11

LARGEST_HEAD = 64 * 1024
CHUNK = 64 * 1024


class Stream(Protocol):
    """Bytes both ways."""

    async def write(self, buffer: bytes) -> None:
        """Send everything."""
        ...

    async def read(self, most: int) -> bytes:
        """Return what has come, `b""` at the end."""
        ...


class Exchange:
    """Asks once and reads the answer: first its head, then its body.

    Raises:
        h11.RemoteProtocolError: what came is not HTTP, or ends too early.
    """

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._grammar = h11.Connection(h11.CLIENT, max_incomplete_event_size=LARGEST_HEAD)

    async def ask(
        self, method: bytes, target: bytes, headers: Sequence[tuple[bytes, bytes]]
    ) -> h11.Response:
        """Send a request without a body and return the head of its answer."""
        request = h11.Request(method=method, target=target, headers=list(headers))
        asked = (self._grammar.send(request) or b"") + (
            self._grammar.send(h11.EndOfMessage()) or b""
        )
        await self._stream.write(asked)
        while True:
            event = await self._next()
            if isinstance(event, h11.Response):
                return event

    async def body(self) -> AsyncIterator[bytes]:
        """Give the body part by part, its chunks joined out of their framing."""
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
