"""Judges a target's answer: first its status and URL, then its body.

If there is no `ProbeFinding` about an answer, the target is up or slow. A page with restricted
content redirects to a login page; the target is then *up, content reserved*. Login pages are
recognised by the host and path of their URL, in lower case. A probe from a browser can only tell
whether there was an answer.
"""

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from procedure.monitoring.model import FailureCause, Outcome, Phase, Status, Target, Vantage


@dataclass(frozen=True, slots=True)
class ProbeFinding:
    """The finding about an answer: down with a cause, or up with `reserved` content."""

    cause: FailureCause | None = None
    phase: Phase | None = None
    reserved: bool = False
    detail: str = ""


def head_finding(target: Target, http_status: int, url: str, asked: str) -> ProbeFinding | None:
    """Return the finding for an answer's status and origin, or None if both are as expected.

    `asked` is the URL first requested, and `url` is the URL after all redirects. A login page is
    accepted on any host that the target's login may be on. Any other answer must be successful and
    come from a host that may answer for the target.
    """
    login = _login_finding(target, http_status, url, asked)
    if login is not None:
        return login
    if not 200 <= http_status < 300:
        return ProbeFinding(FailureCause.STATUS, Phase.FIRST_BYTE, detail=f"HTTP {http_status}")
    host = host_of(url)
    if _is_foreign_host(target, host):
        return ProbeFinding(FailureCause.PORTAL, Phase.FIRST_BYTE, detail=f"answered by {host}")
    return None


def _login_finding(target: Target, http_status: int, url: str, asked: str) -> ProbeFinding | None:
    asks_who = http_status == 401
    if not (200 <= http_status < 300 or asks_who):
        return None
    if target.reserved and asks_who:
        return ProbeFinding(reserved=True, detail="asks for a login")
    sign = login_sign(url) if url != asked else None
    if sign is None or not _may_log_in(target, url):
        return None
    return ProbeFinding(reserved=True, detail=f"redirected to a login ({sign})")


def body_finding(target: Target, text: str) -> ProbeFinding | None:
    """Return a finding if a required word is missing or a forbidden word is present; else None."""
    read = html.unescape(text).casefold()
    for word in target.must_not_contain:
        if word.casefold() in read:
            return ProbeFinding(FailureCause.CONTENT, Phase.BODY, detail=f"contains {word!r}")
    for word in target.must_contain:
        if word.casefold() not in read:
            return ProbeFinding(
                FailureCause.CONTENT, Phase.BODY, detail=f"does not contain {word!r}"
            )
    return None


def status_from_finding(target: Target, finding: ProbeFinding | None, latency: timedelta) -> Status:
    """Return the status of an attempt that received a complete answer."""
    if finding is not None and finding.cause is not None:
        return Status.DOWN
    return Status.SLOW if latency > target.slow_after else Status.UP


def _is_foreign_host(target: Target, host: str) -> bool:
    home = host_of(target.url)
    return site_of(host) != site_of(home) and not host_matches(host, target.allowed_hosts)


def _may_log_in(target: Target, url: str) -> bool:
    host = host_of(url)
    named = tuple(pattern for pattern in target.login_hosts if pattern != "*")
    if not _is_foreign_host(target, host) or host_matches(host, named):
        return True
    if login_sign(url, FEDERATED) is not None:
        return True
    anywhere = target.reserved or "*" in target.login_hosts
    return anywhere and not is_captive_portal(url)


# URL patterns of single sign-on between organisations; no captive portal matches them.
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
# URL patterns of plain login forms; captive portals match them too.
PLAIN = {
    "login": r"[/.](log|sign|sso)[-_]?(in|on)?([/.;_-]|$)",
    "login host": r"//(login|logon|signin|sso|auth|accounts?)[.-]",
    "authentication": r"/auth(entication|enticate|n)?([/.;_-]|$)",
    "connexion": r"/(connexion|identification|anmelden)([/.;_-]|$)",
}
CAPTIVE = r"captive|hotspot|wi-?fi|wlan|/portal|//portal|guest"

# Second-level domains under which organisations register names, such as `ac.uk`.
REGISTRIES = frozenset({"ac", "co", "com", "edu", "gov", "net", "org", "or", "ne", "gouv"})


def login_sign(url: str, signs: Mapping[str, str] = FEDERATED | PLAIN) -> str | None:
    """Return the name of the first login pattern that matches a URL, or None."""
    place = _host_and_path(url)
    return next((name for name, pattern in signs.items() if re.search(pattern, place)), None)


def is_captive_portal(url: str) -> bool:
    return re.search(CAPTIVE, _host_and_path(url)) is not None


def host_of(url: str) -> str:
    """Return the host of a URL, in lower case and without its port."""
    return urlsplit(url).hostname or ""


def site_of(host: str) -> str:
    """Return the part of a host name that one organisation owns: `unige.ch`, `x.ac.uk`.

    IP addresses and names without a dot are returned unchanged. This is a rule of thumb in place of
    a list of public suffixes; `Target.allowed_hosts` lists the hosts that the rule misses.
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


# Causes of failures with an HTTP response. To a browser, such a failure looks like success.
ANSWERED = frozenset(
    {
        FailureCause.STATUS,
        FailureCause.CONTENT,
        FailureCause.REDIRECT,
        FailureCause.PORTAL,
        FailureCause.OVERSIZE,
    }
)
MAX_LATENCY = 120_000.0  # milliseconds; a longer time means that the computer was asleep


def outcomes_in_browser(
    reports: Iterable[Mapping[str, object]],
    targets: Mapping[str, Target],
    vantage: Vantage,
    at: datetime,
) -> Iterator[Outcome]:
    """Yield an outcome for each valid report in a browser's round of probes.

    Whatever its HTTP status, an answer counts as up or, after `Target.slow_after`, as slow. A
    missing answer counts as down: a browser cannot tell whether the network, the name, TLS or a
    browser policy was the cause. Malformed reports are dropped. Reports about a URL other than the
    target's are also dropped, because they predate a change to the handbook.
    """
    for report in reports:
        target = targets.get(str(report.get("target")))
        took = report.get("ms")
        if target is None or report.get("url", target.url) != target.url:
            continue
        if not isinstance(took, int | float) or not 0 <= took <= MAX_LATENCY:
            continue
        status, cause = _status_and_cause(report, target, took)
        yield Outcome(target.key, target.url, vantage.key, at, status, cause, latency_ms=took)


def browser_cannot_tell(status: Status, cause: FailureCause | None) -> bool:
    """Return whether an answer in a browser proves nothing, given the Relais server's own reading.

    If the server receives an error, browsers most likely receive the same error but cannot read it.
    """
    return status is Status.DOWN and cause in ANSWERED


def _status_and_cause(
    report: Mapping[str, object], target: Target, took: float
) -> tuple[Status, FailureCause | None]:
    if report.get("answered") is not True:
        return Status.DOWN, FailureCause.TIMEOUT if report.get(
            "late"
        ) is True else FailureCause.NETWORK
    slow = took > target.slow_after.total_seconds() * 1000
    return (Status.SLOW if slow else Status.UP), None
