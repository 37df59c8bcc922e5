"""Outcomes summed up as they come: the states that begin, and the hours and days that are over.

Years of probes become a few rows an hour. A later outcome never changes an hour that is over, so
that a sum is written once. Days are Geneva's, and so have 23, 24 or 25 hours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import groupby
from typing import Literal, Protocol

from procedure.local_time import GENEVA, local
from procedure.monitoring.downtime import (
    WORKING,
    Availability,
    RecentCheck,
    StatusInterval,
    availability,
    extend,
    within,
)
from procedure.monitoring.latency_histogram import Counts, bucket, merged, percentile
from procedure.monitoring.model import FailureCause, Status

HOUR = timedelta(hours=1)
MICROSECOND = timedelta(microseconds=1)
DURATIONS = ("up", "slow", "down", "unknown", "unread")
PERCENTILES: Mapping[str, float] = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
VERDICTS, CAUSES = tuple(Status), tuple(FailureCause)
Grain = Literal["hour", "day"]
COLUMNS = (*DURATIONS, "probes", *PERCENTILES)


class TimedReading(RecentCheck, Protocol):
    """A reading that also took its time: an `Outcome`, or what the database keeps of one."""

    @property
    def latency_ms(self) -> float | None:
        """How long it took."""
        ...


@dataclass(frozen=True, slots=True)
class Summary:
    """One target from one vantage over an hour or a day that began at `start` (aware UTC).

    `latencies` counts the answers, up or slow, by bucket; what failed is not in it.
    """

    target: str
    start: datetime
    spent: Availability
    probes: int
    latencies: Counts

    def percentile(self, share: float) -> float | None:
        """Return the latency (ms) within which that share of the answers came."""
        return percentile(self.latencies, share)


@dataclass(frozen=True, slots=True)
class Finalised:
    """What one outcome settled: the states that begin, by now final, and the hours now over."""

    started: tuple[StatusInterval, ...] = ()
    hours: tuple[Summary, ...] = ()


NOTHING = Finalised()


@dataclass(frozen=True, slots=True)
class SummaryColumns:
    """Summaries as columns of whole numbers, which a year of them needs: quick to read and to sum.

    For each target stand its starts, then the `columns`, all as long as there are summaries.
    Starts are microseconds since 1970 (UTC), durations and percentiles microseconds; -1 where no
    answer came.
    """

    columns: Sequence[str]
    targets: Mapping[str, Sequence[Sequence[int]]]


@dataclass(frozen=True, slots=True)
class ReadingRows:
    """The outcomes of one target as rows of whole numbers, quick to read for a chart.

    A row is the instant (microseconds since 1970, UTC), the places of the verdict in `Status`
    and of the cause in `FailureCause`, and the latency in microseconds; -1 where there is none.
    """

    target: str
    rows: Iterable[Sequence[int]]


class Rollup:
    """The running sums of one target from one vantage.

    `hold` is how long a reading vouches. Outcomes come in the order of their instants.
    """

    def __init__(self, target: str, hold: timedelta) -> None:
        self.target = target
        self.hold = hold
        self.last: datetime | None = None
        self._standing: StatusInterval | None = None
        self._closed: list[StatusInterval] = []
        self._hour: datetime | None = None
        self._hour_ends = EPOCH
        self._probes = 0
        self._latencies: dict[int, int] = {}

    def add(self, seen: TimedReading) -> Finalised:
        """Take an outcome later than every one before, and tell what is final now."""
        hours = self._close_until(hour_of(seen.at)) if seen.at >= self._hour_ends else ()
        closed, fresh = extend(self._standing, seen, target=self.target, hold=self.hold)
        begun = (*closed[1:], fresh) if self._standing is None or closed else ()
        self._closed += closed
        self._standing = fresh
        self.last = seen.at
        self._probes += 1
        if seen.latency_ms is not None and seen.verdict in WORKING:
            number = bucket(seen.latency_ms)
            self._latencies[number] = self._latencies.get(number, 0) + 1
        return Finalised(begun, hours) if begun or hours else NOTHING

    def _close_until(self, hour: datetime) -> tuple[Summary, ...]:
        """Sum up the hours before this one, and open it."""
        over: list[Summary] = []
        begins, standing = self._hour, self._standing
        # Hours in which nothing is known have no row: a missing one is a gap.
        while begins is not None and standing is not None and begins < min(hour, standing.end):
            told = within(self.target, [*self._closed, standing], begins, begins + HOUR)
            spent = availability(told)
            over.append(Summary(self.target, begins, spent, self._probes, self._latencies))
            self._closed, self._probes, self._latencies = [], 0, {}
            begins += HOUR
        self._hour, self._hour_ends = hour, hour + HOUR
        return tuple(over)


def figures(summary: Summary) -> dict[str, int]:
    """Return the `COLUMNS` of a summary, as `SummaryColumns` has them."""
    spent = {name: getattr(summary.spent, name) // MICROSECOND for name in DURATIONS}
    found = {name: summary.percentile(share) for name, share in PERCENTILES.items()}
    told = {name: -1 if ms is None else round(ms * 1000) for name, ms in found.items()}
    return {**spent, "probes": summary.probes, **told}


def reading(one: TimedReading) -> tuple[int, int, int, int]:
    """Return an outcome as a row of `ReadingRows`."""
    cause = -1 if one.cause is None else CAUSES.index(one.cause)
    spent = -1 if one.latency_ms is None else round(one.latency_ms * 1000)
    return microseconds(one.at), VERDICTS.index(one.verdict), cause, spent


def microseconds(at: datetime) -> int:
    """Return an aware instant as whole microseconds since 1970."""
    return (at - EPOCH) // MICROSECOND


def summed(
    target: str, outcomes: Iterable[TimedReading], hold: timedelta
) -> tuple[list[Summary], list[Summary]]:
    """Return the hours and the days that are over in the outcomes of one series, in order."""
    rollup = Rollup(target, hold)
    hours = [hour for one in outcomes for hour in rollup.add(one).hours]
    by_day = groupby(hours, key=lambda hour: day_of(hour.start))
    days = [daily(day, list(mine)) for day, mine in by_day]
    return hours, [day for day in days if rollup.last and day_after(day.start) <= rollup.last]


def hour_of(at: datetime) -> datetime:
    """Return the beginning of the hour of an instant."""
    return at.replace(minute=0, second=0, microsecond=0)


def day_of(at: datetime) -> datetime:
    """Return the beginning of Geneva's day of an instant, in UTC."""
    return datetime.combine(local(at).date(), time(), GENEVA).astimezone(at.tzinfo)


def day_after(day: datetime) -> datetime:
    """Return the beginning of the day after the one that begins then."""
    return day_of(day + 36 * HOUR)


def daily(day: datetime, hours: Sequence[Summary]) -> Summary:
    """Sum the hours of one day up; hours that are not there were not read."""
    spent = {
        name: sum((getattr(one.spent, name) for one in hours), timedelta())
        for name in DURATIONS
        if name != "unread"
    }
    unread = day_after(day) - day - sum(spent.values(), timedelta())
    return Summary(
        hours[0].target,
        day,
        Availability(**spent, unread=unread),
        sum(one.probes for one in hours),
        merged(one.latencies for one in hours),
    )


_ANSWERED = frozenset(VERDICTS.index(one) for one in WORKING)


def latency_percentile(told: ReadingRows, percent: int) -> float | None:
    """Return the latency (ms) within which so many of a hundred answers came; None without any.

    What failed has no part in it. It is a latency that was measured (nearest rank).
    """
    spent = sorted(us for _, verdict, _, us in told.rows if verdict in _ANSWERED and us >= 0)
    # In whole numbers: 0.95 times a count may come out a little above the rank.
    return spent[-(-percent * len(spent) // 100) - 1] / 1000 if spent else None
