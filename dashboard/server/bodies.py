"""Limits the memory for request bodies that are still arriving, in total and per address."""

from collections import Counter
from collections.abc import Awaitable

from tornado.httputil import HTTPHeaders, HTTPMessageDelegate, RequestStartLine, ResponseStartLine

# Maximum bytes in memory, in total and per client address (a whole library may share one).
ALL, OF_ADDRESS = 64 * 1024 * 1024, 32 * 1024 * 1024


class UnfinishedBodies:
    """Counts the bytes of unfinished bodies, by client address."""

    def __init__(self) -> None:
        self._held: Counter[str] = Counter()

    def hold(self, address: str, size: int) -> bool:
        """Count bytes that have arrived, or return False if they would exceed a limit."""
        if self._held.total() + size > ALL or self._held[address] + size > OF_ADDRESS:
            return False
        self._held[address] += size
        return True

    def release(self, address: str, size: int) -> None:
        self._held[address] -= size
        self._held += Counter()  # drops addresses with a count of zero


class BoundedBody(HTTPMessageDelegate):
    """Passes a request to `handler` if its body may be kept in memory, or else to `refusal`."""

    def __init__(
        self,
        handler: HTTPMessageDelegate,
        refusal: HTTPMessageDelegate,
        bodies: UnfinishedBodies,
        address: str,
    ) -> None:
        self._handler: HTTPMessageDelegate | None = handler
        self._refusal, self._bodies, self._address = refusal, bodies, address
        self._size = 0

    def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> Awaitable[None] | None:
        self._start = start_line, headers
        return self._handler.headers_received(start_line, headers) if self._handler else None

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        if self._handler is None:
            return None
        if self._bodies.hold(self._address, len(chunk)):
            self._size += len(chunk)
            return self._handler.data_received(chunk)
        self.on_connection_close()
        self._handler = None
        self._refusal.headers_received(*self._start)
        return None

    def finish(self) -> None:
        self._release()
        if self._handler:
            self._handler.finish()

    def on_connection_close(self) -> None:
        self._release()
        if self._handler:
            self._handler.on_connection_close()

    def _release(self) -> None:
        self._bodies.release(self._address, self._size)
        self._size = 0
