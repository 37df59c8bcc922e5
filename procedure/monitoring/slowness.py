"""What is slow for one target: far above its own week, and always above a fixed ceiling.

The past is kept as one line an hour, so that a fold over a week stays small and a replay comes to
the same figures as the live watch. Latencies are milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

HOURS = 7 * 24
HOURS_NEEDED = 3  # before a target's own past says anything
READINGS_AN_HOUR = 240  # the newest of an hour; more would not change its median
SPREADS = 6  # above the median: rare by chance even where latencies scatter widely
FLOOR = 4  # a quarter of the ceiling is never slow, however steady the target


@dataclass(frozen=True, slots=True)
class HourlyLatency:
    """The readings of one hour: their median, and the median distance from it."""

    median: float
    spread: float


@dataclass(frozen=True, slots=True)
class LatencyBaseline:
    """A week of hours, the hour that is running, and the limit that the hours give.

    `limit` is None until enough hours are known.
    """

    hours: tuple[HourlyLatency, ...] = ()
    running: datetime | None = None
    latencies: tuple[float, ...] = ()
    limit: float | None = None


def add_latency(past: LatencyBaseline, at: datetime, latency_ms: float) -> LatencyBaseline:
    """Add a reading that was answered; `at` is its aware UTC instant."""
    hour = at.replace(minute=0, second=0, microsecond=0)
    if past.running == hour:
        kept = (*past.latencies, latency_ms)[-READINGS_AN_HOUR:]
        return LatencyBaseline(past.hours, hour, kept, past.limit)
    if not past.latencies:
        return LatencyBaseline(past.hours, hour, (latency_ms,), past.limit)
    hours = (*past.hours, _summary(past.latencies))[-HOURS:]
    return LatencyBaseline(hours, hour, (latency_ms,), _limit(hours))


def slow_above(past: LatencyBaseline, ceiling: timedelta) -> float:
    """Return the latency above which an answer is slow, never above the ceiling."""
    most = ceiling.total_seconds() * 1000
    return most if past.limit is None else min(most, max(past.limit, most / FLOOR))


def _summary(latencies: Sequence[float]) -> HourlyLatency:
    middle = median(latencies)
    return HourlyLatency(middle, median(abs(one - middle) for one in latencies))


def _limit(hours: Sequence[HourlyLatency]) -> float | None:
    if len(hours) < HOURS_NEEDED:
        return None
    middle = median(hour.median for hour in hours)
    within = median(hour.spread for hour in hours)
    between = median(abs(hour.median - middle) for hour in hours)
    return middle + SPREADS * max(within, between)
