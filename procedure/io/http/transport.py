"""An HTTP/1.1 transport for httpx that opens a new connection per request and times each phase."""

import re
import ssl
from collections.abc import AsyncIterator, Sequence

import h11
import httpx

from procedure.io.http.error_rules import AnswerRefused
from procedure.io.http.resolver import Resolve
from procedure.io.http.socket_connection import SocketConnection, open_connection
from procedure.io.http.timings import PhaseTimings
from procedure.monitoring.model import FailureCause, Phase

LARGEST_HEAD = 64 * 1024
CHUNK = 64 * 1024


class Exchange:
    """Sends one request, then reads the response's head and body.

    `quirks` names faults in the head that browsers tolerate and that were repaired here.

    Raises:
        h11.RemoteProtocolError: the response is not HTTP, or ends too early.
    """

    def __init__(self, stream: SocketConnection) -> None:
        self._stream = stream
        self._grammar = h11.Connection(h11.CLIENT, max_incomplete_event_size=LARGEST_HEAD)
        self._head = b""
        self.quirks: list[str] = []

    async def request(
        self, method: bytes, target: bytes, headers: Sequence[tuple[bytes, bytes]]
    ) -> h11.Response:
        """Send a request without a body, and return the head of its response."""
        request = h11.Request(method=method, target=target, headers=list(headers))
        await self._stream.write(self._begin(request))
        while True:
            try:
                event = await self._next()
            except h11.RemoteProtocolError:
                head, quirks = repair_head(self._head)
                if self.quirks or not quirks:
                    raise
                self.quirks = quirks
                self._grammar = h11.Connection(h11.CLIENT, max_incomplete_event_size=LARGEST_HEAD)
                self._begin(request)
                self._receive(head)
                continue
            if isinstance(event, h11.Response):
                return event

    def _begin(self, request: h11.Request) -> bytes:
        sent = (self._grammar.send(event) for event in (request, h11.EndOfMessage()))
        return b"".join(part or b"" for part in sent)

    def _receive(self, received: bytes) -> None:
        if self._grammar.their_state is h11.SEND_RESPONSE:
            self._head += received
        self._grammar.receive_data(received)

    async def body(self) -> AsyncIterator[bytes]:
        """Yield the body in chunks, without the chunked framing."""
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
                return event  # pyright: ignore[reportReturnType] - NEED_DATA is ruled out
            received = await self._stream.read(CHUNK)
            if not received and self._grammar.their_state is h11.SEND_RESPONSE:
                raise h11.RemoteProtocolError("the server hung up without an answer")
            self._receive(received)


# The name, pattern and replacement of each fault in a response's head that Chromium tolerates.
_REPAIRS: tuple[tuple[str, re.Pattern[bytes], bytes], ...] = (
    (
        "spaces in the status line",
        re.compile(rb"\AHTTP/(\d\.\d)[ \t]+(\d{3})[ \t]*"),
        rb"HTTP/\1 \2 ",
    ),
    ("a space before a colon", re.compile(rb"^([!-9;-~]+)[ \t]+:", re.MULTILINE), rb"\1:"),
    (
        "a space in a header's name",
        re.compile(rb"^[!-9;-~]+[ \t][^:\r\n]*:[^\n]*\n", re.MULTILINE),
        b"",
    ),
    (
        "an empty Content-Length",
        re.compile(rb"^content-length:[ \t]*\r?\n", re.MULTILINE | re.IGNORECASE),
        b"",
    ),
)


def repair_head(received: bytes) -> tuple[bytes, list[str]]:
    """Return the received bytes with a repaired head, and the names of the quirks."""
    end = re.search(rb"\r?\n\r?\n", received)
    head, rest = (received, b"") if end is None else (received[: end.end()], received[end.end() :])
    quirks = list[str]()
    for name, pattern, repaired in _REPAIRS:
        before, head = head, pattern.sub(repaired, head)
        quirks += [name] if head != before else []
    return head + rest, quirks


PORTS = {"http": 80, "https": 443}


class PhasedTransport(httpx.AsyncBaseTransport):
    """Resolves the name, connects, runs the TLS handshake and sends the request.

    Each request carries its `PhaseTimings` in `extensions["hop"]`, and may name a proxy
    (`http://host:port`) in `extensions["proxy"]`. Errors from the socket, TLS and h11 are passed on
    as they are. Requests have no body.
    """

    def __init__(self, context: ssl.SSLContext, resolve: Resolve) -> None:
        self._context = context
        self._resolve = resolve

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request and return the response; closing it closes the connection."""
        url = request.url
        if url.scheme not in PORTS:
            raise httpx.UnsupportedProtocol(f"{url.scheme} is not http or https")
        hop: PhaseTimings = request.extensions["hop"]
        proxy: str | None = request.extensions.get("proxy")
        connection = await self._connect(url if proxy is None else httpx.URL(proxy), hop)
        try:
            if url.scheme == "https":
                if proxy is not None:
                    await _tunnel(connection, url)
                await connection.start_tls(self._context, url.raw_host.decode("ascii"))
            forwarded = proxy is not None and url.scheme == "http"
            hop.enter(Phase.REQUEST)
            exchange = Exchange(connection)
            head = await exchange.request(
                request.method.encode("ascii"),
                _absolute_url(url) if forwarded else url.raw_path,
                request.headers.raw,
            )
            hop.remark = "; ".join(filter(None, (hop.remark, *exchange.quirks)))
        except BaseException:
            connection.close()
            raise
        return httpx.Response(
            head.status_code, headers=head.headers.raw_items(), stream=_Stream(exchange, connection)
        )

    async def _connect(self, url: httpx.URL, hop: PhaseTimings) -> SocketConnection:
        hop.enter(Phase.DNS)
        addresses = await self._resolve(url.raw_host.decode("ascii"), _port(url))
        hop.dns = hop.elapsed()
        return await open_connection(addresses, hop)


class _Stream(httpx.AsyncByteStream):
    """The body as it is received; closing it closes the connection."""

    def __init__(self, exchange: Exchange, connection: SocketConnection) -> None:
        self._exchange = exchange
        self._connection = connection

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._exchange.body()

    async def aclose(self) -> None:
        self._connection.close()


async def _tunnel(connection: SocketConnection, url: httpx.URL) -> None:
    place = b"%b:%d" % (url.raw_host, _port(url))
    answer = await Exchange(connection).request(b"CONNECT", place, [(b"Host", place)])
    if not 200 <= answer.status_code < 300:
        raise AnswerRefused(FailureCause.NETWORK, f"the proxy answered {answer.status_code}")


def _absolute_url(url: httpx.URL) -> bytes:
    return b"%b://%b%b" % (url.raw_scheme, url.netloc, url.raw_path)


def _port(url: httpx.URL) -> int:
    return url.port or PORTS[url.scheme]
