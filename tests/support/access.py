"""Serves a Bokeh application on a Relais server that has accounts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bokeh.server.tornado import BokehTornado
from tornado.ioloop import IOLoop
from tornado.testing import bind_unused_port

from dashboard.server.http_server import RelaisServer
from procedure.io.sql_accounts import SqlAccounts
from tests.support.stores import empty_accounts


@asynccontextmanager
async def serving(
    application: BokehTornado, accounts: SqlAccounts | None = None
) -> AsyncIterator[str]:
    """Serve the application and a page with the visitor's name and token; yield the address."""
    socket, port = bind_unused_port()
    application.websocket_origins.add(f"localhost:{port}")
    application.initialize(IOLoop.current())
    server = RelaisServer(
        application,
        frame=lambda *asked: f"{asked[-1].name} {asked[-2]}",
        accounts=accounts or empty_accounts(),
    )
    server.add_sockets([socket])
    try:
        async with asyncio.timeout(60):
            yield f"http://localhost:{port}"
    finally:
        server.stop()
        await server.close_all_connections()
