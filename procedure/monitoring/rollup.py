"""Summarises outcomes as they arrive: as states, and as sums for completed hours and days.

Each hour of probes takes up only a few rows. Outcomes are added in chronological order. A completed
hour therefore never changes, and its sums are written only once. After a late outcome,
`procedure.io.database` computes the sums again. Days are local and have 23, 24 or 25 hours.

Latencies are counted in buckets of increasing width, from which any percentile can be estimated. A
bucket is an eighth of an octave wide, so a percentile is off by at most 4.5%. Counts are stored
because, unlike percentiles, they can be added up over several hours.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import accumulate
from math import ceil, log2
from typing import Literal

import msgspec

from procedure.local_time import library_zone, local, start_of_hour
from procedure.monitoring.downtime import (
    WORKING,
    Availability,
    StatusInterval,
    availability,
    clip,
    extend,
)
from procedure.monitoring.model import FailureCause, Outcome, Status

PER_OCTAVE = 8
LAST = 255  # the bucket for all latencies of more than an hour
Counts = Mapping[int, int]


def bucket(milliseconds: float) -> int:
    """Return the bucket number of a latency in milliseconds; bucket 0 goes up to a microsecond."""
    microseconds = milliseconds * 1000
    return min(LAST, round(PER_OCTAVE * log2(microseconds))) if microseconds > 1 else 0


def bucket_latency(number: int) -> float:
    """Return the latency at the middle of a bucket, in milliseconds."""
    return 2 ** (number / PER_OCTAVE) / 1000


def percentile(counts: Counts, share: float) -> float | None:
    """Return the latency (ms) within which this share of answers arrived; None without answers."""
    if not counts:
        return None
    numbers = sorted(counts)
    wanted = ceil(share * sum(counts.values()))
    reached = accumulate(counts[number] for number in numbers)
    return next(
        bucket_latency(n) for n, sum_ in zip(numbers, reached, strict=True) if sum_ >= wanted
    )


def merge_counts(several: Iterable[Counts]) -> Counts:
    total: Counter[int] = Counter()
    for counts in several:
        total.update(counts)
    return dict(total)


def pool_latencies_by_hour_of_day(hours: Iterable[tuple[datetime, Counts]]) -> Mapping[int, Counts]:
    """Add up the counts by local hour of the day (0 to 23)."""
    pooled: dict[int, list[Counts]] = {}
    for start, counts in hours:
        pooled.setdefault(local(start).hour, []).append(counts)
    return {hour: merge_counts(pooled[hour]) for hour in sorted(pooled)}


def pack(counts: Counts) -> bytes:
    """Return the counts as MessagePack: a flat list of alternating buckets and counts."""
    return msgspec.msgpack.encode([n for pair in sorted(counts.items()) for n in pair])


def unpack(content: bytes) -> Counts:
    flat = msgspec.msgpack.decode(content, type=list[int])
    return dict(zip(flat[::2], flat[1::2], strict=True))


HOUR = timedelta(hours=1)
MICROSECOND = timedelta(microseconds=1)
DURATIONS = ("up", "slow", "down", "unknown", "unread")
PERCENTILES: Mapping[str, float] = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
STATUSES, CAUSES = tuple(Status), tuple(FailureCause)
Grain = Literal["hour", "day"]
COLUMNS = (*DURATIONS, "probes", *PERCENTILES)


@dataclass(frozen=True, slots=True)
class Summary:
    """A summary of one target from one vantage over the hour or day beginning at `start` (UTC).

    `latencies` is the number of answers (up or slow) in each bucket; failures are not counted.
    """

    target: str
    start: datetime
    spent: Availability
    probes: int
    latencies: Counts

    def percentile(self, share: float) -> float | None:
        """Return the latency (ms) within which this share of answers arrived, or None."""
        return percentile(self.latencies, share)


@dataclass(frozen=True, slots=True)
class Finalised:
    """The results that an outcome finalises: new states, and the sums of completed hours."""

    started: tuple[StatusInterval, ...] = ()
    hours: tuple[Summary, ...] = ()


NOTHING_FINAL = Finalised()


@dataclass(frozen=True, slots=True)
class SummaryColumns:
    """Summaries as columns of integers, which are quick to read and sum.

    For each target, `targets` contains a column of starts and then the `columns`. All have the same
    length. Starts are in microseconds since 1970 (UTC). Durations and percentiles are in
    microseconds; a percentile of -1 means that there was no answer.
    """

    columns: Sequence[str]
    targets: Mapping[str, Sequence[Sequence[int]]]


@dataclass(frozen=True, slots=True)
class ReadingRows:
    """The outcomes of one target as rows of integers, which are quick to read for a chart.

    A row contains:

    - the time, in microseconds since 1970 (UTC);
    - the index of the status in `Status`;
    - the index of the cause in `FailureCause`, or -1 if there is no cause;
    - the latency in microseconds, or -1 if there is no latency.
    """

    target: str
    rows: Iterable[Sequence[int]]


class Rollup:
    """The running sums of one target from one vantage.

    `hold` is how long a reading is valid. Outcomes must arrive in chronological order.
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

    def add(self, outcome: Outcome) -> Finalised:
        """Add an outcome, the newest so far, and return the results that are now final."""
        hours = (
            self._close_until(start_of_hour(outcome.at)) if outcome.at >= self._hour_ends else ()
        )
        closed, fresh = extend(self._standing, outcome, hold=self.hold)
        begun = (*closed[1:], fresh) if self._standing is None or closed else ()
        self._closed += closed
        self._standing = fresh
        self.last = outcome.at
        self._probes += 1
        if outcome.latency_ms is not None and outcome.status in WORKING:
            number = bucket(outcome.latency_ms)
            self._latencies[number] = self._latencies.get(number, 0) + 1
        return Finalised(begun, hours) if begun or hours else NOTHING_FINAL

    def _close_until(self, hour: datetime) -> tuple[Summary, ...]:
        """Begin this hour, and return the summaries of the hours before it."""
        over: list[Summary] = []
        begins, standing = self._hour, self._standing
        # Hours without readings have no row.
        while begins is not None and standing is not None and begins < min(hour, standing.end):
            intervals = clip(self.target, [*self._closed, standing], begins, begins + HOUR)
            spent = availability(intervals)
            over.append(Summary(self.target, begins, spent, self._probes, self._latencies))
            self._closed, self._probes, self._latencies = [], 0, {}
            begins += HOUR
        self._hour, self._hour_ends = hour, hour + HOUR
        return tuple(over)


