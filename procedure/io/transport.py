"""Our transport behind httpx's interface: a fresh connection for each request, phases apart."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator

import httpcore
import httpx

from procedure.io.leg import Leg
from procedure.io.resolver import Resolve
from procedure.io.wire import Wire, open_wire
from procedure.monitoring import Phase

PORTS = {"http": 80, "https": 443}


class PhasedTransport(httpx.AsyncBaseTransport):
    """Resolves, connects, shakes hands and asks, in a straight line; httpcore speaks HTTP/1.1.

    Each request carries its `Leg` in `extensions["leg"]` and may name a proxy
    (`http://host:port`) in `extensions["proxy"]`. What the socket, TLS or httpcore raised comes
    out as it is, for `procedure.io.failures` to tell apart.
    """

    def __init__(self, context: ssl.SSLContext, resolve: Resolve) -> None:
        self._context = context
        self._resolve = resolve

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Ask once; closing the response closes the connection."""
        if request.url.scheme not in PORTS:
            raise httpx.UnsupportedProtocol(f"{request.url.scheme} is not http or https")
        leg: Leg = request.extensions["leg"]
        proxy: str | None = request.extensions.get("proxy")
        through = request.url if proxy is None else httpx.URL(proxy)
        wire = await self._wire_to(through, leg)
        try:
            if request.url.scheme == "https":
                if proxy is not None:
                    await _tunnel(wire, request.url)
                await wire.start_tls(self._context, request.url.raw_host.decode("ascii"))
            leg.enter(Phase.REQUEST)
            forward = proxy is not None and request.url.scheme == "http"
            answer = await _ask(wire, _origin(request.url), _asked(request, forward=forward))
        except BaseException:
            await wire.aclose()
            raise
        return httpx.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=_Stream(answer, wire),
        )

    async def _wire_to(self, url: httpx.URL, leg: Leg) -> Wire:
        leg.enter(Phase.DNS)
        # The root dot of "example.org." is DNS's own way to write a whole name.
        addresses = await self._resolve(url.raw_host.decode("ascii"), _port(url))
        leg.dns = leg.elapsed()
        return await open_wire(addresses, leg)


class _Stream(httpx.AsyncByteStream):
    """The body as it comes; closing it closes the wire, whatever is left to read."""

    def __init__(self, answer: httpcore.Response, wire: Wire) -> None:
        self._answer = answer
        self._wire = wire

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._answer.aiter_stream():
            yield part

    async def aclose(self) -> None:
        await self._wire.aclose()


async def _ask(wire: Wire, origin: httpcore.Origin, request: httpcore.Request) -> httpcore.Response:
    connection = httpcore.AsyncHTTP11Connection(origin=origin, stream=wire)
    return await connection.handle_async_request(request)


async def _tunnel(wire: Wire, url: httpx.URL) -> None:
    place = b"%b:%d" % (url.raw_host, _port(url))
    asked = httpcore.Request(
        "CONNECT",
        httpcore.URL(scheme=b"http", host=url.raw_host, port=_port(url), target=place),
        headers=[(b"Host", place)],
    )
    origin = httpcore.Origin(b"http", url.raw_host, _port(url))
    answer = await _ask(wire, origin, asked)
    if not 200 <= answer.status < 300:
        raise httpcore.ProxyError(f"the proxy answered {answer.status}")


def _asked(request: httpx.Request, *, forward: bool) -> httpcore.Request:
    url = request.url
    target = bytes(httpcore.URL(str(url))) if forward else url.raw_path
    return httpcore.Request(
        request.method,
        httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=_port(url), target=target),
        headers=request.headers.raw,
        content=request.stream,
    )


def _origin(url: httpx.URL) -> httpcore.Origin:
    return httpcore.Origin(url.raw_scheme, url.raw_host, _port(url))


def _port(url: httpx.URL) -> int:
    return url.port or PORTS[url.scheme]
