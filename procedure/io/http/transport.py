"""A transport for httpx: a fresh connection for each request, each phase timed."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator

import httpx

from procedure.io.http.error_causes import AnswerRefused
from procedure.io.http.http11 import Exchange
from procedure.io.http.resolver import Resolve
from procedure.io.http.socket_connection import SocketConnection, open_connection
from procedure.io.http.timings import PhaseTimings
from procedure.monitoring.model import FailureCause, Phase

PORTS = {"http": 80, "https": 443}


class PhasedTransport(httpx.AsyncBaseTransport):
    """Resolves, connects, does the TLS handshake and sends the request, one after the other.

    Each request carries its `PhaseTimings` in `extensions["hop"]` and may name a proxy
    (`http://host:port`) in `extensions["proxy"]`. Errors of the socket, TLS or h11 are raised as
    they are, for `procedure.io.http.error_causes`. Requests have no body.
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
