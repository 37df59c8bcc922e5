"""Base classes for all routes except the dashboard page's own."""

import logging
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Protocol
from uuid import UUID

from tornado.web import HTTPError, RequestHandler

from dashboard.core.context import AppContext
from dashboard.core.errors import NotAllowed
from dashboard.core.visitor import Permission, Visitor
from dashboard.translations import Language
from procedure.errors import JournalError

_log = logging.getLogger(__name__)


class Finder(Protocol):
    """Identifies the visitor making a request; see `dashboard.server.access_provider`."""

    async def find(self, handler: RequestHandler, permission: Permission | None) -> Visitor | None:
        """Return the visitor making the request, or None if they must sign in first."""
        ...


def path_uuid(text: str) -> UUID:
    """Return the UUID in a URL path.

    Raises:
        HTTPError: 404, if it is not a UUID.
    """
    try:
        return UUID(text)
    except ValueError:
        raise HTTPError(404) from None


def asked_language(handler: RequestHandler, context: AppContext) -> Language:
    """Return the language given in the URL or else in the cookie, if it is offered.

    Otherwise, `AppContext.language_for` chooses the language.
    """
    asked = handler.get_query_argument("lang", handler.get_cookie("relais_language") or "")
    return context.language_for(asked, accepts=handler.request.headers.get("Accept-Language", ""))


class AuthorisedHandler(RequestHandler):
    """A route for visitors with `permission`; None admits everybody."""

    permission: Permission | None = Permission.READ
    person = Visitor(acts=frozenset())

    async def prepare(self) -> None:
        """Identify the visitor, or respond with 401 (not signed in) or 403 (not allowed).

        Requests from other machines are refused earlier, in `dashboard.server.request_filter`.
        """
        if self.permission is None:
            return
        provider: Finder = self.application.auth_provider  # type: ignore[attr-defined]
        person = await provider.find(self, self.permission)
        if person is None:
            self._refuse(401, "sign in on the dashboard first")
            return
        self.person = person
        try:
            person.require(self.permission)
        except NotAllowed as refusal:
            self._refuse(403, str(refusal))

    def write_error(self, status_code: int, **values: object) -> None:
        """Respond with 503 if the database failed, because the fault may be temporary."""
        if isinstance(_raised(values), JournalError):
            self.refuse_unavailable()
        else:
            super().write_error(status_code, **values)

    def refuse_unavailable(self) -> None:
        """Respond with 503 and a message that does not reveal the database's path or address."""
        self._refuse(503, "the database does not answer: nothing was changed; try again later")

    def log_exception(
        self,
        typ: type[BaseException] | None,
        value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        """Log a database error on one line, and any other error with its traceback."""
        if isinstance(value, JournalError):
            _log.error("%s %s: %s", self.request.method, self.request.path, value)
        else:
            super().log_exception(typ, value, tb)

    def _refuse(self, status: int, reason: str) -> None:
        self.set_status(status)
        self.finish({"error": reason})


class ContextHandler(AuthorisedHandler):
    """A route that uses the app context, which is opened on the first request."""

    def initialize(self, context: Callable[[], AppContext]) -> None:
        self._context = context


def _raised(values: Mapping[str, Any]) -> BaseException | None:
    return values.get("exc_info", (None, None, None))[1]
