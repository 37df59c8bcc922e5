"""A session has the permissions of the person who opened it, so nobody else may join it."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from bokeh.application import Application
from bokeh.application.handlers import FunctionHandler
from bokeh.server.tornado import BokehTornado
from bokeh.util.token import generate_jwt_token
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.ioloop import IOLoop
from tornado.testing import bind_unused_port
from tornado.websocket import WebSocketClientConnection, websocket_connect

from dashboard.server.http_server import RelaisServer
from dashboard.server.page_handler import SIGN_IN_OVER
from tests.dashboard.access.test_route_permissions import ROLES, ByHeader
from tests.support.stores import empty_accounts

KNOWN = "an-id-that-somebody-else-knows"
CLOSED = (None, SIGN_IN_OVER)


@pytest.fixture(autouse=True)
def _roles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAIS_ROLES", ROLES)


def frame(
    arguments: Mapping[str, list[bytes]],
    cookies: Mapping[str, str],
    accepts: str,
    token: str,
    user: object,
) -> str:
    del arguments, cookies, accepts, user
    return token


@asynccontextmanager
async def served() -> AsyncIterator[str]:
    """Serve a page to the people named in `ROLES`; yield the server's URL."""
    socket, port = bind_unused_port()
    application = BokehTornado(
        {"/dashboard": Application(FunctionHandler(lambda _: None))},
        extra_websocket_origins=[f"localhost:{port}"],
        auth_provider=ByHeader(),
    )
    application.initialize(IOLoop.current())
    server = RelaisServer(application, frame=frame, accounts=empty_accounts())
    server.add_sockets([socket])
    yield f"http://localhost:{port}"
    server.stop()
    await server.close_all_connections()


async def ask(address: str, name: str, path: str = "/dashboard") -> str:
    asked = HTTPRequest(address + path, headers={"X-Name": name})
    return (await AsyncHTTPClient(force_instance=True).fetch(asked)).body.decode()


async def connect(address: str, name: str, token: str) -> WebSocketClientConnection:
    url = address.replace("http", "ws", 1) + "/dashboard/ws"
    headers = {"X-Name": name, "Origin": address}
    return await websocket_connect(HTTPRequest(url, headers=headers), subprotocols=["bokeh", token])


async def answer(line: WebSocketClientConnection) -> tuple[Any, int | None]:
    """Return the first message's type, and the close code; each is None if there is none."""
    first = await line.read_message()
    kind, code = None if first is None else json.loads(first)["msgtype"], line.close_code
    line.close()
    while first is not None:
        first = await line.read_message()
    return kind, code


async def test_session_of_another_visitor_is_refused() -> None:
    async with served() as address:
        token = await ask(address, "coordinator")
        assert await answer(await connect(address, "coordinator", token)) == ("ACK", None)
        assert await answer(await connect(address, "staff", token)) == CLOSED
        assert await answer(await connect(address, "coordinator", token)) == ("ACK", None)


async def test_session_cannot_be_prepared_for_another_visitor() -> None:
    async with served() as address:
        query = f"bokeh-autoload-element=x&bokeh-session-id={KNOWN}"
        await ask(address, "coordinator", f"/dashboard/autoload.js?{query}")
        assert await answer(await connect(address, "staff", generate_jwt_token(KNOWN))) == CLOSED


async def test_session_belongs_to_the_first_visitor_to_connect() -> None:
    async with served() as address:
        token = await ask(address, "coordinator")
        assert await answer(await connect(address, "staff", token)) == ("ACK", None)
        assert await answer(await connect(address, "coordinator", token)) == CLOSED