def summary_figures(summary: Summary) -> dict[str, int]:
    """Return the `COLUMNS` of a summary by name, in the units of `SummaryColumns`."""
    spent = {name: getattr(summary.spent, name) // MICROSECOND for name in DURATIONS}
    percentiles = {name: summary.percentile(share) for name, share in PERCENTILES.items()}
    latencies = {name: -1 if ms is None else round(ms * 1000) for name, ms in percentiles.items()}
    return {**spent, "probes": summary.probes, **latencies}


def microseconds(at: datetime) -> int:
    """Return an aware time as whole microseconds since 1970."""
    return (at - EPOCH) // MICROSECOND


def start_of_day(at: datetime) -> datetime:
    """Return the start of the local day that contains `at`, as a time in the zone of `at`."""
    return datetime.combine(local(at).date(), time(), library_zone()).astimezone(at.tzinfo)


def start_of_next_day(day: datetime) -> datetime:
    return start_of_day(day + 36 * HOUR)


def daily_summary(day: datetime, hours: Sequence[Summary]) -> Summary:
    """Return the sum of one day's hours; missing hours count as unread."""
    spent = {
        name: sum((getattr(hour.spent, name) for hour in hours), timedelta())
        for name in DURATIONS
        if name != "unread"
    }
    unread = start_of_next_day(day) - day - sum(spent.values(), timedelta())
    return Summary(
        hours[0].target,
        day,
        Availability(**spent, unread=unread),
        sum(hour.probes for hour in hours),
        merge_counts(hour.latencies for hour in hours),
    )


_WORKING_INDEXES = frozenset(STATUSES.index(status) for status in WORKING)


def count_answers(readings: ReadingRows) -> int:
    """Count the answers on which `latency_percentile` is based."""
    return len(_latencies(readings))


def latency_percentile(readings: ReadingRows, percent: int) -> float | None:
    """Return the latency (ms) within which `percent` of the answers arrived.

    The result is a measured latency (nearest rank), or None if there were no answers. Failures do
    not count as answers.
    """
    latencies = sorted(_latencies(readings))
    # Use integers, because 0.95 times a count may be slightly above the rank.
    return latencies[-(-percent * len(latencies) // 100) - 1] / 1000 if latencies else None


def _latencies(readings: ReadingRows) -> list[int]:
    return [us for _, status, _, us in readings.rows if status in _WORKING_INDEXES and us >= 0]
