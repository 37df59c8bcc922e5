"""The server filters requests by host, visitor and websocket origin, and enforces time limits."""

import asyncio
import base64
import logging
import os
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import pytest
from bokeh.application import Application
from bokeh.server.tornado import BokehTornado
from panel.io.liveness import LivenessHandler
from tornado.testing import bind_unused_port

from dashboard.core.allowed_clients import REFUSAL
from dashboard.core.authorised_handler import AuthorisedHandler
from dashboard.server.bodies import ALL, OF_ADDRESS, UnfinishedBodies
from dashboard.server.http_server import LARGEST_BODY, RelaisServer
from dashboard.server.request_filter import NO_ORIGIN
from dashboard.server.request_id import IdentifiedLine
from tests.support.stores import empty_accounts

FILTER = "dashboard.server.request_filter"


class Echo(AuthorisedHandler):
    """A route that responds with the client's address, or with the size of the body."""

    permission = None

    def get(self) -> None:
        self.finish(self.request.remote_ip)

    def post(self) -> None:
        self.finish(str(len(self.request.body)))


class Strict(AuthorisedHandler):
    """A page with its own content policy."""

    permission = None

    def get(self) -> None:
        self.set_header("Content-Security-Policy", "default-src 'none'")


@dataclass
class Serving:
    port: int

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def ask(self, path: str, *lines: str) -> tuple[int, dict[str, str], str]:
        """Send a request; return status, headers and body. `PORT` stands for the server's port."""
        reader, writer = await self.open()
        head = [f"GET {path} HTTP/1.1", *lines, "", ""]
        writer.write("\r\n".join(head).replace("PORT", str(self.port)).encode())
        try:
            text = await reader.readuntil(b"\r\n\r\n")
            fields = [line.partition(": ") for line in text.decode().split("\r\n")[1:]]
            headers = {name: value for name, _, value in fields if name}
            body = await reader.readexactly(int(headers.get("Content-Length", "0")))
        finally:
            writer.close()
            await writer.wait_closed()
        return int(text.split()[1]), headers, body.decode(errors="replace")


