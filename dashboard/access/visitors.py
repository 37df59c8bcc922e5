"""Identification of the visitor making a request."""

import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from fnmatch import fnmatchcase
from hmac import compare_digest
from typing import Any, Protocol

from tornado.httputil import HTTPServerRequest
from tornado.web import RequestHandler

from dashboard.access.session_cookie import WORKSTATION, take_digest
from dashboard.core.allowed_clients import Audience
from dashboard.core.visitor import UNRESTRICTED, SignedInBy, Visitor, is_signed_in, visitor_of
from dashboard.settings import Settings
from procedure.access.roles import PERMISSIONS_OF, Permission, Role
from procedure.errors import JournalError
from procedure.io.clock import utc_now
from procedure.io.sql_accounts import SqlAccounts

NO_SIGN_IN = (
    "Relais would be open to everybody who can reach it: it is served to other machines (by its "
    "address, by --origin or by a proxy), but nobody can sign in. First create an account for a "
    "coordinator (relais user add NAME --role coordinator), or start Relais with --open "
    "(RELAIS_OPEN=1) if you want this: each page then says so. For other logins, see "
    "docs/security.md."
)

ONE_FOR_ALL = (
    "RELAIS_ROLES gives roles to names, but with one password for all (panel serve --basic-auth "
    "PASSWORD) people can sign in with any name. Give --basic-auth a JSON file with a password for "
    "each name, create local accounts (relais user add NAME), or set RELAIS_ROLES='*=staff'."
)

NO_ISSUER = (
    "RELAIS_ISSUER is missing: set it to the OpenID Connect provider's issuer, as in its tokens, "
    "such as https://login.eduid.ch/. Without it, any ID token would be accepted. A provider "
    "without OpenID Connect (GitHub, Bitbucket) cannot be used. See docs/security.md."
)

_log = logging.getLogger(__name__)


class Login(Protocol):
    """A login that Panel was started with; see `bokeh.server.auth_provider.AuthProvider`."""

    @property
    def get_user(self) -> Callable[..., Any] | None:
        """A function that returns the signed-in person's name, or None if nobody is signed in."""
        ...

    @property
    def get_user_async(self) -> Callable[..., Awaitable[Any]] | None:
        """The asynchronous form of `get_user`; exactly one of these two properties is not None."""
        ...


@dataclass(slots=True)
class Visitors:
    """Identifies the visitors making requests to this server.

    - `login`: the login that Panel was started with, or None. If `shares_password`, it accepts any
      name; if `begins_sign_ins`, it starts sign-ins that Relais stores, and Panel's cookies are
      ignored.
    - `accounts`: the local accounts and their sign-ins.
    - `listens_elsewhere`: whether other machines can reach the server.
    """

    settings: Settings
    audience: Audience
    accounts: SqlAccounts
    login: Login | None = None
    now: Callable[[], datetime] = utc_now
    listens_elsewhere: bool = False
    shares_password: bool = False
    begins_sign_ins: bool = False

    @property
    def public(self) -> Visitor:
        """The visitor for unidentified requests, such as those from monitoring programs."""
        return Visitor(acts=self.settings.public, by=SignedInBy.NOBODY)

    def program(self, request: HTTPServerRequest) -> Visitor | None:
        """Return the visitor for a program that sends `RELAIS_METRICS_TOKEN`, or None."""
        token, given = self.settings.metrics_token, request.headers.get("Authorization", "")
        if not token or not compare_digest(given.encode(), f"Bearer {token}".encode()):
            return None
        return Visitor(acts=frozenset({Permission.METRICS}), by=SignedInBy.NOBODY)

    @property
    def is_local(self) -> bool:
        """Whether nobody needs to sign in: only this machine is served, and Panel has no login."""
        audience = self.audience
        listens = audience.everyone and self.listens_elsewhere
        elsewhere = audience.behind_proxy or audience.named_elsewhere or listens
        return self.login is None and not elsewhere

    @property
    def refusal(self) -> str:
        """The reason why the server must not start, or ""."""
        if self.shares_password and any(pattern != "*" for pattern, _ in self.settings.roles):
            return ONE_FOR_ALL
        if self.begins_sign_ins and not self.settings.issuer:
            return NO_ISSUER
        known = self.login is not None or self.is_local or self.settings.open
        return "" if known or self.accounts.all() else NO_SIGN_IN

    def known(self, request: HTTPServerRequest, peer: str) -> Visitor | None:
        """Return the visitor making a request, or None if only Panel's login can identify them.

        `peer` is the IP address at the other end of the connection. Our tokens are removed from the
        request.
        """
        digest, token = take_digest(request), take_digest(request, WORKSTATION)
        request.sign_in = digest  # type: ignore[attr-defined]
        enrolled = self.enrolled(token) if token else None
        if digest and (visitor := self.signed_in(digest)):
            return replace(visitor, workstation=enrolled.workstation) if enrolled else visitor
        if enrolled:
            return enrolled
        if self.is_local and self.audience.is_this_machine(peer, request.headers, request.version):
            return UNRESTRICTED
        if self.settings.open and self.login is None:
            return Visitor(by=SignedInBy.OPEN)
        return None

    def signed_in(self, digest: str) -> Visitor | None:
        """Return the person signed in with this token digest, or None."""
        now = self.now()
        try:
            found = self.accounts.signed_in(digest, now)
            external = None if found else self.accounts.external(digest, now)
        except JournalError as fault:
            _log.error("The accounts cannot be read: %s", fault)
            return None
        if found:
            more = {"until": found.until, "sign_in": digest}
            return visitor_of(found.role, found.name, SignedInBy.ACCOUNT, **more)
        if external:
            more = {"until": external.until, "sign_in": digest}
            return self._by_login(external.name, external.claims, **more)
        return None

    def enrolled(self, token: str) -> Visitor | None:
        """Return the workstation enrolled with this token digest, or None."""
        try:
            found = self.accounts.workstation(token)
        except JournalError as fault:
            _log.error("The enrolled workstations cannot be read: %s", fault)
            return None
        if found is None:
            return None
        by, acts = SignedInBy.WORKSTATION, PERMISSIONS_OF[Role.STAFF]
        return Visitor(found.name, acts=acts, role=Role.STAFF, by=by, sign_in=token)

    def is_signed_in(self, visitor: Visitor) -> bool:
        return is_signed_in(visitor, self.accounts, self.now())

    async def by_login(self, handler: RequestHandler) -> Visitor | None:
        """Return the person signed in through Panel's cookie, or None.

        A person without a role has no permissions.
        """
        login = self.login
        if login is None or self.begins_sign_ins:
            return None
        name = None
        if login.get_user_async:
            name = await login.get_user_async(handler)
        elif login.get_user:
            name = login.get_user(handler)
        text = name.decode() if isinstance(name, bytes) else str(name or "")
        if text in {"", "guest"} or not text.isprintable():
            return None
        return self._by_login(text)

    def _by_login(
        self, name: str, claims: Iterable[str] = (), **more: datetime | str | None
    ) -> Visitor:
        role = role_of([name, *claims], self.settings.roles)
        if role is None:
            return Visitor(name=name, acts=frozenset(), by=SignedInBy.LOGIN, **more)  # type: ignore[arg-type]
        return visitor_of(role, name, SignedInBy.LOGIN, **more)


def role_of(names: Iterable[str], roles: Iterable[tuple[str, Role]]) -> Role | None:
    """Return the role for the first pattern that matches any of the names, or None."""
    given = [name.casefold() for name in names]
    for pattern, role in roles:
        if any(fnmatchcase(name, pattern.casefold()) for name in given):
            return role
    return None
