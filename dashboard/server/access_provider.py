"""The authentication hook that Bokeh, Panel and Relais handlers all consult."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from tornado.web import HTTPError, RequestHandler

from dashboard.access.visitors import Visitors
from dashboard.core.visitor import Permission, Visitor
from dashboard.server.panel_internals import AuthProvider

_log = logging.getLogger(__name__)

NO_ROLE = "You have no role here: ask a coordinator, who can set RELAIS_ROLES"
OTHER_ROLE = "Your role does not give access to this: ask a coordinator"

# (handler class, path) -> the required permission; None admits everybody.
PermissionFor = Callable[[type, str], Permission | None]


class AccessProvider(AuthProvider):
    """Lets a request reach its handler if the visitor has the required permission."""

    def __init__(
        self, visitors: Visitors, permission_for: PermissionFor, login: AuthProvider | None
    ) -> None:
        self._visitors, self._permission_for, self._login = visitors, permission_for, login
        super().__init__()

    @property
    def get_user(self) -> None:
        """None: `get_user_async` is used instead, because another server may identify visitors."""
        return

    # Bokeh's annotation says that this function takes a request, but Bokeh passes it the handler.
    @property
    def get_user_async(self) -> Callable[..., Awaitable[Any]]:
        """A function that Bokeh calls before each handler.

        It returns the visitor's name, or None to make them sign in.
        """
        return self._name

    @property
    def login_url(self) -> str | None:
        """The URL to which Bokeh redirects people to sign in.

        This is our form if there are accounts, or if Panel was started without a login.
        """
        ours = self._login is None or self._visitors.accounts.all()
        return "/sign-in" if ours else self.other_login

    @property
    def other_login(self) -> str | None:
        return self._login.login_url if self._login else None

    @property
    def get_login_url(self) -> Any:
        """A function that derives the sign-in URL from the request, or None to use `login_url`."""
        ours = self._login is None or self._login.login_url
        return None if ours or self._login is None else self._login.get_login_url

    @property
    def login_handler(self) -> Any:
        """None, because Bokeh added the login's routes when it created the server."""
        return

    @property
    def logout_url(self) -> str | None:
        return self._login.logout_url if self._login else None

    @property
    def logout_handler(self) -> Any:
        return

    def is_signed_in(self, visitor: Visitor) -> bool:
        return self._visitors.is_signed_in(visitor)

    async def find(self, handler: RequestHandler, permission: Permission | None) -> Visitor | None:
        """Return the visitor making the request, or None if they must sign in first."""
        request: Any = handler.request
        if permission is Permission.METRICS and (program := self._visitors.program(request)):
            return program
        visitor = getattr(request, "visitor", None) or await self._visitors.by_login(handler)
        if visitor is None and permission in self._visitors.public.acts:
            return self._visitors.public
        request.visitor = visitor
        return visitor

    async def _name(self, handler: RequestHandler) -> str | None:
        permission = self._permission_for(type(handler), handler.request.path)
        visitor = await self.find(handler, permission)
        if visitor is None:
            return None
        if permission is not None and not visitor.may(permission):
            _log.warning("Refusing %s to a visitor with the role %s", permission, visitor.role)
            raise HTTPError(403, reason=NO_ROLE if visitor.role is None else OTHER_ROLE)
        return visitor.name or visitor.by
