"""A small OpenID Connect provider on the loopback, with the authorization code flow.

Whoever comes to its authorization endpoint is signed in as `person` at once, as by a browser that
the provider knows already. A code is for one use, of one client and one address to return to.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from tornado.web import Application, HTTPError, RequestHandler

from tests.support.http import serving

CLIENT, SECRET = "relais", "the secret of the client"


@dataclass(slots=True)
class Provider:
    """Who signs in next, and what the two endpoints say of them.

    `id_token` and `userinfo` are claims beside `sub`; `answered` are the paths that were asked.
    """

    id_token: dict[str, Any] = field(default_factory=dict[str, Any])
    userinfo: dict[str, Any] = field(default_factory=dict[str, Any])
    audience: str = CLIENT
    subject_of_userinfo: str = "sub-1"
    address: str = ""
    answered: list[str] = field(default_factory=list[str])
    scopes: list[str] = field(default_factory=list[str])
    codes: dict[str, str] = field(default_factory=dict[str, str])
    tokens: set[str] = field(default_factory=set[str])

    @property
    def settings(self) -> dict[str, str]:
        """The settings of Panel's generic login for this provider."""
        return {
            "PANEL_OAUTH_PROVIDER": "generic",
            "PANEL_OAUTH_KEY": CLIENT,
            "PANEL_OAUTH_SECRET": SECRET,
            "PANEL_OAUTH_AUTHORIZE_URL": f"{self.address}/authorize",
            "PANEL_OAUTH_TOKEN_URL": f"{self.address}/token",
            "PANEL_OAUTH_USER_URL": f"{self.address}/userinfo",
            "PANEL_OAUTH_SCOPE": "openid,email",
            "PANEL_COOKIE_SECRET": "the secret of the cookies",
        }


class _Endpoint(RequestHandler):
    def initialize(self, provider: Provider) -> None:
        self.provider = provider

    def prepare(self) -> None:
        self.provider.answered.append(self.request.path)


class _Authorize(_Endpoint):
    def get(self) -> None:
        if self.get_argument("client_id") != CLIENT or self.get_argument("response_type") != "code":
            raise HTTPError(400)
        code, back = uuid4().hex, self.get_argument("redirect_uri")
        self.provider.codes[code] = back
        self.provider.scopes = self.get_argument("scope").split()
        self.redirect(f"{back}?{urlencode({'code': code, 'state': self.get_argument('state')})}")


class _Token(_Endpoint):
    def post(self) -> None:
        given = {name: self.get_body_argument(name) for name in self.request.body_arguments}
        back = self.provider.codes.pop(given["code"], None)
        right = (given["client_id"], given["client_secret"], given["redirect_uri"])
        if right != (CLIENT, SECRET, back) or given["grant_type"] != "authorization_code":
            self.set_status(400)
            self.finish({"error": "invalid_grant"})
            return
        token = uuid4().hex
        self.provider.tokens.add(token)
        about = {"iss": self.provider.address, "aud": self.provider.audience, "sub": "sub-1"}
        signed = _signed(about | self.provider.id_token)
        self.finish({"access_token": token, "token_type": "Bearer", "id_token": signed})


class _UserInfo(_Endpoint):
    def get(self) -> None:
        kind, _, token = self.request.headers.get("Authorization", "").partition(" ")
        if kind != "Bearer" or token not in self.provider.tokens:
            raise HTTPError(401)
        self.finish({"sub": self.provider.subject_of_userinfo} | self.provider.userinfo)


def _signed(claims: dict[str, Any]) -> str:
    parts = [_encoded(json.dumps(one).encode()) for one in ({"alg": "HS256"}, claims)]
    text = ".".join(parts)
    return f"{text}.{_encoded(hmac.digest(SECRET.encode(), text.encode(), hashlib.sha256))}"


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@asynccontextmanager
async def openid_provider() -> AsyncIterator[Provider]:
    """Serve a provider on a free port."""
    provider = Provider()
    shared = {"provider": provider}
    pages = [("/authorize", _Authorize), ("/token", _Token), ("/userinfo", _UserInfo)]
    async with serving(Application([(*page, shared) for page in pages])) as address:
        provider.address = address
        yield provider
