"""Recognition of login pages by their address, and of hosts that belong to one organisation.

A page with restricted content answers with a redirect to a login: it is *up, content reserved*.
Patterns are matched against host and path, in lower case.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import NamedTuple
from urllib.parse import urlsplit


class LoginSign(NamedTuple):
    """A pattern that recognises a login address, with a name."""

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
# A plain login form; captive portals also have one.
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
    """Return the name of the first login pattern that matches an address, or None."""
    place = _host_and_path(url)
    return next((sign.name for sign in signs if sign.pattern.search(place)), None)


def is_captive_portal(url: str) -> bool:
    """Return whether an address looks like a captive portal."""
    return CAPTIVE.pattern.search(_host_and_path(url)) is not None


def host_of(url: str) -> str:
    """Return the host of an address in lower case, without its port."""
    return urlsplit(url).hostname or ""


def site_of(host: str) -> str:
    """Return the part of a host name that one organisation owns: `unige.ch`, `x.ac.uk`.

    IP addresses and names without a dot are returned unchanged. This rule of thumb replaces a list
    of public suffixes; `Target.allowed_hosts` covers what it misses.
    """
    labels = host.rstrip(".").split(".")
    if ":" in host or labels[-1].isdecimal():
        return host
    return ".".join(labels[-3:] if labels[-2:-1] and labels[-2] in REGISTRIES else labels[-2:])


def host_matches(host: str, patterns: tuple[str, ...]) -> bool:
    """Return whether a host matches one of the patterns (`*.example.org`; `*` is any host)."""
    return any(fnmatchcase(host, pattern.lower()) for pattern in patterns)


def _host_and_path(url: str) -> str:
    parts = urlsplit(url)
    return f"//{parts.hostname or ''}{parts.path}".lower()
