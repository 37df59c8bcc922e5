"""Confirms a target's status from consecutive readings, and decides which answers are slow.

An answer is slow if it took far longer than the target's answers in the last week, or longer than a
fixed ceiling. Each hour of the week is kept as a small summary. A replay gives the same results as
the live scheduler. Latencies are in milliseconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from procedure.local_time import start_of_hour
from procedure.monitoring.downtime import WORKING
from procedure.monitoring.model import FailureCause, Outcome, Status, Target

HOURS = 7 * 24
HOURS_NEEDED = 3  # hours of data needed before a limit is set
MAX_READINGS_PER_HOUR = 240  # latencies kept per hour; more would hardly change the median
MAX_SPREADS = 6  # above the median; even widely varying latencies rarely exceed this by chance
FLOOR_DIVISOR = 4  # an answer within a quarter of the ceiling is never slow


@dataclass(frozen=True, slots=True)
class HourlyLatency:
    """The median latency of one hour, and the median distance of the latencies from that median."""

    median: float
    spread: float


@dataclass(frozen=True, slots=True)
class LatencyBaseline:
    """The latencies of the last week, and the limit derived from them, in milliseconds.

    `hours` holds the completed hours. `running` is the start of the current hour, and
    `latencies` holds the newest latencies in that hour. `limit` is None until there are
    `HOURS_NEEDED` completed hours.
    """

    hours: tuple[HourlyLatency, ...] = ()
    running: datetime | None = None
    latencies: tuple[float, ...] = ()
    limit: float | None = None


def add_latency(baseline: LatencyBaseline, at: datetime, latency_ms: float) -> LatencyBaseline:
    """Return the baseline after another reading with an answer; `at` is aware UTC."""
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


SLOW_CONFIRMED = 2  # consecutive readings needed to move a target between up and slow
FLAP_WINDOW = 12  # readings
FLAPS = 6  # changes between working and failing within that window: three brief failures


@dataclass(frozen=True, slots=True)
class Streak:
    """A run of readings of one kind: its newest status, its length and when it began (UTC)."""

    status: Status
    count: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The state of a target, carried from one reading to the next.

    - `confirmed`: the confirmed status, or None before the first confirmation.
    - `since`: the time of the first reading of the streak that led to the confirmed status.
    - `working_streak`: the newest consecutive readings that all show a working target, or all show
      a failing target.
    - `status_streak`: the newest consecutive readings with the same status.
    - `recent`: the times of the last readings, and whether the target worked at each.
    - `cause`: the cause of the last failure.
    - `flapping`: whether the target is failing intermittently. Such a target counts as down until
      it is steady.
    """

    confirmed: Status | None = None
    since: datetime | None = None
    working_streak: Streak | None = None
    status_streak: Streak | None = None
    recent: tuple[tuple[datetime, bool], ...] = ()
    cause: FailureCause | None = None
    flapping: bool = False
    baseline: LatencyBaseline = field(default_factory=LatencyBaseline)

    @property
    def doubtful(self) -> bool:
        """Whether more readings are needed to confirm that the target works, or that it fails."""
        if self.working_streak is None:
            return False
        return self.confirmed is None or _works(self.working_streak.status) != _works(
            self.confirmed
        )


def confirm_status(confirmation: Confirmation, outcome: Outcome, target: Target) -> Confirmation:
    """Return the confirmation after another reading, whose status must not be unknown."""
    status = _judged_status(confirmation.baseline, outcome, target)
    counted = replace(
        confirmation,
        working_streak=_extended(
            confirmation.working_streak, status, outcome.at, same=_works(status)
        ),
        status_streak=_extended(confirmation.status_streak, status, outcome.at, same=None),
        recent=(*confirmation.recent, (outcome.at, _works(status)))[-FLAP_WINDOW:],
        cause=confirmation.cause if _works(status) else outcome.cause,
        baseline=_updated_baseline(confirmation.baseline, outcome, status),
    )
    return _with_flapping(_confirmed(counted, status, target))


def readings_needed(confirmation: Confirmation, target: Target) -> int:
    """Return how many consecutive readings it takes to confirm the newest reading."""
    if confirmation.working_streak is not None and not _works(confirmation.working_streak.status):
        return 1 + target.retries
    if confirmation.confirmed is Status.DOWN:
        return target.recovery * (2 if confirmation.flapping else 1)
    return 1 if confirmation.confirmed is None else SLOW_CONFIRMED


def needs_retry(confirmation: Confirmation, target: Target) -> bool:
    """Return whether a quick retry would help to confirm or refute the newest reading."""
    if confirmation.flapping or confirmation.working_streak is None or not confirmation.doubtful:
        return False
    return confirmation.working_streak.count < readings_needed(confirmation, target)


def _works(status: Status | None) -> bool:
    return status in WORKING


def _judged_status(baseline: LatencyBaseline, outcome: Outcome, target: Target) -> Status:
    if outcome.status is not Status.UP or outcome.latency_ms is None:
        return outcome.status
    slow = outcome.latency_ms > slow_above(baseline, target.slow_after)
    return Status.SLOW if slow else Status.UP


def _updated_baseline(
    baseline: LatencyBaseline, outcome: Outcome, status: Status
) -> LatencyBaseline:
    if outcome.latency_ms is None or not _works(status):
        return baseline
    return add_latency(baseline, outcome.at, outcome.latency_ms)


def _extended(streak: Streak | None, status: Status, at: datetime, *, same: bool | None) -> Streak:
    """Return the streak with a reading added, or a new streak if the reading is of another kind.

    If `same` is None, all readings in a streak have the same status. Otherwise, the target works in
    all readings of a streak or fails in all; `same` says whether it works in the added reading.
    """
    if streak is not None and (
        streak.status is status if same is None else _works(streak.status) is same
    ):
        return Streak(status, streak.count + 1, streak.since)
    return Streak(status, 1, at)


def _confirmed(confirmation: Confirmation, status: Status, target: Target) -> Confirmation:
    between_levels = _works(status) and _works(confirmation.confirmed)
    streak = confirmation.status_streak if between_levels else confirmation.working_streak
    if (
        streak is None
        or status is confirmation.confirmed
        or streak.count < readings_needed(confirmation, target)
    ):
        return confirmation
    # Readings before a recovery do not show how steady the target is afterwards.
    recovered = confirmation.confirmed is Status.DOWN
    recent = () if recovered else confirmation.recent
    return replace(
        confirmation, confirmed=status, since=streak.since, recent=recent, flapping=False
    )


def _with_flapping(confirmation: Confirmation) -> Confirmation:
    changes = sum(sooner[1] != later[1] for sooner, later in pairwise(confirmation.recent))
    if confirmation.flapping or changes < FLAPS:
        return confirmation
    if confirmation.confirmed is Status.DOWN:
        return replace(confirmation, flapping=True)
    since = next(at for at, worked in confirmation.recent if not worked)
    return replace(confirmation, confirmed=Status.DOWN, since=since, flapping=True)
