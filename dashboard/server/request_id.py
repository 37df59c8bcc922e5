"""Request ids, for the log lines about a request and for its response."""

import logging
import re
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import uuid4

from tornado.httputil import (
    HTTPHeaders,
    HTTPMessageDelegate,
    RequestStartLine,
    ResponseStartLine,
)

HEADER = "X-Request-ID"
_FORM = re.compile(r"[A-Za-z0-9._:-]{8,64}")
_current: ContextVar[str] = ContextVar("request_id", default="")


def request_id(headers: HTTPHeaders) -> str:
    """Return the id that a proxy gave the request, or a new one."""
    given = headers.get(HEADER, "")
    return given if _FORM.fullmatch(given) else uuid4().hex[:16]


def current_request() -> str:
    """Return the id of the request being handled, or ""."""
    return _current.get()


@contextmanager
def answering(request: str) -> Iterator[None]:
    """Add a request's id to log lines within this context."""
    before = _current.set(request)
    try:
        yield
    finally:
        _current.reset(before)


class IdentifiedRequest(HTTPMessageDelegate):
    """Passes on a request with its id, which tasks started by its handler inherit."""

    def __init__(self, handler: HTTPMessageDelegate, request: str) -> None:
        self._handler, self._request = handler, request

    def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> Awaitable[None] | None:
        with answering(self._request):
            return self._handler.headers_received(start_line, headers)

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        with answering(self._request):
            return self._handler.data_received(chunk)

    def finish(self) -> None:
        with answering(self._request):
            self._handler.finish()

    def on_connection_close(self) -> None:
        with answering(self._request):
            self._handler.on_connection_close()


class IdentifiedLine(logging.Formatter):
    """Adds the request's id, if any, to the first line of another formatter's output."""

    def __init__(self, formatter: logging.Formatter) -> None:
        super().__init__()
        self._formatter = formatter

    def format(self, record: logging.LogRecord) -> str:
        text, request = self._formatter.format(record), current_request()
        if not request:
            return text
        first, end, rest = text.partition("\n")
        return f"{first} [{request}]{end}{rest}"


def identify_lines() -> None:
    """Make the log handlers of the process and of Panel write the request's id."""
    for logger in (logging.getLogger(), logging.getLogger("panel")):
        for handler in logger.handlers:
            known = handler.formatter or logging.Formatter()
            if not isinstance(known, IdentifiedLine):
                handler.setFormatter(IdentifiedLine(known))
