"""Addresses that are a login, and hosts that belong to one house.

A page that staff must log in to answers with a redirect to a login: that is the expected
answer, *up, content reserved*. The signs are looked for in host and path, in lower case.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import NamedTuple
from urllib.parse import urlsplit


class LoginSign(NamedTuple):
    """What tells a login from its address: a name for it, and the pattern."""

    name: str
    pattern: re.Pattern[str]


def _sign(name: str, pattern: str) -> LoginSign:
    return LoginSign(name, re.compile(pattern))


# Single sign-on between organisations: no captive portal looks like this.
FEDERATED = (
    _sign("SAML", r"[/.]saml2?([/._-]|$)|/simplesaml"),
    _sign("Shibboleth", r"shibboleth"),
    _sign("identity provider", r"//(idp|aai|aai-logon|aai-login)[.-]|/idp(/|$)"),
    _sign("OAuth or OpenID", r"/oauth2?([/._-]|$)|/openid|/o/authorize"),
    _sign("ADFS", r"[/.]adfs[/.]"),
    _sign("edu-ID", r"[/.]eduid\."),
    _sign("discovery service", r"wayf"),
    _sign("CAS", r"/cas/login"),
    _sign("Keycloak", r"/realms/[^/]+/(protocol|login-actions)"),
    _sign("Microsoft", r"//login\.(microsoftonline|live|windows)\."),
    _sign("Atlassian", r"//(id|auth)\.atlassian\.com"),
)
# A form that asks who one is; a captive portal has one too.
PLAIN = (
    _sign("login", r"[/.](log|sign|sso)[-_]?(in|on)?([/.;_-]|$)"),
    _sign("login host", r"//(login|logon|signin|sso|auth|accounts?)[.-]"),
    _sign("authentication", r"/auth(entication|enticate|n)?([/.;_-]|$)"),
    _sign("connexion", r"/(connexion|identification|anmelden)([/.;_-]|$)"),
)
CAPTIVE = _sign("captive portal", r"captive|hotspot|wi-?fi|wlan|/portal|//portal|guest")

# Second-level names under which organisations register, as in `ac.uk`.
REGISTRIES = frozenset({"ac", "co", "com", "edu", "gov", "net", "org", "or", "ne", "gouv"})


def login_sign(url: str, signs: tuple[LoginSign, ...] = FEDERATED + PLAIN) -> str | None:
    """Return the name of the first sign of a login in an address, or None."""
    place = _place(url)
    return next((sign.name for sign in signs if sign.pattern.search(place)), None)


def looks_captive(url: str) -> bool:
    """Whether an address looks like the page a network shows before it lets one through."""
    return CAPTIVE.pattern.search(_place(url)) is not None


def host_of(url: str) -> str:
    """Return the host of an address in lower case, without its port."""
    return urlsplit(url).hostname or ""


def site_of(host: str) -> str:
    """Return the part of a host name that one organisation owns: `unige.ch`, `x.ac.uk`.

    A number and a name without a dot are sites of their own. This is a rule of thumb that spares
    a list of public suffixes; `Target.allowed_hosts` covers what it misses.
    """
    labels = host.rstrip(".").split(".")
    if ":" in host or labels[-1].isdecimal():
        return host
    return ".".join(labels[-3:] if labels[-2:-1] and labels[-2] in REGISTRIES else labels[-2:])


def matches(host: str, patterns: tuple[str, ...]) -> bool:
    """Whether a host fits one of the patterns (`*.example.org`; `*` is any host)."""
    return any(fnmatchcase(host, pattern.lower()) for pattern in patterns)


def _place(url: str) -> str:
    parts = urlsplit(url)
    return f"//{parts.hostname or ''}{parts.path}".lower()
