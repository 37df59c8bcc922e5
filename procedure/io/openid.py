"""Sign-in through OpenID Connect, using the authorization code flow with PKCE.

The checks follow OpenID Connect Core 1.0, 3.1.3.7 (the ID token) and 5.3.2 (the userinfo response).
"""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from joserfc import jwt
from joserfc.errors import ClaimError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from procedure.errors import OpenIdRefused

Claims = Mapping[str, Any]

# Only signatures made with the provider's private key are accepted; `none` and HS256 are not.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
LEEWAY = 60  # seconds by which the provider's clock may be off
TIMEOUT = 10.0  # seconds
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class OpenIdAttempt:
    """The random values of one sign-in attempt, which tie the provider's responses to it."""

    state: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48), repr=False)

    @property
    def challenge(self) -> str:
        """The verifier's digest, which the provider receives before the verifier (RFC 7636)."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return urlsafe_b64encode(digest).rstrip(b"=").decode()


@dataclass(slots=True)
class OpenIdProvider:
    """An OpenID provider, with this server as its client.

    `issuer` must be spelt exactly as the provider spells it. `endpoints` overrides URLs in the
    discovery document, which is read once. The provider's keys are read again when an ID token is
    signed with an unknown key.
    """

    issuer: str
    client: str
    secret: str = field(repr=False)
    endpoints: Mapping[str, str] = field(default_factory=dict[str, str])
    _published: Claims = field(default_factory=dict[str, Any])
    _keys: KeySet | None = None

    async def authorization_url(
        self, attempt: OpenIdAttempt, back: str, scopes: Iterable[str], **more: str
    ) -> str:
        """Return the provider's sign-in URL; the provider later redirects the browser to `back`.

        Raises:
            OpenIdRefused: the provider does not respond, or its discovery document names another
                issuer.
        """
        asked = {
            "response_type": "code",
            "client_id": self.client,
            "redirect_uri": back,
            "scope": " ".join(scopes),
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": attempt.challenge,
            "code_challenge_method": "S256",
        }
        address = await self._endpoint("authorization_endpoint")
        return f"{address}{'&' if '?' in address else '?'}{urlencode(more | asked)}"

    async def claims(
        self, attempt: OpenIdAttempt, code: str, back: str, wanted: Iterable[str], now: datetime
    ) -> Claims:
        """Exchange the authorization code for the claims about the person who signed in.

        If the ID token lacks one of the `wanted` claims, the claims from the userinfo endpoint are
        added. `now` is an aware datetime.

        Raises:
            OpenIdRefused: a check failed, or the provider does not respond.
        """
        answer = await self._token(attempt, code, back)
        claims = await self._checked(str(answer.get("id_token", "")), attempt.nonce, now)
        address = await self._endpoint("userinfo_endpoint", optional=True)
        if not address or all(name in claims for name in wanted):
            return claims
        bearer = {"Authorization": f"Bearer {answer.get('access_token', '')}"}
        more = await self._ask("GET", address, headers=bearer)
        if more.get("sub") != claims["sub"]:
            raise OpenIdRefused("the userinfo and the ID token are about different people")
        return {**more, **claims}

    async def _token(self, attempt: OpenIdAttempt, code: str, back: str) -> Claims:
        address = await self._endpoint("token_endpoint")
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "client_id": self.client,
            "code_verifier": attempt.verifier,
        }
        ways = (await self._description()).get("token_endpoint_auth_methods_supported")
        if self.secret and ways and "client_secret_post" not in ways:
            return await self._ask("POST", address, data=form, auth=(self.client, self.secret))
        secret = {"client_secret": self.secret} if self.secret else {}
        return await self._ask("POST", address, data=form | secret)

    async def _checked(self, token: str, nonce: str, now: datetime) -> Claims:
        """Return the claims in an ID token after checking them."""
        try:
            claims = await self._decoded(token)
            audience = claims.get("aud")
            several = isinstance(audience, list) and len(audience) > 1  # pyright: ignore[reportUnknownArgumentType]
            jwt.JWTClaimsRegistry(
                now=int(now.timestamp()),
                leeway=LEEWAY,
                iss={"essential": True, "value": self.issuer},
                aud={"essential": True, "value": self.client},
                azp={"essential": several, "value": self.client},
                exp={"essential": True},
                sub={"essential": True},
                nonce={"essential": True, "value": nonce},
            ).validate(claims)
        except ClaimError as fault:
            raise OpenIdRefused(f"the ID token was refused because of its {fault.claim}") from None
        except (JoseError, ValueError) as fault:
            raise OpenIdRefused(f"the ID token cannot be read ({type(fault).__name__})") from None
        return claims

    async def _decoded(self, token: str) -> dict[str, object]:
        try:
            return jwt.decode(token, await self._key_set(), algorithms=ALGORITHMS).claims
        except InvalidKeyIdError:  # The provider may have a new key.
            self._keys = None
        return jwt.decode(token, await self._key_set(), algorithms=ALGORITHMS).claims

    async def _key_set(self) -> KeySet:
        if self._keys is None:
            answer = await self._ask("GET", await self._endpoint("jwks_uri"))
            keys = [key for key in answer.get("keys", ()) if _signs(key)]
            self._keys = KeySet.import_key_set({"keys": keys})
        return self._keys

    async def _description(self) -> Claims:
        if not self._published:
            address = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
            published = await self._ask("GET", _safe(address))
            if published.get("issuer") != self.issuer:
                raise OpenIdRefused("the provider's issuer differs from RELAIS_ISSUER")
            self._published = published
        return self._published

    async def _endpoint(self, name: str, *, optional: bool = False) -> str:
        address = self.endpoints.get(name) or (await self._description()).get(name)
        if address is None and optional:
            return ""
        return _safe(str(address))

    async def _ask(self, method: str, address: str, **request: Any) -> Claims:
        try:
            async with httpx.AsyncClient(timeout=TIMEOUT, trust_env=False) as client:
                answer = await client.request(method, address, **request)
            found = answer.raise_for_status().json()
        except (httpx.HTTPError, ValueError) as fault:
            # The error's text may quote the URL, which may contain a code.
            kind = getattr(getattr(fault, "response", None), "status_code", type(fault).__name__)
            raise OpenIdRefused(
                f"the request to the provider's {urlsplit(address).path} failed: {kind}"
            ) from None
        if not isinstance(found, dict):
            raise OpenIdRefused(
                f"the provider's {urlsplit(address).path} did not answer with a JSON object"
            )
        return found  # pyright: ignore[reportUnknownVariableType]


def _signs(key: Mapping[str, object]) -> bool:
    return key.get("kty") in {"RSA", "EC", "OKP"} and key.get("use", "sig") == "sig"


def _safe(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
        raise OpenIdRefused(f"{address} must use https, because its answers identify people")
    return address
