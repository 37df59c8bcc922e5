"""Roll-ups sum each finished hour and day once, and never count a gap as up."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil

import pytest
from hypothesis import given, strategies as st

from procedure.local_time import start_of_hour
from procedure.monitoring.downtime import Availability, StatusInterval, availability
from procedure.monitoring.model import FailureCause, Outcome, Status
from procedure.monitoring.rollup import (
    HOUR,
    LAST,
    Finalised,
    ReadingRows,
    Rollup,
    Summary,
    bucket,
    bucket_latency,
    daily_summary,
    latency_percentile,
    merge_counts,
    pack,
    percentile,
    start_of_day,
    start_of_next_day,
    summary_figures,
    unpack,
)
from tests.support.states import reading_row, states, summarise_outcomes

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
UP, SLOW, DOWN, UNKNOWN = Status.UP, Status.SLOW, Status.DOWN, Status.UNKNOWN


@dataclass(frozen=True)
class Probe:
    at: datetime
    status: Status
    cause: FailureCause | None = None
    latency_ms: float | None = None
    target: str = "alma"


def at(minute: float) -> datetime:
    return START + minute * MINUTE


def test_add_finalises_states_and_hours_before_an_outcome() -> None:
    rollup = Rollup("alma", 30 * MINUTE)
    assert rollup.add(Probe(at(0), UP, latency_ms=100)) == Finalised(
        (StatusInterval("alma", at(0), at(30), UP),)
    )
    assert rollup.add(Probe(at(10), UP, latency_ms=200)) == Finalised()
    assert rollup.add(Probe(at(20), DOWN, FailureCause.TIMEOUT, 10_000)) == Finalised(
        (StatusInterval("alma", at(20), at(50), DOWN, FailureCause.TIMEOUT),)
    )
    assert rollup.add(Probe(at(65), SLOW, latency_ms=3000)) == Finalised(
        (
            StatusInterval("alma", at(50), at(65), None),
            StatusInterval("alma", at(65), at(95), SLOW),
        ),
        (
            Summary(
                "alma",
                at(0),
                Availability(up=20 * MINUTE, down=30 * MINUTE, unread=10 * MINUTE),
                probes=3,
                latencies={bucket(100): 1, bucket(200): 1},
            ),
        ),
    )
    assert rollup.last == at(65)


def test_summarise_an_hour_without_a_probe_from_the_last_reading() -> None:
    hours, _ = summarise_outcomes("alma", [Probe(at(50), UP), Probe(at(300), UP)], 2 * HOUR)
    assert [(hour.start, hour.spent, hour.probes) for hour in hours] == [
        (at(0), Availability(up=10 * MINUTE, unread=50 * MINUTE), 1),
        (at(60), Availability(up=HOUR), 0),
        (at(120), Availability(up=50 * MINUTE, unread=10 * MINUTE), 0),
    ]


def test_start_of_day_is_local_on_days_of_23_and_25_hours() -> None:
    spring, autumn = datetime(2026, 3, 29, 12, tzinfo=UTC), datetime(2026, 10, 25, 12, tzinfo=UTC)
    assert start_of_day(START) == datetime(2026, 11, 23, 23, tzinfo=UTC)
    assert start_of_next_day(start_of_day(spring)) - start_of_day(spring) == 23 * HOUR
    assert start_of_next_day(start_of_day(autumn)) - start_of_day(autumn) == 25 * HOUR
    assert start_of_next_day(start_of_day(START)) == datetime(2026, 11, 24, 23, tzinfo=UTC)


def test_daily_summary_sums_hours_and_counts_missing_ones_as_unread() -> None:
    day = start_of_day(datetime(2026, 10, 25, 12, tzinfo=UTC))
    hours = [
        Summary("alma", day + n * HOUR, Availability(up=HOUR), probes=2, latencies={n: 1, 9: 1})
        for n in range(3)
    ]
    assert daily_summary(day, hours) == Summary(
        "alma",
        day,
        Availability(up=3 * HOUR, unread=22 * HOUR),
        probes=6,
        latencies={0: 1, 1: 1, 2: 1, 9: 3},
    )


def test_daily_summary_needs_the_day_to_be_over() -> None:
    evening = start_of_next_day(start_of_day(START)) - 20 * MINUTE
    probes = [Probe(evening, UP), Probe(evening + 10 * MINUTE, UP)]
    assert summarise_outcomes("alma", probes, 30 * MINUTE) == ([], [])
    _, days = summarise_outcomes("alma", [*probes, Probe(evening + 30 * MINUTE, UP)], 30 * MINUTE)
    assert [(day.start, day.spent.up, day.probes) for day in days] == [
        (start_of_day(START), 20 * MINUTE, 2)
    ]


def test_summary_figures_are_microseconds_and_minus_one_without_an_answer() -> None:
    spent = Availability(up=HOUR - MINUTE, down=MINUTE)
    summary = Summary("alma", START, spent, probes=4, latencies={80: 1})
    durations = {"up": 3_540_000_000, "slow": 0, "down": 60_000_000, "unknown": 0, "unread": 0}
    assert summary_figures(summary) == durations | {
        "probes": 4,
        "p50": 1024,
        "p95": 1024,
        "p99": 1024,
    }
    silent = Summary("alma", START, spent, probes=4, latencies={})
    assert [summary_figures(silent)[name] for name in ("p50", "p95", "p99")] == [-1, -1, -1]


PROBES = st.lists(
    st.builds(
        Probe,
        st.integers(0, 60 * 60).map(at),
        st.sampled_from(Status),
        st.sampled_from([None, FailureCause.DNS]),
        st.floats(1, 5000),
    ),
    max_size=60,
    unique_by=lambda build: build.at,
).map(lambda probes: sorted(probes, key=lambda probe: probe.at))


@given(PROBES, st.sampled_from([10, 40, 100]))
def test_hours_equal_the_states_of_all_outcomes(probes: list[Probe], minutes: int) -> None:
    interval = minutes * MINUTE
    hours, days = summarise_outcomes("alma", probes, 3 * interval)
    for hour in hours:
        spans = states("alma", probes, interval=interval, since=hour.start, until=hour.start + HOUR)
        assert hour.spent == availability(spans)
        mine = [probe for probe in probes if start_of_hour(probe.at) == hour.start]
        assert hour.probes == len(mine)
        assert sum(hour.latencies.values()) == sum(p.status in (UP, SLOW) for p in mine)
    if probes:
        over = start_of_hour(probes[-1].at)
        assert {start_of_hour(p.at) for p in probes if p.at < over} <= {
            hour.start for hour in hours
        }
    for day in days:
        mine = [hour for hour in hours if start_of_day(hour.start) == day.start]
        assert day.latencies == merge_counts(hour.latencies for hour in mine)
        assert sum(vars_of(day).values(), timedelta()) == start_of_next_day(day.start) - day.start


def vars_of(day: Summary) -> dict[str, timedelta]:
    return {name: getattr(day.spent, name) for name in ("up", "slow", "down", "unknown", "unread")}


@given(PROBES)
def test_add_in_pieces_equals_add_at_once(probes: list[Probe]) -> None:
    rollup = Rollup("alma", 30 * MINUTE)
    begun = [state for probe in probes for state in rollup.add(probe).started]
    until = probes[-1].at if probes else START
    spans = states("alma", probes, interval=10 * MINUTE, until=until + MINUTE)
    assert [(s.start, s.status, s.cause) for s in begun] == [
        (s.start, s.status, s.cause) for s in spans
    ]


NOON = datetime(2026, 11, 24, 11, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def readings(*seen: tuple[Status, float | None]) -> ReadingRows:
    outcomes = [
        Outcome("a", "", "server", NOON + n * SECOND, status, latency_ms=spent)
        for n, (status, spent) in enumerate(seen)
    ]
    return ReadingRows("a", [reading_row(outcome) for outcome in outcomes])


def test_latency_percentile_of_a_hundred_answers() -> None:
    hundred = readings(*((Status.UP, float(ms)) for ms in range(100, 0, -1)))
    assert (latency_percentile(hundred, 95), latency_percentile(hundred, 50)) == (95.0, 50.0)


def test_latency_percentile_of_one_answer() -> None:
    assert latency_percentile(readings((Status.SLOW, 61.5)), 95) == 61.5


def test_latency_percentile_leaves_out_failed_and_untimed_answers() -> None:
    timed = (Status.UP, 20.0)
    untimed = (Status.UP, None)
    failed = (Status.DOWN, 10_000.0)
    assert latency_percentile(readings(timed, untimed, failed), 95) == 20.0
    assert latency_percentile(readings(untimed, failed), 95) is None
    failure = Outcome("a", "", "server", NOON, Status.DOWN, FailureCause.TIMEOUT)
    assert latency_percentile(ReadingRows("a", [reading_row(failure)]), 95) is None


@given(st.lists(st.integers(1, 10_000), min_size=1, max_size=300), st.integers(1, 100))
def test_latency_percentile_is_the_smallest_sufficient_answer(
    spent: list[int], percent: int
) -> None:
    percentile = latency_percentile(readings(*((Status.UP, float(ms)) for ms in spent)), percent)
    assert percentile in spent
    within = [ms for ms in spent if ms <= percentile]
    faster = [ms for ms in spent if ms < percentile]
    assert 100 * len(within) >= percent * len(spent) > 100 * len(faster)


LATENCIES = st.lists(st.floats(0.01, 60_000), min_size=1, max_size=200)
COUNTS = st.dictionaries(st.integers(0, LAST), st.integers(1, 10**6))


@given(st.floats(0.01, 60_000))
def test_bucket_error_is_at_most_four_and_a_half_percent(milliseconds: float) -> None:
    assert bucket_latency(bucket(milliseconds)) == pytest.approx(milliseconds, rel=0.0443)


@pytest.mark.parametrize(("milliseconds", "number"), [(0, 0), (0.001, 0), (1e9, LAST)])
def test_bucket_of_very_small_and_very_large_latencies(milliseconds: float, number: int) -> None:
    assert bucket(milliseconds) == number


@given(LATENCIES, st.sampled_from([0.5, 0.95, 0.99, 1.0]))
def test_percentile_is_within_a_bucket_of_the_exact_value(
    latencies: list[float], share: float
) -> None:
    exact = sorted(latencies)[ceil(share * len(latencies)) - 1]
    assert percentile(Counter(map(bucket, latencies)), share) == pytest.approx(exact, rel=0.0443)


def test_percentile_without_an_answer_is_none() -> None:
    assert percentile({}, 0.5) is None


@given(COUNTS)
def test_unpack_reads_back_packed_counts(counts: dict[int, int]) -> None:
    assert unpack(pack(counts)) == counts


def test_pack_of_an_hour_is_small() -> None:
    assert len(pack({130: 20, 131: 40, 132: 30, 133: 20, 134: 9, 160: 1})) <= 20


@given(st.lists(LATENCIES, max_size=4))
def test_merge_counts_equals_counts_of_all_latencies(several: list[list[float]]) -> None:
    apart = [Counter(map(bucket, latencies)) for latencies in several]
    together = Counter(bucket(latency) for latencies in several for latency in latencies)
    assert merge_counts(apart) == dict(together)
