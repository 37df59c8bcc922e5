"""Outcomes from the probes of a workstation's browser, which only knows whether an answer came."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from procedure.monitoring.model import FailureCause, Outcome, Status, Target, Vantage

# Failures in which an HTTP answer came all the same: to a browser they look like success.
ANSWERED = frozenset(
    {
        FailureCause.STATUS,
        FailureCause.CONTENT,
        FailureCause.REDIRECT,
        FailureCause.PORTAL,
        FailureCause.OVERSIZE,
    }
)
MAX_LATENCY = 120_000.0  # milliseconds; after more than this the computer was asleep


def outcomes(
    reports: Iterable[Mapping[str, object]],
    targets: Mapping[str, Target],
    vantage: Vantage,
    at: datetime,
) -> Iterator[Outcome]:
    """Yield an outcome for each report of one round; malformed reports are dropped.

    An answer is up, or slow above the target's ceiling, whatever its HTTP status. No answer is
    down: a page cannot know whether network, name, TLS or a browser policy was the cause. A report
    of another address than the target's is from before the handbook was changed.
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
    """Return whether an answer in a browser says nothing, given the server's status of the target.

    When the server receives an error, browsers most likely do too, and cannot read it.
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
