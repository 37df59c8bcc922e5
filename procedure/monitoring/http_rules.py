"""What an answer says about its target: the rules, in the order in which they are asked.

The head of an answer is judged before its body is read. A rule returns a `ProbeFinding`, or None
when it has nothing to say; an answer that no rule speaks against is up.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from procedure.monitoring.login_pages import (
    FEDERATED,
    host_of,
    login_sign,
    looks_captive,
    matches,
    site_of,
)
from procedure.monitoring.model import FailureCause, Phase, Status, Target


@dataclass(frozen=True, slots=True)
class ResponseHead:
    """The head of the last answer of a chain: its status, its address, and the first address."""

    http_status: int
    url: str
    asked: str

    @property
    def redirected(self) -> bool:
        """Whether the answer came from another address than the one that was asked."""
        return self.url != self.asked


@dataclass(frozen=True, slots=True)
class ProbeFinding:
    """What a rule found: down with a cause, or up with the content reserved."""

    cause: FailureCause | None = None
    phase: Phase | None = None
    reserved: bool = False
    detail: str = ""


def _login(target: Target, head: ResponseHead) -> ProbeFinding | None:
    """Take a login for the answer where one may stand: the content is reserved, the target up."""
    asks_who = head.http_status == 401
    if not (200 <= head.http_status < 300 or asks_who):
        return None
    if target.reserved and asks_who:
        return ProbeFinding(reserved=True, detail="asks for a login")
    sign = login_sign(head.url) if head.redirected else None
    if sign is None or not _may_log_in(target, head.url):
        return None
    return ProbeFinding(reserved=True, detail=f"redirected to a login ({sign})")


def _status(target: Target, head: ResponseHead) -> ProbeFinding | None:
    """Refuse any other status than success."""
    del target
    if 200 <= head.http_status < 300:
        return None
    return ProbeFinding(FailureCause.STATUS, Phase.FIRST_BYTE, detail=f"HTTP {head.http_status}")


def _portal(target: Target, head: ResponseHead) -> ProbeFinding | None:
    """Refuse a success from a host that has no business answering for this target."""
    host = host_of(head.url)
    if not _is_stranger(target, host):
        return None
    return ProbeFinding(FailureCause.PORTAL, Phase.FIRST_BYTE, detail=f"answered by {host}")


HEAD_RULES: tuple[Callable[[Target, ResponseHead], ProbeFinding | None], ...] = (
    _login,
    _status,
    _portal,
)


def head_finding(target: Target, head: ResponseHead) -> ProbeFinding | None:
    """Judge an answer by its status and by where it came from; the first rule to speak wins."""
    findings = (rule(target, head) for rule in HEAD_RULES)
    return next((found for found in findings if found is not None), None)


def body_finding(target: Target, text: str) -> ProbeFinding | None:
    """Judge an answer by its words: those it must hold, and those of an error or maintenance."""
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
    """Return the verdict of an attempt that was answered to its end."""
    if finding is not None and finding.cause is not None:
        return Status.DOWN
    return Status.SLOW if latency > target.slow_after else Status.UP


def _is_stranger(target: Target, host: str) -> bool:
    home = host_of(target.url)
    return site_of(host) != site_of(home) and not matches(host, target.allowed_hosts)


def _may_log_in(target: Target, url: str) -> bool:
    host = host_of(url)
    if not _is_stranger(target, host) or matches(host, _named(target.login_hosts)):
        return True
    if login_sign(url, FEDERATED) is not None:
        return True
    anywhere = target.reserved or "*" in target.login_hosts
    return anywhere and not looks_captive(url)


def _named(patterns: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(pattern for pattern in patterns if pattern != "*")
