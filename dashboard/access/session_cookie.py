"""The cookie of a sign-in: a random token of which the server stores only the digest."""

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
    """Set a token that expires at `until` (aware UTC) in the browser, once its digest is stored.

    `secure` says that the browser uses HTTPS, if the request does not show it.
    """
    options = {"path": "/", "httponly": True, "samesite": "Lax"}
    secure = secure or is_encrypted(handler.request)
    handler.set_cookie(name, token, expires=until, secure=secure, **options)


def clear_token(handler: RequestHandler) -> None:
    handler.clear_cookie(NAME, path="/")


def take_digest(request: HTTPServerRequest, name: str = NAME) -> str:
    """Return the digest of a request's token, or "", and remove the token from the request.

    Bokeh copies the cookies of a page's request into the page, where scripts can read them.
    """
    morsel = request.cookies.get(name)
    if morsel is None:
        return ""
    sent = (cookie.strip() for cookie in request.headers["Cookie"].split(";"))
    _set(request.headers, "; ".join(cookie for cookie in sent if cookie.partition("=")[0] != name))
    del request.cookies[name]
    return digest_of(morsel.value)


def digest_of(token: str) -> str:
    """Return the digest of a token, as it is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


def is_encrypted(request: HTTPServerRequest) -> bool:
    """Return whether the browser uses HTTPS, to this server or to the proxy in front of it."""
    return request.protocol == "https" or request.headers.get("Origin", "").startswith("https://")


def _set(headers: HTTPHeaders, cookies: str) -> None:
    if cookies:
        headers["Cookie"] = cookies
    else:
        del headers["Cookie"]
