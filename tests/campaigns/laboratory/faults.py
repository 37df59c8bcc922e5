"""The faults that Relais distinguishes, reproduced with real sockets."""

import asyncio
import gzip
import socket
import sys
import zlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from procedure.monitoring.model import FailureCause, Phase, Status, Target
from tests.campaigns.laboratory import bench as b
from tests.campaigns.laboratory.bench import HOST, LOGIN, STRANGER, Bench, Handler

UP, SLOW, DOWN = Status.UP, Status.SLOW, Status.DOWN


@dataclass(frozen=True)
class Fault:
    """A fault and the expected outcome; `build` starts the servers and returns the URL to probe."""

    what: str
    build: Callable[[Bench], Awaitable[str]]
    status: Status
    cause: FailureCause | None = None
    phase: Phase | None = None
    http_status: int | None = None
    detail: str = ""
    reserved: bool = False
    expires_soon: bool = False
    hops: int = 1
    host: str = HOST
    target: Mapping[str, Any] = field(default_factory=dict)
    possible: Callable[[], bool] = lambda: True

    def aimed(self, url: str) -> Target:
        return Target("target", url, "A4", timedelta(minutes=1), **self.target)


def answering(
    status: str = "200 OK", *headers: str, body: bytes = b"<p>Bonjour</p>", length: bool = True
) -> Handler:
    """Return a handler that always sends this response."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        lines = [f"HTTP/1.1 {status}", *headers]
        if length:
            lines.append(f"Content-Length: {len(body)}")
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        await writer.drain()

    return handle


def plain(handler: Handler, path: str = "/", **serve: Any) -> Callable[[Bench], Awaitable[str]]:
    async def build(bench: Bench) -> str:
        return f"http://{HOST}:{await bench.serve(handler, **serve)}{path}"

    return build


def secure(context: Callable[[], Any], path: str = "/") -> Callable[[Bench], Awaitable[str]]:
    async def build(bench: Bench) -> str:
        return f"https://{HOST}:{await bench.serve(answering(), tls=context())}{path}"

    return build


def redirecting(
    to: Callable[[Bench], Awaitable[str]], *, tls: bool = False
) -> Callable[[Bench], Awaitable[str]]:
    """Return a function that starts a server redirecting to the URL that `to` returns."""

    async def build(bench: Bench) -> str:
        location = await to(bench)
        context = b.certificate(HOST) if tls else None
        port = await bench.serve(answering("302 Found", f"Location: {location}"), tls=context)
        return f"{'https' if tls else 'http'}://{HOST}:{port}/"

    return build


def at(host: str, handler: Handler, path: str) -> Callable[[Bench], Awaitable[str]]:
    async def build(bench: Bench) -> str:
        return f"http://{host}:{await bench.serve(handler)}{path}"

    return build


# -- servers that misbehave


async def says_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    await asyncio.sleep(60)


async def stalls_in_body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of it")
    await asyncio.sleep(60)


async def resets_at_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    b.reset(writer)


async def resets_in_body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of it")
    await writer.drain()
    await asyncio.sleep(0.1)  # so that the client reads the first half before the reset
    b.reset(writer)


async def hangs_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")


async def cuts_handshake(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)
    b.reset(writer)


async def closes_handshake(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(4096)


async def speaks_smtp(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 mail.example ESMTP\r\n")
    await writer.drain()
    await reader.read(1)


async def sends_on_and_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    for _ in range(200):
        writer.write(b"x" * 65536)
        await writer.drain()


async def dawdles(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(0.1)
    await answering()(reader, writer)


# -- more complicated faults


async def unknown_name(bench: Bench) -> str:
    return "http://alma.invalid/"


async def nobody_there(bench: Bench) -> str:
    return f"http://{HOST}:{b.free_port()}/"


async def swallowed(bench: Bench) -> str:
    return f"http://{HOST}:{bench.swallowing()}/"


async def no_path(bench: Bench) -> str:
    # The operating system refuses TCP connections to the broadcast address.
    bench.names[HOST] = [(socket.AF_INET, "255.255.255.255")]
    return f"http://{HOST}/"


async def handshake_cut(bench: Bench) -> str:
    return f"https://{HOST}:{await bench.serve(cuts_handshake)}/"


async def handshake_closed(bench: Bench) -> str:
    return f"https://{HOST}:{await bench.serve(closes_handshake)}/"


async def not_tls(bench: Bench) -> str:
    return f"https://{HOST}:{await bench.serve(speaks_smtp)}/"


async def round_and_round(bench: Bench) -> str:
    return f"http://{HOST}:{await bench.serve(answering('302 Found', 'Location: /'))}/"


async def further_and_further(bench: Bench) -> str:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode()
        writer.write(f"HTTP/1.1 302 Found\r\nLocation: {asked}x\r\n\r\n".encode())

    return f"http://{HOST}:{await bench.serve(handle)}/"


async def asks_for_a_cookie(bench: Bench) -> str:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        known = b"cookie: seen=1" in (await reader.readuntil(b"\r\n\r\n")).lower()
        status = "200 OK" if known else "302 Found\r\nLocation: /\r\nSet-Cookie: seen=1; Path=/"
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode())

    return f"http://{HOST}:{await bench.serve(handle)}/"


async def login_that_is_silent(bench: Bench) -> str:
    return await redirecting(at(LOGIN, says_nothing, "/idp/profile/SAML2/Redirect/SSO"))(bench)


async def ipv6_refused(bench: Bench) -> str:
    bench.names[HOST] = [(socket.AF_INET6, "::1"), (socket.AF_INET, "127.0.0.1")]
    return f"http://{HOST}:{await bench.serve(answering())}/"


async def ipv6_silent(bench: Bench) -> str:
    url = await ipv6_refused(bench)
    bench.swallowing("::1", int(url.rstrip("/").rpartition(":")[2]))
    return url


async def ipv4_refused(bench: Bench) -> str:
    bench.names[HOST] = [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")]
    return f"http://{HOST}:{await bench.serve(answering(), ip='::1')}/"


async def ipv4_silent(bench: Bench) -> str:
    bench.names[HOST] = [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")]
    port = bench.swallowing()  # first, to learn which port to serve on ::1
    return f"http://{HOST}:{await bench.serve(answering(), ip='::1', port=port)}/"


async def both_refused(bench: Bench) -> str:
    bench.names[HOST] = [(socket.AF_INET6, "::1"), (socket.AF_INET, "127.0.0.1")]
    return await nobody_there(bench)


def linux() -> bool:
    return sys.platform == "linux"


def linux_with_ipv6() -> bool:
    return linux() and b.has_ipv6()


def bomb() -> bytes:
    return gzip.compress(bytes(64 * 1024 * 1024), compresslevel=9)


GZIP, DEFLATE = "Content-Encoding: gzip", "Content-Encoding: deflate"
CHUNKED = "Transfer-Encoding: chunked"
PACKED, DEFLATED = gzip.compress(b"<p>Bonjour</p>" * 50), zlib.compress(b"<p>Bonjour</p>" * 50)
MAINTENANCE = b"<p>Le service est en <b>Maintenance</b> jusqu&rsquo;&agrave; midi</p>"
D, C, T, R, F, Y = Phase.DNS, Phase.CONNECT, Phase.TLS, Phase.REQUEST, Phase.FIRST_BYTE, Phase.BODY

# fmt: off
FAULTS: dict[str, Fault] = {
    "name": Fault("The name does not resolve", unknown_name, DOWN, FailureCause.DNS, D, host="alma.invalid"),
    "refused": Fault("The connection is refused", nobody_there, DOWN, FailureCause.REFUSED, C, detail="Connection refused"),
    "no path": Fault("There is no route to the host", no_path, DOWN, FailureCause.UNREACHABLE, C, possible=linux),
    "swallowed": Fault("The port swallows every packet", swallowed, DOWN, FailureCause.TIMEOUT, C, detail="timed out", possible=linux),
    "reset": Fault("Reset after accept", plain(resets_at_once), DOWN, FailureCause.RESET, F),
    "expired": Fault("TLS: the certificate has expired", secure(lambda: b.certificate(HOST, ends=timedelta(days=-1))), DOWN, FailureCause.TLS, T, detail="the certificate has expired"),
    "self-signed": Fault("TLS: the certificate is self-signed", secure(b.self_signed), DOWN, FailureCause.TLS, T, detail="the certificate is self-signed"),
    "wrong host": Fault("TLS: the certificate is for another host, as with a captive portal", secure(lambda: b.certificate(STRANGER)), DOWN, FailureCause.TLS, T, detail="the certificate is for another host"),
    "nameless": Fault("TLS: the certificate has no subjectAltName", secure(b.nameless), DOWN, FailureCause.TLS, T, detail="the certificate names no host"),
    "cut": Fault("TLS: the handshake is reset", handshake_cut, DOWN, FailureCause.TLS, T),
    "closed": Fault("TLS: the server hangs up during the handshake", handshake_closed, DOWN, FailureCause.TLS, T, detail="the connection was cut"),
    "old": Fault("TLS: the protocol is too old", secure(b.old_tls), DOWN, FailureCause.TLS, T),
    "not TLS": Fault("TLS: the port uses another protocol", not_tls, DOWN, FailureCause.TLS, T),
    "silent": Fault("Accepted, then no answer", plain(says_nothing), DOWN, FailureCause.TIMEOUT, F),
    "stalled": Fault("Headers, then a body that stalls", plain(stalls_in_body), DOWN, FailureCause.TIMEOUT, Y, http_status=200),
    "reset in body": Fault("Reset in the middle of the body", plain(resets_in_body), DOWN, FailureCause.RESET, Y, http_status=200),
    "403": Fault("403", plain(answering("403 Forbidden")), DOWN, FailureCause.STATUS, F, http_status=403, detail="HTTP 403"),
    "404": Fault("404", plain(answering("404 Not Found")), DOWN, FailureCause.STATUS, F, http_status=404, detail="HTTP 404"),
    "429": Fault("429 with Retry-After", plain(answering("429 Too Many Requests", "Retry-After: 30")), DOWN, FailureCause.STATUS, F, http_status=429, detail="HTTP 429, Retry-After: 30"),
    "500": Fault("500", plain(answering("500 Internal Server Error")), DOWN, FailureCause.STATUS, F, http_status=500, detail="HTTP 500"),
    "502": Fault("502", plain(answering("502 Bad Gateway")), DOWN, FailureCause.STATUS, F, http_status=502, detail="HTTP 502"),
    "503": Fault("503 with Retry-After", plain(answering("503 Service Unavailable", "Retry-After: 120")), DOWN, FailureCause.STATUS, F, http_status=503, detail="HTTP 503, Retry-After: 120"),
    "401": Fault("401 where nobody must log in", plain(answering("401 Unauthorized")), DOWN, FailureCause.STATUS, F, http_status=401, detail="HTTP 401"),
    "401 reserved": Fault("401 where staff must log in", plain(answering("401 Unauthorized")), UP, http_status=401, detail="asks for a login", reserved=True, target={"reserved": True}),
    "login": Fault("Redirect to a login page", redirecting(at(LOGIN, answering(), "/idp/profile/SAML2/Redirect/SSO?SAMLRequest=abc")), UP, http_status=200, detail="redirected to a login (SAML)", reserved=True, hops=2, host=LOGIN),
    "own login": Fault("Redirect to a login page of the same host", redirecting(at(HOST, answering(), "/login;jsessionid=1")), UP, http_status=200, detail="redirected to a login (login)", reserved=True, hops=2),
    "login silent": Fault("Redirect to a login that does not answer", login_that_is_silent, DOWN, FailureCause.TIMEOUT, F, hops=2, host=LOGIN),
    "loop": Fault("Redirect loop", round_and_round, DOWN, FailureCause.REDIRECT, F, http_status=302, detail="the redirects form a loop"),
    "endless": Fault("More than twenty redirects", further_and_further, DOWN, FailureCause.REDIRECT, F, http_status=302, detail="more than 20 redirects", hops=21),
    "cookie": Fault("Redirect to itself once, with a cookie", asks_for_a_cookie, UP, http_status=200, hops=2),
    "to http": Fault("Redirect from https to http", redirecting(at(HOST, answering(), "/"), tls=True), DOWN, FailureCause.REDIRECT, F, http_status=302, detail="redirected from https to http"),
    "to ftp": Fault("Redirect to a URL that is neither http nor https", plain(answering("302 Found", "Location: ftp://alma.example/")), DOWN, FailureCause.REDIRECT, D, detail="ftp is not http or https", hops=2),
    "portal": Fault("Captive portal: 200 from a foreign host", redirecting(at(STRANGER, answering(), "/welcome")), DOWN, FailureCause.PORTAL, F, http_status=200, detail=f"answered by {STRANGER}", hops=2, host=STRANGER),
    "portal login": Fault("Captive portal with a login, where none is expected", redirecting(at(STRANGER, answering(), "/guest/login")), DOWN, FailureCause.PORTAL, F, http_status=200, detail=f"answered by {STRANGER}", hops=2, host=STRANGER),
    "allowed": Fault("200 from a foreign host that may answer", redirecting(at(STRANGER, answering(), "/welcome")), UP, http_status=200, hops=2, host=STRANGER, target={"allowed_hosts": ("*.test",)}),
    "maintenance": Fault("200 with a maintenance text", plain(answering(body=MAINTENANCE)), DOWN, FailureCause.CONTENT, Y, http_status=200, detail="contains 'jusqu’à midi'", target={"must_not_contain": ("jusqu’à midi",)}),
    "missing": Fault("200 without the expected text", plain(answering()), DOWN, FailureCause.CONTENT, Y, http_status=200, detail="does not contain 'Alma'", target={"must_contain": ("bonjour", "Alma")}),
    "oversized": Fault("Body too large, unannounced", plain(sends_on_and_on), DOWN, FailureCause.OVERSIZE, Y, http_status=200, detail="the body exceeds 4194304 bytes"),
    "announced": Fault("Body too large, announced", plain(answering("200 OK", "Content-Length: 5000000", length=False)), DOWN, FailureCause.OVERSIZE, Y, http_status=200, detail="the body is 5000000 bytes long"),
    "bomb": Fault("Decompression bomb", plain(answering("200 OK", GZIP, body=bomb())), DOWN, FailureCause.OVERSIZE, Y, http_status=200, detail="the body exceeds 4194304 bytes"),
    "packed": Fault("Claims to be gzip, but is not", plain(answering("200 OK", GZIP)), DOWN, FailureCause.PROTOCOL, Y, http_status=200),
    "packed cut": Fault("A gzip body that ends too early", plain(answering("200 OK", GZIP, body=PACKED[:-9])), DOWN, FailureCause.PROTOCOL, Y, http_status=200, detail="the compressed body ends too early"),
    "deflate cut": Fault("A deflate body that ends too early", plain(answering("200 OK", DEFLATE, body=DEFLATED[:-9])), DOWN, FailureCause.PROTOCOL, Y, http_status=200, detail="the compressed body ends too early"),
    "chunk cut": Fault("A chunk that ends too early", plain(answering("200 OK", CHUNKED, body=b"5\r\nhello\r\n5\r\nwo", length=False)), DOWN, FailureCause.PROTOCOL, Y, http_status=200),
    "no last chunk": Fault("The last chunk is missing", plain(answering("200 OK", CHUNKED, body=b"5\r\nhello\r\n", length=False)), DOWN, FailureCause.PROTOCOL, Y, http_status=200),
    "bad chunk": Fault("A chunk whose size is not a number", plain(answering("200 OK", CHUNKED, body=b"xyz\r\nhello\r\n0\r\n\r\n", length=False)), DOWN, FailureCause.PROTOCOL, Y, http_status=200),
    "not HTTP": Fault("Invalid HTTP", plain(speaks_smtp), DOWN, FailureCause.PROTOCOL, F),
    "hangs up": Fault("Hangs up without an answer", plain(hangs_up), DOWN, FailureCause.PROTOCOL, F, detail="the server hung up without an answer"),
    "cut short": Fault("Body shorter than announced", plain(answering("200 OK", "Content-Length: 100", length=False)), DOWN, FailureCause.PROTOCOL, Y, http_status=200),
    "two spaces": Fault("Two spaces in the status line", plain(answering(" 200  OK")), UP, http_status=200, detail="spaces in the status line"),
    "space before colon": Fault("A space before the colon of a header", plain(answering("200 OK", "X-Cache : HIT")), UP, http_status=200, detail="a space before a colon"),
    "space in name": Fault("A space in the name of a header", plain(answering("200 OK", "X Cache: HIT")), UP, http_status=200, detail="a space in a header's name"),
    "empty length": Fault("An empty Content-Length", plain(answering("200 OK", "Content-Length:", length=False)), UP, http_status=200, detail="an empty Content-Length"),
    "several quirks": Fault("Several of these quirks at once", plain(answering(" 200 OK", "X-Cache : HIT", "Content-Length: ", length=False)), UP, http_status=200, detail="spaces in the status line; a space before a colon; an empty Content-Length"),
    "quirk and worse": Fault("Two spaces in the status line, and a header without a colon", plain(answering(" 200 OK", "X-Cache")), DOWN, FailureCause.PROTOCOL, F),
    "IPv6 refused": Fault("IPv6 broken (refused), IPv4 fine", ipv6_refused, UP, http_status=200, detail="::1: ECONNREFUSED", possible=b.has_ipv6),
    "IPv6 silent": Fault("IPv6 broken (silent), IPv4 fine", ipv6_silent, UP, http_status=200, possible=linux_with_ipv6),
    "IPv4 refused": Fault("IPv4 broken (refused), IPv6 fine", ipv4_refused, UP, http_status=200, detail="127.0.0.1: ECONNREFUSED", possible=b.has_ipv6),
    "IPv4 silent": Fault("IPv4 broken (silent), IPv6 fine", ipv4_silent, UP, http_status=200, possible=linux_with_ipv6),
    "both refused": Fault("IPv6 and IPv4 refused", both_refused, DOWN, FailureCause.REFUSED, C, detail="Connection refused; ::1: ECONNREFUSED; 127.0.0.1: ECONNREFUSED", possible=b.has_ipv6),
    "expiring": Fault("The certificate ends within 14 days (a warning)", secure(lambda: b.certificate(HOST, ends=timedelta(days=13))), UP, http_status=200, expires_soon=True),
    "slow": Fault("Answers, but slower than the ceiling", plain(dawdles), SLOW, http_status=200, target={"slow_after": timedelta(seconds=0.05)}),
    "fine": Fault("Answers", secure(lambda: b.certificate(HOST)), UP, http_status=200),
}
# fmt: on
