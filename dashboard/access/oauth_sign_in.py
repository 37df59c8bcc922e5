"""A login of Panel's by OAuth or OpenID Connect, which begins a sign-in as a local account does.

Panel asks the provider, by any of its handlers (`--oauth-provider`). Its own cookies would hold the
tokens of the provider, would be copied into the page, and could not be ended; they are not sent.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

from bokeh.server.auth_provider import AuthProvider
from panel.auth import CODE_COOKIE_NAME, STATE_COOKIE_NAME, OAuthLoginHandler, OAuthProvider
from panel.config import config
from panel.io.state import state
from panel.util import decode_token
from tornado.httpclient import HTTPRequest
from tornado.web import HTTPError, RequestHandler

from dashboard.access.session_cookie import (
    clear_token,
    digest_of,
    is_encrypted,
    new_token,
    set_token,
)
from dashboard.access.sign_in import ENDED, LASTS, end_earlier
from dashboard.access.visitors import Visitors, role_of
from dashboard.core.allowed_clients import local
from procedure.access.accounts import ExternalSignIn

Claims = Mapping[str, Any]

NOT_ENCRYPTED = "%s must be https: what it answers says who somebody is"

LEEWAY = timedelta(minutes=1)  # by which the provider's clock may differ

_log = logging.getLogger(__name__)
_log.setLevel(logging.INFO)  # who signed in is written whatever the level of the server's log


class OAuthSignIn(OAuthLoginHandler):
    """Begins a sign-in when the provider has answered; mixed into a handler of Panel's."""

    def initialize(self, visitors: Visitors) -> None:
        """Take who keeps the sign-ins."""
        self._visitors = visitors
        self._kept: dict[str, Any] = {}

    @property
    def _redirect_uri(self) -> str:
        """Where the provider sends the browser back: this page, if no setting says otherwise."""
        own = f"{self.request.protocol}://{self.request.host}{self.request.path}"
        return config.oauth_redirect_uri or own

    @property
    def _is_encrypted(self) -> bool:
        return self._redirect_uri.startswith("https://") or is_encrypted(self.request)

    def decode_argument(self, value: bytes, name: str | None = None) -> str:
        """Return an argument; Panel writes some into the log, so it must be of one line.

        Raises:
            HTTPError: it has control characters, at once or once it is decoded again.
        """
        text = super().decode_argument(value, name)
        if not unquote(text).isprintable():
            raise HTTPError(400, "control characters in the address")
        return text

    def set_secure_cookie(self, name: str, value: Any, *given: Any, **options: Any) -> None:
        """Keep what Panel would send of the provider's tokens; send what guards the sign-in."""
        if name in {STATE_COOKIE_NAME, CODE_COOKIE_NAME}:
            options |= {"samesite": "Lax", "secure": self._is_encrypted}
            super().set_secure_cookie(name, value, *given, **options)
        else:
            self._kept[name] = value

    async def _fetch_access_token(self, *given: Any, **named: Any) -> Any:
        for address in (self._OAUTH_ACCESS_TOKEN_URL, self._OAUTH_USER_URL):  # type: ignore[attr-defined]
            if not _is_safe(address or ""):
                raise HTTPError(500, NOT_ENCRYPTED, address)
        answer = await super()._fetch_access_token(*given, **named)
        name, token = answer[:2]
        if name is not None:
            self._begin(str(name), await self._claims(token))
        return answer

    async def _claims(self, access_token: str) -> Claims:
        """Return what the provider itself said of the person, with its userinfo if needed.

        Raises:
            HTTPError: it was said by another issuer, to another client, of two persons, or is no
                longer valid.
        """
        kept = self._kept["id_token"]
        claims = decode_token(state.encryption.decrypt(kept).decode() if state.encryption else kept)
        settings = self._visitors.settings
        if settings.issuer and claims.get("iss") != settings.issuer:
            raise HTTPError(401, "the ID token is of another issuer than RELAIS_ISSUER")
        audience = claims.get("aud", config.oauth_key)
        if config.oauth_key not in ([audience] if isinstance(audience, str) else audience):
            raise HTTPError(401, "the ID token is for another client")
        if float(claims.get("exp", "inf")) < (self._visitors.now() - LEEWAY).timestamp():
            raise HTTPError(401, "the ID token has expired")
        wanted, address = settings.role_claim, self._OAUTH_USER_URL  # type: ignore[attr-defined]
        if not wanted or wanted in claims or not address or not self._access_token_header:
            return claims
        more = await self._userinfo(address, access_token)
        if "sub" in claims and claims["sub"] != more.get("sub"):
            raise HTTPError(401, "the userinfo is of another person than the ID token")
        return more | claims

    async def _userinfo(self, address: str, access_token: str) -> dict[str, Any]:
        bearer = (self._access_token_header or "").format(access_token)
        headers = self._API_BASE_HEADERS | {"Authorization": bearer}
        answer = await self.get_auth_http_client().fetch(HTTPRequest(address, headers=headers))
        return json.loads(answer.body)

    def _begin(self, name: str, claims: Claims) -> None:
        if not name.isprintable() or name in {"", "guest"}:
            raise HTTPError(403, "the name cannot be recorded")
        if claims.get("email") == name and claims.get("email_verified") in {False, "false"}:
            raise HTTPError(403, "the provider has not verified this address of e-mail")
        visitors = self._visitors
        now = visitors.now()
        until = now + min(LASTS, timedelta(days=float(config.oauth_expiry)))
        values = _texts(claims.get(visitors.settings.role_claim))
        token = new_token()
        begun = ExternalSignIn(name, values, until)
        visitors.accounts.begin_external(digest_of(token), begun, now=now)
        end_earlier(self, visitors.accounts)
        set_token(self, token, until, secure=self._is_encrypted)
        role = role_of([name, *values], visitors.settings.roles) or "nobody with a role"
        address = self.request.remote_ip
        _log.info("%s signed in as %s by Panel's login, from %s", name, role, address)

    def write_error(self, status_code: int, **values: Any) -> None:
        """Lead to the form, which says that the login failed; the log has the reason."""
        del values
        _log.warning("A sign-in by Panel's login failed (%s)", status_code)
        self.redirect("sign-in?refused=login")

    def _request_summary(self) -> str:
        """Return what the log says of a request: without the provider's code, in its query."""
        return f"{self.request.method} {self.request.path} ({self.request.remote_ip})"


