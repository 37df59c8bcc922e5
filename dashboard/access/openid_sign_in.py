"""Signing in through OpenID Connect.

These pages replace the pages of the login that Panel was started with (`--oauth-provider`,
`PANEL_OAUTH_…`), at the same URLs and with the same settings. The server stores the sign-ins.
"""

import json
import logging
from dataclasses import asdict
from datetime import timedelta
from hmac import compare_digest
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import panel as pn

from dashboard.access.session_cookie import (
    clear_token,
    digest_of,
    is_encrypted,
    new_token,
    set_token,
)
from dashboard.access.sign_in import ENDED, LASTS, end_earlier, own_address
from dashboard.access.visitors import Visitors, role_of
from dashboard.core.authorised_handler import AuthorisedHandler
from dashboard.settings import panel_variable
from procedure.access.accounts import ExternalSignIn
from procedure.errors import OpenIdRefused
from procedure.io.openid import Claims, OpenIdAttempt, OpenIdProvider

COOKIE = "relais_login"
TAKES = timedelta(minutes=10)  # time allowed for signing in at the provider
SCOPES = ("openid", "email")
# Panel's settings for the provider's URLs. They take precedence over its discovery document.
ENDPOINTS = {
    "authorization_endpoint": "OAUTH_AUTHORIZE_URL",
    "token_endpoint": "OAUTH_TOKEN_URL",
    "userinfo_endpoint": "OAUTH_USER_URL",
}
# The entries of `PANEL_OAUTH_EXTRA_PARAMS` that are not parameters of the authorisation URL.
_OF_PANEL = {"scope", "tenant", "subdomain", "url", "server"}

_log = logging.getLogger(__name__)
_log.setLevel(logging.INFO)  # log sign-ins whatever the server's log level


class OpenIdRoute(AuthorisedHandler):
    """A page that is available before signing in."""

    permission = None

    def initialize(self, visitors: Visitors, provider: OpenIdProvider) -> None:
        self._visitors, self._provider = visitors, provider


