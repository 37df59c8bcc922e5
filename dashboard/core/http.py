"""What every route beside the page begins with: who asks, and may they."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from tornado.web import HTTPError, RequestHandler

from dashboard.core.rights import Permission, User
from dashboard.errors import NotAllowed


class Finder(Protocol):
    """What finds who asks: `dashboard.access.provider.AccessProvider`."""

    async def find(self, handler: RequestHandler, act: Permission | None) -> User | None:
        """Return who asks, None when they have to sign in before they may do the act."""
        ...


def path_uuid(text: str) -> UUID:
    """Return the id in an address.

    Raises:
        HTTPError: 404, when it is none.
    """
    try:
        return UUID(text)
    except ValueError:
        raise HTTPError(404) from None


class AuthorisedHandler(RequestHandler):
    """A route that only who may do its `act` gets past; None lets everybody past."""

    act: Permission | None = Permission.READ
    person = User(acts=frozenset())

    async def prepare(self) -> None:
        """Find out who asks, and refuse with 401 (not signed in) or 403 (not allowed).

        Requests from other machines are refused before, in `dashboard.server.gate`.
        """
        if self.act is None:
            return
        provider: Finder = self.application.auth_provider  # type: ignore[attr-defined]
        person = await provider.find(self, self.act)
        if person is None:
            self._refuse(401, "log in on the page first")
            return
        self.person = person
        try:
            person.require(self.act)
        except NotAllowed as refusal:
            self._refuse(403, str(refusal))

    def _refuse(self, status: int, reason: str) -> None:
        self.set_status(status)
        self.finish({"error": reason})