class OAuthSignOut(RequestHandler):
    """Panel's address to sign out: ends the sign-in of the browser."""

    def initialize(self, visitors: Visitors) -> None:
        """Take who keeps the sign-ins."""
        self._visitors = visitors

    def get(self) -> None:
        """End it, unless a page of another site led here, and show the form."""
        digest = getattr(self.request, "sign_in", "")
        if digest and self.request.headers.get("Sec-Fetch-Site") != "cross-site":
            self._visitors.accounts.end(digest)
            clear_token(self)
        self.redirect(ENDED)


def oauth_routes(login: AuthProvider | None) -> list[tuple[str, type[RequestHandler]]]:
    """Return the pages to sign in and out by a login of Panel's; none unless it is by OAuth."""
    kind = login.login_handler if isinstance(login, OAuthProvider) else None
    if login is None or kind is None or not issubclass(kind, OAuthLoginHandler):
        return []
    page = type(f"{kind.__name__}SignIn", (OAuthSignIn, kind), {})
    return [(str(login.login_url), page), (str(login.logout_url), OAuthSignOut)]


def _is_safe(address: str) -> bool:
    parts = urlsplit(address)
    return not address or parts.scheme == "https" or local(parts.hostname or "")


def _texts(claim: object) -> tuple[str, ...]:
    """Return the values of a claim, which is a text or a list of them."""
    values = claim if isinstance(claim, list) else [claim]
    return tuple(one for one in values if isinstance(one, str) and one)
