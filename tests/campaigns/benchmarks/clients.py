"""Clients for the `rush` benchmark: a connection, an open page and a desk."""

from __future__ import annotations

import asyncio
import json
import re
from itertools import count
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from tests.support import make

_TOKEN = re.compile(r'"token": ?"([^"]+)"')
# Bokeh's message that the page has been drawn; Panel's `onload` waits for it.
_READY = {
    "kind": "MessageSent",
    "msg_type": "bokeh_event",
    "msg_data": {
        "type": "event",
        "name": "document_ready",
        "values": {"type": "map", "entries": []},
    },
}
_numbers = count(1000)


class Line:
    """A connection that is kept open between requests, like a browser's."""

    def __init__(self, url: str) -> None:
        self._host = urlsplit(url).netloc
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, path: str, body: object = None, **headers: str) -> tuple[int, bytes]:
        """Send a GET request, or POST a JSON body; return the status and body of the response."""
        if self._streams is None:
            host, _, port = self._host.partition(":")
            self._streams = await asyncio.open_connection(host, int(port))
        reader, writer = self._streams
        content = b"" if body is None else json.dumps(body).encode()
        values = {"Host": self._host, "Content-Length": str(len(content))} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        method = "GET" if body is None else "POST"
        head = "".join(f"{name}: {value}\r\n" for name, value in values.items())
        writer.write(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + content)
        answer = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = re.search(r"content-length: (\d+)", answer, re.IGNORECASE)
        return int(answer.split()[1]), await reader.readexactly(int(length[1]) if length else 0)

    def close(self) -> None:
        if self._streams:
            self._streams[1].close()


class OpenPage:
    """A page with its session, opened as a browser opens it, but not drawn."""

    def __init__(self, url: str, path: str) -> None:
        self._url, self._path = url, path
        self._line: WebSocketClientConnection | None = None
        self._drain: asyncio.Task[None] | None = None
        self.first_content = 0.0  # seconds from the request to the first content
        self.interactive = 0.0  # seconds from the request until the session's models arrive

    async def open(self) -> OpenPage:
        begun = perf_counter()
        line = Line(self._url)
        try:
            status, page = await line.ask(self._path)
        finally:
            line.close()
        answered = perf_counter() - begun
        token = _TOKEN.search(page.decode())
        assert status == 200, status
        assert token is not None, page[:500]
        path = self._path.partition("?")[0]
        address = f"{self._url.replace('http', 'ws', 1)}{path}/ws"
        request = HTTPRequest(address, headers={"Origin": self._url}, request_timeout=120)
        self._line = await websocket_connect(request, subprotocols=["bokeh", token[1]])
        await self._receive("ACK")
        await self._send("PULL-DOC-REQ", {})
        await self._receive("PULL-DOC-REPLY")
        self.interactive = perf_counter() - begun
        self.first_content = (
            answered
            if b'<ul class="watch">' in page or b'panel--flush seen"' in page
            else self.interactive
        )
        await self._send("PATCH-DOC", {"events": [_READY]})
        self._drain = asyncio.create_task(self._read())
        return self

    async def until_closed(self) -> None:
        """Wait until the connection is closed."""
        assert self._drain is not None
        await asyncio.shield(self._drain)

    async def close(self) -> None:
        """Close the connection, even if the page was only partly opened."""
        if self._line is not None:
            self._line.close()
        if self._drain is not None:
            await self._drain

    async def _send(self, kind: str, content: dict[str, Any]) -> None:
        assert self._line is not None
        header = {"msgid": str(next(_numbers)), "msgtype": kind}
        for part in (header, {}, content):
            await self._line.write_message(json.dumps(part))

    async def _receive(self, kind: str) -> None:
        """Read frames until the end of a message of this kind."""
        assert self._line is not None
        while True:
            frame = await self._line.read_message()
            assert frame is not None, f"the connection was closed before {kind}"
            if isinstance(frame, str) and f'"{kind}"' in frame[:200]:
                await self._line.read_message()
                await self._line.read_message()
                return

    async def _read(self) -> None:
        assert self._line is not None
        while await self._line.read_message() is not None:
            pass


class Desk:
    """A workstation that records one loan at a time."""

    def __init__(self, url: str, number: int) -> None:
        self._line, self._name = Line(url), f"poste-{number}"
        self._number, self._sent = number, 0

    async def scan(self) -> float:
        """Send a loan, and return the time in seconds until it is acknowledged."""
        self._sent += 1
        code = f"{self._number:04}{self._sent:05}"
        loan = make.message(self._name, self._sent, f"10{code}", f"20712{self._number:05}")
        begun = perf_counter()
        status, body = await self._line.ask(
            "/desk/transactions",
            {"transactions": [loan]},
            Content_Type="application/json",
            X_Relais="desk",
        )
        taken = perf_counter() - begun
        assert status == 200, body
        assert json.loads(body)["answers"][0]["state"] == "kept", body
        return taken

    def close(self) -> None:
        self._line.close()