class OpenIdSignIn(OpenIdRoute):
    """Sends the browser to the provider, and starts a sign-in when the browser returns."""

    async def get(self) -> None:
        """Start an attempt, or finish it with the provider's response."""
        self.set_header("Cache-Control", "no-store")
        if {"code", "error", "state"} & self.request.arguments.keys():
            await self._end()
        else:
            await self._begin()

    @property
    def _back(self) -> str:
        """The URL to which the provider redirects the browser, by default this page's URL."""
        own = f"{self.request.protocol}://{self.request.host}{self.request.path}"
        return pn.config.oauth_redirect_uri or own

    @property
    def _cookie(self) -> dict[str, Any]:
        """The attributes of an attempt's cookie, which the browser sends only to this page."""
        secure = self._back.startswith("https://") or is_encrypted(self.request)
        return {"path": urlsplit(self._back).path, "secure": secure, "samesite": "Lax"}

    async def _begin(self) -> None:
        attempt = OpenIdAttempt()
        given = {"next": own_address(self.get_query_argument("next", ""))}
        kept, days = json.dumps(asdict(attempt) | given), TAKES / timedelta(days=1)
        self.set_signed_cookie(COOKIE, kept, expires_days=days, httponly=True, **self._cookie)
        scopes = panel_variable("OAUTH_SCOPE").replace(",", " ").split() or SCOPES
        given = pn.config.oauth_extra_params
        more = {name: str(value) for name, value in given.items() if name not in _OF_PANEL}
        leads = await self._provider.authorization_url(attempt, self._back, scopes, **more)
        self.redirect(leads)

    async def _end(self) -> None:
        kept = self.get_signed_cookie(COOKIE, max_age_days=TAKES / timedelta(days=1))
        self.clear_cookie(COOKIE, **self._cookie)
        begun = json.loads(kept) if kept else {}
        target = begun.pop("next", "")
        attempt = OpenIdAttempt(**begun) if begun else None
        state = self.get_query_argument("state", "")
        if attempt is None or not compare_digest(state.encode(), attempt.state.encode()):
            raise OpenIdRefused("the response does not belong to a sign-in from this browser")
        if self.get_query_argument("iss", self._provider.issuer) != self._provider.issuer:
            raise OpenIdRefused("the response comes from an issuer other than RELAIS_ISSUER")
        if error := self.get_query_argument("error", ""):
            raise OpenIdRefused(f"the provider refused the sign-in ({error[:100]!r})")
        name = pn.config.oauth_jwt_user or panel_variable("USER_KEY") or "email"
        role = self._visitors.settings.role_claim
        wanted = [name, role] if role else [name]
        code = self.get_query_argument("code", "")
        now = self._visitors.now()
        claims = await self._provider.claims(attempt, code, self._back, wanted, now)
        self._store(_name(claims, name), claims)
        self.redirect(target)

    def _store(self, name: str, claims: Claims) -> None:
        visitors = self._visitors
        now = visitors.now()
        until = now + min(LASTS, timedelta(days=float(pn.config.oauth_expiry)))
        values = _texts(claims.get(visitors.settings.role_claim))
        token = new_token()
        begun = ExternalSignIn(name, values, until)
        visitors.accounts.begin_external(digest_of(token), begun, now=now)
        end_earlier(self, visitors.accounts)
        set_token(self, token, until, secure=self._cookie["secure"])
        role = role_of([name, *values], visitors.settings.roles)
        role_text = f"as {role}" if role else "without a role"
        address = self.request.remote_ip
        _log.info("%s signed in through OpenID Connect %s, from %s", name, role_text, address)

    def write_error(self, status_code: int, **values: Any) -> None:
        """Log the reason, and redirect to the sign-in form, which says that the login failed."""
        fault = values.get("exc_info", (None, None, None))[1]
        reason = str(fault) if isinstance(fault, OpenIdRefused) else status_code
        _log.warning("A sign-in through OpenID Connect failed: %s", reason)
        self.redirect("sign-in?refused=login")

    def log_exception(
        self, typ: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None
    ) -> None:
        """Log unexpected errors; refusals are logged by `write_error`."""
        if not isinstance(value, OpenIdRefused):
            super().log_exception(typ, value, tb)

    def _request_summary(self) -> str:
        """Return the log line for a request, leaving out the query: it contains a secret code."""
        return f"{self.request.method} {self.request.path} ({self.request.remote_ip})"


class OpenIdSignOut(OpenIdRoute):
    """The page at Panel's sign-out URL."""

    def get(self) -> None:
        """End the sign-in, unless another site linked here, and show the sign-in form."""
        digest = getattr(self.request, "sign_in", "")
        if digest and self.request.headers.get("Sec-Fetch-Site") != "cross-site":
            self._visitors.accounts.end(digest)
            clear_token(self)
        self.redirect(ENDED)


def openid_routes(
    login_url: str | None, logout_url: str | None, visitors: Visitors
) -> list[tuple[str, type, dict[str, object]]]:
    """Return the routes, at the URLs of Panel's login pages."""
    given = {name: panel_variable(variable) for name, variable in ENDPOINTS.items()}
    provider = OpenIdProvider(
        visitors.settings.issuer,
        pn.config.oauth_key or "",
        pn.config.oauth_secret or "",
        {name: address for name, address in given.items() if address},
    )
    shared: dict[str, object] = {"visitors": visitors, "provider": provider}
    pages = ((login_url, OpenIdSignIn), (logout_url, OpenIdSignOut))
    return [(str(path), page, shared) for path, page in pages]


def _name(claims: Claims, key: str) -> str:
    """Return the name of the person, from the claim `key`.

    Raises:
        OpenIdRefused: the name is missing or invalid, or is an email address marked as unverified.
    """
    name = claims.get(key)
    if not isinstance(name, str) or not name.isprintable() or name in {"", "guest"}:
        raise OpenIdRefused("the name cannot be recorded")
    if claims.get("email") == name and claims.get("email_verified", True) is not True:
        raise OpenIdRefused("the provider has not verified this email address")
    return name


def _texts(claim: object) -> tuple[str, ...]:
    """Return the values of a claim, which may be a string or a list of strings."""
    values = claim if isinstance(claim, list) else [claim]
    return tuple(value for value in values if isinstance(value, str) and value)
