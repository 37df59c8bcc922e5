"""The cookies for sign-ins and enrolled workstations: tokens that the server stores as digests."""

import hashlib
import secrets
from datetime import datetime

from tornado.httputil import HTTPHeaders, HTTPServerRequest
from tornado.web import RequestHandler

NAME = "relais_sign_in"
WORKSTATION = "relais_token"


def new_token() -> str:
    return secrets.token_urlsafe(32)


def set_token(
    handler: RequestHandler,
    token: str,
    until: datetime,
    name: str = NAME,
    *,
    secure: bool = False,
) -> None:
    """Set a token cookie that expires at `until` (aware UTC).

    The caller must already have stored the digest of the token. `secure` means that the browser
    uses HTTPS, even if the request does not show it.
    """
    options = {"path": "/", "httponly": True, "samesite": "Lax"}
    secure = secure or is_encrypted(handler.request)
    handler.set_cookie(name, token, expires=until, secure=secure, **options)


def clear_token(handler: RequestHandler) -> None:
    handler.clear_cookie(NAME, path="/")


def take_digest(request: HTTPServerRequest, name: str = NAME) -> str:
    """Remove the token from a request, and return its digest, or "" if there is none.

    If the token stayed in the request, Bokeh would copy it into the page, where scripts could read
    it.
    """
    morsel = request.cookies.get(name)
    if morsel is None:
        return ""
    sent = (cookie.strip() for cookie in request.headers["Cookie"].split(";"))
    _set(request.headers, "; ".join(cookie for cookie in sent if cookie.partition("=")[0] != name))
    del request.cookies[name]
    return digest_of(morsel.value)


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def is_encrypted(request: HTTPServerRequest) -> bool:
    """Return whether the browser uses HTTPS, to this server or to a proxy in front of it."""
    return request.protocol == "https" or request.headers.get("Origin", "").startswith("https://")


def _set(headers: HTTPHeaders, cookies: str) -> None:
    if cookies:
        headers["Cookie"] = cookies
    else:
        del headers["Cookie"]
