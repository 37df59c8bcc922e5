"""What a browser can tell of a target: that some answer came, or that none did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from procedure.monitoring.model import FailureCause, Outcome, Status, Target, Vantage

# Failures in which an HTTP answer came all the same: a browser's look takes it for a good one.
ANSWERED = frozenset(
    {
        FailureCause.STATUS,
        FailureCause.CONTENT,
        FailureCause.REDIRECT,
        FailureCause.PORTAL,
        FailureCause.OVERSIZE,
    }
)
LONGEST = 120_000.0  # milliseconds; a look that says it took longer was asleep


def outcomes(
    looks: Iterable[Mapping[str, object]],
    targets: Mapping[str, Target],
    vantage: Vantage,
    at: datetime,
) -> Iterator[Outcome]:
    """Turn the looks of one round into outcomes; whatever does not read as a look is dropped.

    An answer is up, or slow above the target's ceiling, whatever its HTTP status. No answer is
    down; whether by network, name, TLS or a policy of the browser, a page cannot know.
    """
    for look in looks:
        target = targets.get(str(look.get("target")))
        took = look.get("ms")
        if target is None or not isinstance(took, int | float) or not 0 <= took <= LONGEST:
            continue
        verdict, cause = _told(look, target, took)
        yield Outcome(target.key, target.url, vantage.key, at, verdict, cause, latency_ms=took)


def browser_cannot_tell(verdict: Status, cause: FailureCause | None) -> bool:
    """Tell whether an answer in a browser says nothing, by what the server sees of the target.

    When the server gets an error for an answer, the browsers most likely get the same one, and
    cannot read it.
    """
    return verdict is Status.DOWN and cause in ANSWERED


def _told(
    look: Mapping[str, object], target: Target, took: float
) -> tuple[Status, FailureCause | None]:
    if look.get("answered") is not True:
        return Status.DOWN, FailureCause.TIMEOUT if look.get(
            "late"
        ) is True else FailureCause.NETWORK
    slow = took > target.slow_after.total_seconds() * 1000
    return (Status.SLOW if slow else Status.UP), None