@pytest.fixture(autouse=True)
def _open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let other machines connect without a login, because some tests need this."""
    monkeypatch.setenv("RELAIS_OPEN", "1")


@asynccontextmanager
async def serving(*origins: str, **options: Any) -> AsyncIterator[Serving]:
    socket, port = bind_unused_port()
    routes = [
        (r"/echo", Echo),
        (r"/strict", Strict),
        (r"/liveness", LivenessHandler, {"applications": {}}),
    ]
    allowed = [origin.replace("PORT", str(port)) for origin in origins or ("localhost:PORT",)]
    application = BokehTornado(
        {"/dashboard": Application()}, extra_patterns=routes, extra_websocket_origins=allowed
    )
    server = RelaisServer(application, accounts=empty_accounts(), **options)
    server.add_sockets([socket])
    try:
        async with asyncio.timeout(60):
            yield Serving(port)
    finally:
        server.stop()
        await server.close_all_connections()


async def ask(
    path: str, *lines: str, origins: Sequence[str] = ()
) -> tuple[int, dict[str, str], str]:
    """Start a server, send one request, and stop the server."""
    async with serving(*origins) as server:
        return await server.ask(path, *lines)


def websocket(*more: str) -> list[str]:
    key = base64.b64encode(os.urandom(16)).decode()
    return [
        "Host: localhost:PORT",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
        *more,
    ]


@pytest.mark.parametrize(
    "path",
    [
        "/echo",
        "/dashboard",
        "/dashboard/autoload.js",
        "/static/js/bokeh.min.js",
        "/dashboard/assets/relais.css",
        "/missing",
        "/dashboard/ws",
    ],
)
async def test_routes_refuse_a_foreign_host(path: str) -> None:
    result = await ask(path, "Host: rebound.example:PORT")
    assert result[0] == 403
    assert result[2].startswith("Relais does not respond under the name rebound.example:")


@pytest.mark.parametrize(
    ("origins", "host", "status"),
    [
        ([], "Host: localhost:PORT", 200),
        ([], "Host: LOCALHOST:PORT", 200),
        ([], "Host: 127.0.0.1:PORT", 200),
        ([], "Host: [::1]:PORT", 200),
        ([], "Host: localhost", 403),
        ([], "Host: localhost:1", 403),
        ([], "Host: localhost.:PORT", 403),
        ([], "Host: localhost:PORT@rebound.example", 400),  # Tornado itself refuses this
        ([], "Host: relais.example", 403),
        (["relais.example:80"], "Host: relais.example", 200),
        (["relais.example:80"], "Host: relais.example:80", 200),
        (["relais.example:80"], "Host: relais.example:8080", 403),
        (["relais.example:80"], "Host: sub.relais.example", 403),
        (["relais.example:80"], "Host: localhost:PORT", 200),
        (["*"], "Host: whatever.example", 200),
    ],
)
async def test_host_is_allowed_as_an_origin_of_the_websocket(
    origins: list[str], host: str, status: int
) -> None:
    assert (await ask("/echo", host, origins=origins))[0] == status


async def test_request_without_a_host_is_refused() -> None:
    async with serving() as server:
        reader, writer = await server.open()
        writer.write(b"GET /echo HTTP/1.0\r\n\r\n")
        text = await reader.read()
        writer.close()
    head, _, body = text.decode().partition("\r\n\r\n")
    assert head.startswith("HTTP/1.1 403 ")
    # nginx sends HTTP/1.0, so the server takes this client for a proxy.
    assert body == f"{REFUSAL}\n"


async def test_healthz_answers_any_host() -> None:
    result = await ask("/liveness", "Host: 10.2.3.4")
    assert (result[0], result[2]) == (200, '{"/liveness": true}')
    # With a query, the route would create a page that nobody sees.
    assert (await ask("/liveness?endpoint=/app", "Host: localhost:PORT"))[0] == 403


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        ([], 101),
        (["Origin: http://localhost:PORT"], 101),
        (["Origin: http://127.0.0.1:PORT"], 101),
        (["Origin: http://[::1]:PORT"], 101),
        (["Origin: http://rebound.example"], 403),
        (["Origin: null"], 403),
        (["Origin: http://["], 403),
        (["Origin:"], 403),
        (["X-Forwarded-For: 192.0.2.7"], 403),
        (["X-Forwarded-Proto: https"], 403),
        (["X-Real-IP: 127.0.0.1"], 403),
        (["Forwarded: for=192.0.2.7"], 403),
        (["Via: 1.1 proxy"], 403),
        (["Via: 1.1 proxy", "Origin: http://localhost:PORT"], 101),
    ],
)
async def test_websocket_without_an_origin_is_only_for_this_machine(
    lines: list[str], status: int
) -> None:
    # Let the server serve other machines; otherwise, it would refuse every proxy.
    origins = ["relais.example:80", "localhost:PORT"]
    result = await ask("/dashboard/ws", *websocket(*lines), origins=origins)
    assert result[0] == status
    if status == 403 and "Origin: http://rebound.example" not in lines:
        assert result[2] == NO_ORIGIN + "\n"


async def test_unknown_proxy_is_refused() -> None:
    result = await ask("/echo", "Host: localhost:PORT", "Via: 1.1 proxy")
    assert (result[0], result[2]) == (403, REFUSAL + "\n")


@pytest.mark.parametrize(
    ("proxies", "seen", "websocket_status"),
    [("", "127.0.0.1", 101), ("127.0.0.1", "192.0.2.7", 403), ("192.0.2.2", "127.0.0.1", 403)],
    ids=["none", "trusted", "another"],
)
async def test_trusted_proxy_names_its_client(
    proxies: str, seen: str, websocket_status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RELAIS_TRUSTED_PROXIES", proxies)
    asked = ["Host: localhost:PORT", "X-Forwarded-For: 198.51.100.1, 192.0.2.7"]
    result = await ask("/echo", *asked, origins=["relais.example:80"])
    assert (result[0], result[2]) == (200, seen)
    # If a proxy is configured, no client counts as local, even without the proxy's headers.
    opened = await ask("/dashboard/ws", *websocket(), origins=["localhost:PORT"])
    assert opened[0] == websocket_status


POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src * blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors "
)
SECURE = {
    "Content-Security-Policy": POLICY + "'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


@pytest.mark.parametrize(
    ("path", "lines", "status"),
    [
        ("/echo", [], 200),
        ("/liveness", [], 200),
        ("/dashboard", [], 200),
        ("/", [], 302),
        ("/missing", [], 404),
        ("/dashboard/autoload.js", [], 400),
        ("/dashboard/autoload.js?bokeh-autoload-element=x", [], 200),
        ("/static/js/bokeh.min.js", [], 200),
        ("/dashboard/assets/relais.css", [], 200),
        ("/dashboard/assets/relais.css", ["If-None-Match: *"], 304),
        ("/echo", ["Via: 1.1 proxy"], 403),
        ("/dashboard/ws", websocket()[1:], 101),
    ],
)
async def test_answers_have_security_headers(path: str, lines: list[str], status: int) -> None:
    result, headers, _ = await ask(path, "Host: localhost:PORT", *lines)
    assert result == status
    # Browsers ignore the policy of a script or a style sheet, so these get only a short policy.
    brief = {"Content-Security-Policy": "frame-ancestors 'none'"}
    no_document = headers.get("Content-Type") in {
        "text/css",
        "text/javascript",
        "application/javascript",
    }
    wanted = SECURE | (brief if no_document else {})
    assert {name: headers.get(name) for name in SECURE} == wanted
    assert not [name for name in headers if name.startswith("Access-Control-")]


async def test_page_keeps_its_own_policy() -> None:
    async with serving() as server:
        reader, writer = await server.open()
        writer.write(f"GET /strict HTTP/1.1\r\nHost: localhost:{server.port}\r\n\r\n".encode())
        text = (await reader.readuntil(b"\r\n\r\n")).decode()
        writer.close()
        await writer.wait_closed()
        policies = [line for line in text.split("\r\n") if "Security" in line]
    assert policies == [
        "Content-Security-Policy: default-src 'none'",
        f"Content-Security-Policy: {SECURE['Content-Security-Policy']}",
    ]


@pytest.mark.parametrize(
    ("origin", "reader"),
    [
        ("http://localhost:PORT", "http://localhost:PORT"),
        ("https://rebound.example", None),
        ("null", None),
        ("http://[", None),
    ],
)
async def test_session_script_is_for_allowed_origins(origin: str, reader: str | None) -> None:
    async with serving() as server:
        path = "/dashboard/autoload.js?bokeh-autoload-element=x"
        lines = ("Host: localhost:PORT", f"Origin: {origin}", "Cookie: desk=UNI")
        _, headers, _ = await server.ask(path, *lines)
        allowed = headers.get("Access-Control-Allow-Origin")
        result = allowed and allowed.replace(str(server.port), "PORT"), headers.get("Vary")
    assert result == (reader, reader and "Origin")


async def test_named_site_may_frame_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAIS_FRAME_ANCESTORS", "'self' https://intranet.example")
    _, headers, _ = await ask("/echo", "Host: localhost:PORT")
    assert headers["Content-Security-Policy"] == POLICY + "'self' https://intranet.example"


HEAD = (
    b"POST /echo HTTP/1.1\r\nHost: localhost:%d\r\nConnection: close\r\nContent-Length: 400\r\n\r\n"
)


@pytest.mark.parametrize("sent", [b"", b"GET /echo HT", HEAD + b"half a body"])
async def test_silent_connection_is_closed(sent: bytes) -> None:
    async with serving(idle_connection_timeout=0.2, body_timeout=0.2) as server:
        reader, writer = await server.open()
        writer.write(sent % server.port if b"%d" in sent else sent)
        result = await asyncio.wait_for(reader.read(), 20)
        writer.close()
    assert result == b""


async def test_slow_upload_is_accepted() -> None:
    # The upload takes six tenths of a second, longer than a connection may be idle.
    async with serving(idle_connection_timeout=0.2) as server:
        reader, writer = await server.open()
        writer.write(HEAD % server.port)
        for _ in range(20):
            writer.write(b"x" * 20)
            await writer.drain()
            await asyncio.sleep(0.03)
        text = await reader.read()
        writer.close()
    assert text.endswith(b"\r\n\r\n400")


async def test_unfinished_bodies_of_an_address_are_bounded() -> None:
    size = LARGEST_BODY - 1
    async with serving() as server, AsyncExitStack() as opened:
        head = f"POST /echo HTTP/1.1\r\nHost: localhost:{server.port}\r\nContent-Length: "

        async def close(writer: asyncio.StreamWriter) -> None:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

        async def send(length: int, body: bytes) -> asyncio.StreamReader:
            reader, writer = await server.open()
            opened.push_async_callback(close, writer)
            writer.write(f"{head}{length}\r\n\r\n".encode() + body)
            await writer.drain()
            return reader

        held = [await send(LARGEST_BODY, b"x" * size) for _ in range(OF_ADDRESS // LARGEST_BODY)]
        refused = await send(LARGEST_BODY, b"x" * size)
        assert (await refused.readline()).startswith(b"HTTP/1.1 503 ")
        assert not any(reader.at_eof() for reader in held)
        await opened.aclose()
        # The dropped uploads no longer count towards the limit.
        await asyncio.sleep(0.1)
        answered = await send(size, b"x" * size)
        assert (await answered.readline()).startswith(b"HTTP/1.1 200 ")


def test_unfinished_bodies_of_all_are_bounded_and_released() -> None:
    bodies = UnfinishedBodies()
    assert bodies.hold("192.0.2.1", OF_ADDRESS)
    assert not bodies.hold("192.0.2.1", 1)
    assert bodies.hold("192.0.2.2", ALL - OF_ADDRESS)
    assert not bodies.hold("192.0.2.3", 1)
    bodies.release("192.0.2.1", OF_ADDRESS)
    assert bodies.hold("192.0.2.3", 1)


async def test_body_above_the_limit_is_refused() -> None:
    async with serving() as server:
        reader, writer = await server.open()
        head = f"POST /echo HTTP/1.1\r\nHost: localhost:{server.port}\r\n"
        writer.write(f"{head}Content-Length: {LARGEST_BODY + 1}\r\n\r\n".encode())
        assert (await reader.readline()).startswith(b"HTTP/1.1 400 ")
        writer.close()


async def test_response_and_log_have_the_id_of_the_request(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    # All tests share the handler, so the test restores its formatter.
    identified = IdentifiedLine(logging.Formatter("%(name)s"))
    monkeypatch.setattr(caplog.handler, "formatter", identified)
    caplog.set_level(logging.INFO)
    host = "Host: localhost:PORT"
    async with serving() as server:
        _, given, _ = await server.ask("/echo", host, "X-Request-ID: from-the-proxy.1")
        for bad in ("short", "with space inside", "x" * 65):
            _, made, _ = await server.ask("/echo", host, f"X-Request-ID: {bad}")
            assert re.fullmatch("[0-9a-f]{16}", made["X-Request-Id"])
        status, refused, _ = await server.ask("/echo", "Host: evil.example")
    assert given["X-Request-Id"] == "from-the-proxy.1"
    lines = caplog.text.splitlines()
    assert "tornado.access [from-the-proxy.1]" in lines
    assert (status, f"{FILTER} [{refused['X-Request-Id']}]" in lines) == (403, True)
    logging.getLogger(FILTER).info("later")
    assert caplog.text.splitlines()[-1] == FILTER
