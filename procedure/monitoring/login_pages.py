"""Recognition of login pages by their address, and of hosts that belong to one organisation.

A page with restricted content answers with a redirect to a login: it is *up, content reserved*.
Patterns are matched against host and path, in lower case.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

# Single sign-on between organisations: no captive portal looks like this.
FEDERATED = {
    "SAML": r"[/.]saml2?([/._-]|$)|/simplesaml",
    "Shibboleth": r"shibboleth",
    "identity provider": r"//(idp|aai|aai-logon|aai-login)[.-]|/idp(/|$)",
    "OAuth or OpenID": r"/oauth2?([/._-]|$)|/openid|/o/authorize",
    "ADFS": r"[/.]adfs[/.]",
    "edu-ID": r"[/.]eduid\.",
    "discovery service": r"wayf",
    "CAS": r"/cas/login",
    "Keycloak": r"/realms/[^/]+/(protocol|login-actions)",
    "Microsoft": r"//login\.(microsoftonline|live|windows)\.",
    "Atlassian": r"//(id|auth)\.atlassian\.com",
}
# A plain login form; captive portals also have one.
PLAIN = {
    "login": r"[/.](log|sign|sso)[-_]?(in|on)?([/.;_-]|$)",
    "login host": r"//(login|logon|signin|sso|auth|accounts?)[.-]",
    "authentication": r"/auth(entication|enticate|n)?([/.;_-]|$)",
    "connexion": r"/(connexion|identification|anmelden)([/.;_-]|$)",
}
CAPTIVE = r"captive|hotspot|wi-?fi|wlan|/portal|//portal|guest"

# Second-level names under which organisations register, as in `ac.uk`.
REGISTRIES = frozenset({"ac", "co", "com", "edu", "gov", "net", "org", "or", "ne", "gouv"})


def login_sign(url: str, signs: Mapping[str, str] = FEDERATED | PLAIN) -> str | None:
    """Return the name of the first login pattern that matches an address, or None."""
    place = _host_and_path(url)
    return next((name for name, pattern in signs.items() if re.search(pattern, place)), None)


def is_captive_portal(url: str) -> bool:
    """Return whether an address looks like a captive portal."""
    return re.search(CAPTIVE, _host_and_path(url)) is not None


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
