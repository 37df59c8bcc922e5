"""The rules that judge the answer of a target, in order.

The head of an answer is judged before its body is read. A rule returns a `ProbeFinding`, or None;
an answer without a finding is up.
"""

from __future__ import annotations

import html
from collections.abc import Callable
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
class ResponseHead:
    """The head of the last answer in a redirect chain, with the address that was first asked."""

    http_status: int
    url: str
    asked: str

    @property
    def redirected(self) -> bool:
        """Whether the answer came from another address than the one asked."""
        return self.url != self.asked


@dataclass(frozen=True, slots=True)
class ProbeFinding:
    """The finding of a rule: down with a cause, or up with restricted content (`reserved`)."""

    cause: FailureCause | None = None
    phase: Phase | None = None
    reserved: bool = False
    detail: str = ""


def _login_rule(target: Target, head: ResponseHead) -> ProbeFinding | None:
    """Accept a login page where one is expected: the target is up, its content reserved."""
    asks_who = head.http_status == 401
    if not (200 <= head.http_status < 300 or asks_who):
        return None
    if target.reserved and asks_who:
        return ProbeFinding(reserved=True, detail="asks for a login")
    sign = login_sign(head.url) if head.redirected else None
    if sign is None or not _may_log_in(target, head.url):
        return None
    return ProbeFinding(reserved=True, detail=f"redirected to a login ({sign})")


def _status_rule(target: Target, head: ResponseHead) -> ProbeFinding | None:
    """Reject any status but success."""
    del target
    if 200 <= head.http_status < 300:
        return None
    return ProbeFinding(FailureCause.STATUS, Phase.FIRST_BYTE, detail=f"HTTP {head.http_status}")


def _portal_rule(target: Target, head: ResponseHead) -> ProbeFinding | None:
    """Reject a success from a host that is not allowed to answer for this target."""
    host = host_of(head.url)
    if not _is_foreign_host(target, host):
        return None
    return ProbeFinding(FailureCause.PORTAL, Phase.FIRST_BYTE, detail=f"answered by {host}")


HEAD_RULES: tuple[Callable[[Target, ResponseHead], ProbeFinding | None], ...] = (
    _login_rule,
    _status_rule,
    _portal_rule,
)


def head_finding(target: Target, head: ResponseHead) -> ProbeFinding | None:
    """Return the first finding for the status and origin of an answer, or None."""
    findings = (rule(target, head) for rule in HEAD_RULES)
    return next((finding for finding in findings if finding is not None), None)


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
    if not _is_foreign_host(target, host) or host_matches(
        host, _without_wildcard(target.login_hosts)
    ):
        return True
    if login_sign(url, FEDERATED) is not None:
        return True
    anywhere = target.reserved or "*" in target.login_hosts
    return anywhere and not is_captive_portal(url)


def _without_wildcard(patterns: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(pattern for pattern in patterns if pattern != "*")
