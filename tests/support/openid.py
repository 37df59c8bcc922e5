"""A small OpenID Connect provider with discovery, keys, codes with PKCE, and userinfo.

The authorization endpoint signs in every browser immediately. A code is valid once, for one client
and one redirect URI.
"""

import base64
import hashlib
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from tornado.web import Application, HTTPError, RequestHandler

from tests.support.http import serving

CLIENT, SECRET = "relais", "the secret of the client, which is long enough for HS256"


@cache
def key(name: str) -> RSAKey:
    """Return the key with this name; generating it takes 0.1 s."""
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig"})


@dataclass(slots=True)
class Provider:
    """A provider; its fields set the next user and the endpoints' answers.

    `id_token` and `userinfo` override claims; None removes a claim from the ID token. `signs` is
    the key that signs, `names` the key named in the token (by default, the same), and `published`
    are the keys that the provider publishes. With the HS256 algorithm, the key is the client's
    secret; with `none`, the token is not signed. `about` is merged into the discovery document, and
    `answer` into the parameters of the redirect back to Relais. `answered` lists the paths that
    have been requested.
    """

    id_token: dict[str, Any] = field(default_factory=dict[str, Any])
    userinfo: dict[str, Any] = field(default_factory=dict[str, Any])
    algorithm: str = "RS256"
    signs: str = "first"
    names: str = ""
    published: list[str] = field(default_factory=lambda: ["first"])
    about: dict[str, Any] = field(default_factory=dict[str, Any])
    answer: dict[str, str] = field(default_factory=dict[str, str])
    now: float = field(default_factory=time.time)
    address: str = ""
    answered: list[str] = field(default_factory=list[str])
    asked: dict[str, str] = field(default_factory=dict[str, str])
    codes: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    tokens: set[str] = field(default_factory=set[str])

    @property
    def settings(self) -> dict[str, str]:
        """The settings of a server that uses this provider."""
        return {
            "PANEL_OAUTH_PROVIDER": "generic",
            "PANEL_OAUTH_KEY": CLIENT,
            "PANEL_OAUTH_SECRET": SECRET,
            "PANEL_OAUTH_SCOPE": "openid,email",
            "PANEL_COOKIE_SECRET": "the secret of the cookies",
            "RELAIS_ISSUER": self.address,
        }

    def signed(self, nonce: str) -> str:
        right = {"iss": self.address, "aud": CLIENT, "sub": "sub-1", "nonce": nonce}
        claims = right | {"exp": int(self.now) + 300, "iat": int(self.now)} | self.id_token
        claims = {name: value for name, value in claims.items() if value is not None}
        if self.algorithm == "none":
            return f"{_encoded({'alg': 'none'})}.{_encoded(claims)}."
        if self.algorithm == "HS256":
            return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET))
        return jwt.encode(
            {"alg": "RS256", "kid": self.names or self.signs}, claims, key(self.signs)
        )


class _Endpoint(RequestHandler):
    def initialize(self, provider: Provider) -> None:
        self.provider = provider

    def prepare(self) -> None:
        self.provider.answered.append(self.request.path)


class _Discovery(_Endpoint):
    def get(self) -> None:
        own = self.provider.address
        told = {
            "issuer": own,
            "authorization_endpoint": f"{own}/authorize",
            "token_endpoint": f"{own}/token",
            "userinfo_endpoint": f"{own}/userinfo",
            "jwks_uri": f"{own}/keys",
        }
        self.finish(told | self.provider.about)


class _Keys(_Endpoint):
    def get(self) -> None:
        other = {"kty": "of another kind", "kid": "other"}
        keys = [key(name).as_dict(private=False) for name in self.provider.published]
        self.finish({"keys": [other, *keys]})


class _Authorize(_Endpoint):
    def get(self) -> None:
        asked = {name: self.get_argument(name) for name in self.request.arguments}
        right = (asked["client_id"], asked["response_type"], asked["code_challenge_method"])
        if right != (CLIENT, "code", "S256"):
            raise HTTPError(400)
        code, self.provider.asked = uuid4().hex, asked
        self.provider.codes[code] = asked
        answer = {"code": code, "state": asked["state"]} | self.provider.answer
        self.redirect(f"{asked['redirect_uri']}?{urlencode(answer)}")


class _Token(_Endpoint):
    def post(self) -> None:
        given = {name: self.get_body_argument(name) for name in self.request.body_arguments}
        asked = self.provider.codes.pop(given["code"], {})
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        in_head = self.request.headers.get("Authorization") == f"Basic {basic}"
        known = in_head if self._only_basic else given.get("client_secret") == SECRET
        digest = hashlib.sha256(given["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        right = (given["client_id"], given["redirect_uri"], challenge)
        wanted = (CLIENT, asked.get("redirect_uri"), asked.get("code_challenge"))
        if not known or right != wanted or given["grant_type"] != "authorization_code":
            self.set_status(400)
            self.finish({"error": "invalid_grant"})
            return
        token = uuid4().hex
        self.provider.tokens.add(token)
        signed = self.provider.signed(asked["nonce"])
        self.finish({"access_token": token, "token_type": "Bearer", "id_token": signed})

    @property
    def _only_basic(self) -> bool:
        return "token_endpoint_auth_methods_supported" in self.provider.about


class _UserInfo(_Endpoint):
    def get(self) -> None:
        kind, _, token = self.request.headers.get("Authorization", "").partition(" ")
        if kind != "Bearer" or token not in self.provider.tokens:
            raise HTTPError(401)
        self.finish({"sub": "sub-1"} | self.provider.userinfo)


def _encoded(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


@asynccontextmanager
async def openid_provider() -> AsyncIterator[Provider]:
    """Serve a provider on a free port; yield it."""
    provider = Provider()
    shared = {"provider": provider}
    pages = [
        ("/.well-known/openid-configuration", _Discovery),
        ("/keys", _Keys),
        ("/authorize", _Authorize),
        ("/token", _Token),
        ("/userinfo", _UserInfo),
    ]
    async with serving(Application([(*page, shared) for page in pages])) as address:
        provider.address = address
        yield provider
