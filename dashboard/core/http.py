"""What every route beside the page begins with: who asks, and may they."""

from __future__ import annotations

from uuid import UUID

from tornado.web import HTTPError, RequestHandler

from dashboard.core.rights import Permission, User
from dashboard.errors import NotAllowed


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
    """A route that only who may do its `act` gets past.

    Panel guards its own pages, not the routes beside them: a login set for the server is asked
    for here. Without one, whoever reaches the page may do what the page allows.
    """

    act = Permission.READ
    person = User()

    async def prepare(self) -> None:
        """Find out who asks, and refuse with 401 (no login) or 403 (not allowed).

        Requests from other machines are refused before, in `dashboard.server.gate`.
        """
        try:
            self.person = User(name=await self._name())
            self.person.require(self.act)
        except LookupError:
            self._refuse(401, "log in on the page first")
        except NotAllowed as refusal:
            self._refuse(403, str(refusal))

    async def _name(self) -> str | None:
        provider = getattr(self.application, "auth_provider", None)
        if provider is None or not (provider.get_user or provider.get_user_async):
            return None
        asynchronous = provider.get_user_async
        name = await asynchronous(self) if asynchronous else provider.get_user(self)
        if not name:
            raise LookupError("nobody is logged in")
        return name if isinstance(name, str) else name.decode()

    def _refuse(self, status: int, reason: str) -> None:
        self.set_status(status)
        self.finish({"error": reason})
