"""A page is served without a session; the browser's connection creates the session."""

import asyncio
from collections.abc import Mapping

import pytest
from bokeh.application import Application
from bokeh.application.handlers import FunctionHandler
from bokeh.document import Document
from bokeh.models import Div
from bokeh.server.tornado import BokehTornado
from bokeh.util.token import generate_jwt_token
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.ioloop import IOLoop
from tornado.testing import bind_unused_port
from tornado.websocket import websocket_connect

from dashboard.core.visitor import UNRESTRICTED, Visitor
from dashboard.server.http_server import RelaisServer
from tests.campaigns.benchmarks.clients import OpenPage
from tests.support.stores import empty_accounts


def fill(document: Document) -> None:
    document.add_root(Div(text="root"))


def frame(
    arguments: Mapping[str, list[bytes]],
    cookies: Mapping[str, str],
    accepts: str,
    token: str,
    visitor: Visitor,
) -> str:
    assert visitor == UNRESTRICTED
    return f'{arguments} {cookies} {accepts} {{"token": "{token}"}}'


async def test_session_is_made_when_the_browser_connects() -> None:
    async with asyncio.timeout(60):
        socket, port = bind_unused_port()
        origins = [f"localhost:{port}"]
        page = Application(FunctionHandler(fill))
        application = BokehTornado({"/dashboard": page}, extra_websocket_origins=origins)
        application.initialize(IOLoop.current())
        server = RelaisServer(application, frame=frame, accounts=empty_accounts())
        server.add_sockets([socket])
        url = f"http://localhost:{port}/dashboard"
        answer = await AsyncHTTPClient().fetch(
            f"{url}?lang=en", headers={"Cookie": "a=b", "Accept-Language": "de-CH"}
        )
        text = answer.body.decode()
        assert text.startswith("{'lang': [b'en']} {'a': 'b'} de-CH ")
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Consumed-Content-Encoding"] == "gzip"  # Tornado decompresses it
        assert application.get_sessions("/dashboard") == []
        opened = await OpenPage(f"http://localhost:{port}", "/dashboard").open()
        (session,) = application.get_sessions("/dashboard")
        assert [root.text for root in session.document.roots] == ["root"]
        await opened.close()
        server.stop()


@pytest.mark.parametrize(
    "token", ["garbage", generate_jwt_token("session", expiration=-60)], ids=["wrong", "old"]
)
async def test_page_with_an_invalid_token_is_closed_without_an_error(
    token: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with asyncio.timeout(60):
        socket, port = bind_unused_port()
        page = Application(FunctionHandler(fill))
        origins = [f"localhost:{port}"]
        application = BokehTornado({"/dashboard": page}, extra_websocket_origins=origins)
        application.initialize(IOLoop.current())
        server = RelaisServer(application, frame=frame, accounts=empty_accounts())
        server.add_sockets([socket])
        asked = HTTPRequest(
            f"ws://localhost:{port}/dashboard/ws", headers={"Origin": f"http://localhost:{port}"}
        )
        opened = await websocket_connect(asked, subprotocols=["bokeh", token])
        assert await opened.read_message() is None
        opened.close()
        server.stop()
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
