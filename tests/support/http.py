"""Applications of Tornado on a free port, and what they answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tornado.httpclient import AsyncHTTPClient, HTTPResponse
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application


class Login:
    """A login of the server's that knows one person, or nobody."""

    get_user_async = None

    def __init__(self, name: str | None) -> None:
        self._name = name

    def get_user(self, handler: object) -> str | None:
        return self._name


@asynccontextmanager
async def serving(application: Application) -> AsyncIterator[str]:
    """Serve the application; gives its address."""
    socket, port = bind_unused_port()
    server = HTTPServer(application)
    server.add_socket(socket)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.stop()
        await server.close_all_connections()


def ask(
    routes: list[Any], path: str, *, login: Login | None = None, **request: Any
) -> HTTPResponse:
    """Ask the routes once. `PORT` in a header becomes the server's."""

    async def fetch() -> HTTPResponse:
        application = Application(routes)
        application.auth_provider = login  # type: ignore[attr-defined]
        async with serving(application) as address:
            headers = {
                name: value.replace("PORT", address.rpartition(":")[2])
                for name, value in request.pop("headers", {}).items()
            }
            return await AsyncHTTPClient(force_instance=True).fetch(
                address + path, raise_error=False, headers=headers, **request
            )

    return asyncio.run(fetch())
