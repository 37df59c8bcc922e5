"""When an answer of a target counts as slow: far above its last week, or above a fixed ceiling.

The past is stored as one summary per hour, so that the fold stays small and a replay gives the same
results as the live scheduler. Latencies are milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from procedure.monitoring.rollup import start_of_hour

HOURS = 7 * 24
HOURS_NEEDED = 3  # before there is a limit
MAX_READINGS_PER_HOUR = 240  # the newest of an hour; more would not change its median
MAX_SPREADS = 6  # above the median; rarely exceeded by chance, even with widely varying latencies
FLOOR_DIVISOR = 4  # up to a quarter of the ceiling is never slow


@dataclass(frozen=True, slots=True)
class HourlyLatency:
    """The latencies of one hour: their median, and the median distance from it."""

    median: float
    spread: float


@dataclass(frozen=True, slots=True)
class LatencyBaseline:
    """The hours of the last week, the current hour, and the limit derived from them.

    `limit` is None until there are `HOURS_NEEDED`.
    """

    hours: tuple[HourlyLatency, ...] = ()
    running: datetime | None = None
    latencies: tuple[float, ...] = ()
    limit: float | None = None


def add_latency(baseline: LatencyBaseline, at: datetime, latency_ms: float) -> LatencyBaseline:
    """Return the baseline with one more answered reading; `at` is aware UTC."""
    hour = start_of_hour(at)
    if baseline.running == hour:
        latencies = (*baseline.latencies, latency_ms)[-MAX_READINGS_PER_HOUR:]
        return LatencyBaseline(baseline.hours, hour, latencies, baseline.limit)
    if not baseline.latencies:
        return LatencyBaseline(baseline.hours, hour, (latency_ms,), baseline.limit)
    hours = (*baseline.hours, _summary(baseline.latencies))[-HOURS:]
    return LatencyBaseline(hours, hour, (latency_ms,), _limit(hours))


def slow_above(baseline: LatencyBaseline, ceiling: timedelta) -> float:
    """Return the latency (ms) above which an answer is slow, at most the ceiling."""
    ceiling_ms = ceiling.total_seconds() * 1000
    return (
        ceiling_ms
        if baseline.limit is None
        else min(ceiling_ms, max(baseline.limit, ceiling_ms / FLOOR_DIVISOR))
    )


def _summary(latencies: Sequence[float]) -> HourlyLatency:
    middle = median(latencies)
    return HourlyLatency(middle, median(abs(latency - middle) for latency in latencies))


def _limit(hours: Sequence[HourlyLatency]) -> float | None:
    if len(hours) < HOURS_NEEDED:
        return None
    middle = median(hour.median for hour in hours)
    within = median(hour.spread for hour in hours)
    between = median(abs(hour.median - middle) for hour in hours)
    return middle + MAX_SPREADS * max(within, between)
