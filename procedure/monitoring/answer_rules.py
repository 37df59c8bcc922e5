"""Judgement of the answer of a target: its head before its body is read.

An answer without a `ProbeFinding` is up.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from datetime import timedelta

from procedure.monitoring.login_pages import (
    FEDERATED,
    host_matches,
    host_of,
    is_captive_portal,
    login_sign,
    site_of,
)
from procedure.monitoring.model import FailureCause, Phase, Status, Target


@dataclass(frozen=True, slots=True)
class ProbeFinding:
    """The finding on an answer: down with a cause, or up with restricted content (`reserved`)."""

    cause: FailureCause | None = None
    phase: Phase | None = None
    reserved: bool = False
    detail: str = ""


def head_finding(target: Target, http_status: int, url: str, asked: str) -> ProbeFinding | None:
    """Return the finding for the status and origin of an answer, or None.

    `url` is where the redirects have led, `asked` the address that was first asked.

    A login page is accepted where one is expected; else the answer must be a success, from a host
    that may answer for the target.
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
    """Return the finding for the text of an answer: words it must contain or must not contain."""
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


def status_of(target: Target, finding: ProbeFinding | None, latency: timedelta) -> Status:
    """Return the status of an attempt that was answered completely."""
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
