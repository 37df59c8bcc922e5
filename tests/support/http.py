"""Tornado applications on free ports, and requests to them."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from tornado.httpclient import AsyncHTTPClient, HTTPResponse
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application

from dashboard.access.visitors import Visitors
from dashboard.core.allowed_clients import Audience
from dashboard.core.visitor import UNRESTRICTED, Visitor
from dashboard.server.access_provider import AccessProvider
from dashboard.server.route_permissions import RoutePermissions
from dashboard.settings import Settings
from procedure.access.roles import Role
from tests.support.stores import empty_accounts


class Login:
    """A login that always returns the same user, or None."""

    get_user_async = get_login_url = logout_url = None
    login_url = "/login"

    def __init__(self, name: str | None) -> None:
        self._name = name

    def get_user(self, handler: object) -> str | None:
        return self._name


class Everybody:
    """An access provider that treats everybody as the same visitor, by default `UNRESTRICTED`."""

    def __init__(self, person: Visitor = UNRESTRICTED) -> None:
        self._person = person

    async def find(self, handler: object, act: object) -> Visitor:
        return self._person


def provider(
    login: Login | None, person: Visitor = UNRESTRICTED, **settings: Any
) -> AccessProvider | Everybody:
    """Return an access provider.

    Without a login, everybody is `person`. With a login, every signed-in user is a coordinator,
    unless `settings` contain other roles.
    """
    if login is None:
        return Everybody(person)
    roles: Any = {"roles": (("*", Role.COORDINATOR),)} | settings
    visitors = Visitors(
        Settings("sqlite://", **roles), Audience(everyone=True), empty_accounts(), login
    )
    return AccessProvider(visitors, RoutePermissions().permission_for, login)


@asynccontextmanager
async def serving(application: Application) -> AsyncIterator[str]:
    """Serve the application; yield its address."""
    socket, port = bind_unused_port()
    server = HTTPServer(application)
    server.add_socket(socket)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.stop()
        await server.close_all_connections()


def ask(
    routes: list[Any],
    path: str,
    *,
    login: Login | None = None,
    person: Visitor = UNRESTRICTED,
    settings: Mapping[str, Any] | None = None,
    **request: Any,
) -> HTTPResponse:
    """Send one request to the routes; `PORT` in a header stands for the server's port."""

    async def fetch() -> HTTPResponse:
        application = Application(routes)
        application.auth_provider = provider(login, person, **settings or {})  # type: ignore[attr-defined]
        async with serving(application) as address:
            headers = {
                name: value.replace("PORT", address.rpartition(":")[2])
                for name, value in request.pop("headers", {}).items()
            }
            return await AsyncHTTPClient(force_instance=True).fetch(
                address + path, raise_error=False, headers=headers, **request
            )

    return asyncio.run(fetch())
