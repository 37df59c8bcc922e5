"""Every history gives the same states, hours and days, in whatever order the outcomes arrive."""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from procedure.io.database.database import Database, open_database
from procedure.local_time import local
from procedure.monitoring.blind_periods import BlindPeriod
from procedure.monitoring.downtime import Downtime, StatusInterval
from procedure.monitoring.history import History
from procedure.monitoring.model import FailureCause, Outcome, Status
from procedure.monitoring.rollup import (
    COLUMNS,
    SummaryColumns,
    bucket,
    bucket_latency,
    percentile,
)
from tests.support.memory import MemoryHistory

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
UP, DOWN = Status.UP, Status.DOWN


def outcome(
    minute: float, status: Status = UP, *, target: str = "alma", vantage: str = "server"
) -> Outcome:
    cause = FailureCause.STATUS if status is DOWN else None
    at = AT + minute * MINUTE
    return Outcome(target, "https://a/", vantage, at, status, cause, latency_ms=1048.576)


def state(start: float, end: float, status: Status | None, target: str = "alma") -> StatusInterval:
    cause = FailureCause.STATUS if status is DOWN else None
    return StatusInterval(target, AT + start * MINUTE, AT + end * MINUTE, status, cause)


def whole(history: History, until: datetime = AT + 4 * DAY) -> object:
    rolled = {}
    for grain in ("hour", "day"):
        summaries = history.summaries(grain, COLUMNS, since=AT - DAY)
        rolled[grain] = {key: rows(summaries, key) for key in summaries.targets}
    cut = AT + 30 * HOUR
    return (
        history.states(since=AT - HOUR, until=until),
        history.downtimes(since=AT - HOUR, until=until),
        history.downtimes(since=AT + 20 * HOUR, until=cut),
        rolled,
    )


def rows(summaries: SummaryColumns, target: str) -> list[tuple[int, ...]]:
    return list(zip(*(map(int, column) for column in summaries.targets[target]), strict=True))


def test_states_continue_from_before_the_window_and_have_gaps(history: History) -> None:
    history.set_intervals({"alma": MINUTE})
    history.record([outcome(0), outcome(1, DOWN), outcome(2, DOWN), outcome(9)])
    history.record([outcome(1, target="switch"), outcome(1, vantage="CMU-3")])
    states = history.states(since=AT + 1.5 * MINUTE, until=AT + 20 * MINUTE)
    assert states == {
        "alma": [state(1.5, 5, DOWN), state(5, 9, None), state(9, 12, UP), state(12, 20, None)],
        "switch": [state(1.5, 4, UP, "switch"), state(4, 20, None, "switch")],
    }
    assert history.states(since=AT, until=AT + MINUTE, target="alma") == {"alma": [state(0, 1, UP)]}
    assert history.states(since=AT, until=AT + DAY, vantage="MAIL") == {}
    assert history.states(since=AT - HOUR, until=AT - MINUTE)["alma"] == [state(-60, -1, None)]


def test_states_of_a_blind_period_are_unknown(history: History) -> None:
    history.set_intervals({"alma": MINUTE})
    statuses = [UP] * 10 + [DOWN] * 20 + [UP] * 150
    history.record([outcome(minute, status) for minute, status in enumerate(statuses)])
    history.record(
        [outcome(minute, status, vantage="CMU-3") for minute, status in enumerate(statuses)]
    )
    history.record_blind_period(BlindPeriod(AT + 10 * MINUTE, AT + 12 * MINUTE))
    cut = BlindPeriod(AT + 10 * MINUTE, AT + 29.5 * MINUTE)
    history.record_blind_period(cut)
    until = AT + 100 * MINUTE
    assert history.blind_periods(since=AT, until=until) == (cut,)
    assert history.blind_periods(since=AT, until=until, vantage="CMU-3") == ()
    assert history.blind_periods(since=AT + HOUR, until=until) == ()
    dark = StatusInterval("alma", cut.start, AT + 30 * MINUTE, Status.UNKNOWN, FailureCause.NETWORK)
    states = history.states(since=AT, until=until)
    assert states == {"alma": [state(0, 10, UP), dark, state(30, 100, UP)]}
    assert history.downtimes(since=AT, until=until) == []
    assert len(history.downtimes(since=AT, until=until, vantage="CMU-3")) == 1
    hours = rows(history.summaries("hour", ["up", "down", "unknown", "unread"], since=AT), "alma")
    minutes = [tuple(round(count / 60e6) for count in row[1:]) for row in hours]
    assert minutes == [(40, 0, 20, 0), (60, 0, 0, 0)]


def test_downtimes_last_through_a_blind_period(history: History) -> None:
    statuses = [UP, DOWN, DOWN, DOWN, DOWN, DOWN, UP]
    history.record([outcome(minute, status) for minute, status in enumerate(statuses)])
    history.record_blind_period(BlindPeriod(AT + 2 * MINUTE, AT + 4 * MINUTE))
    (outage,) = history.downtimes(since=AT, until=AT + 7 * MINUTE)
    whole = Downtime("alma", AT + MINUTE, AT + 6 * MINUTE, FailureCause.STATUS, 2 * MINUTE)
    assert outage == whole


def test_downtimes_that_begin_before_the_window_are_whole(history: History) -> None:
    statuses = [UP, DOWN, Status.UNKNOWN, DOWN, UP, DOWN]
    history.record([outcome(2 * n, status) for n, status in enumerate(statuses)])
    first = Downtime("alma", AT + 2 * MINUTE, AT + 8 * MINUTE, FailureCause.STATUS, 2 * MINUTE)
    ended = AT + 30 * MINUTE
    second = Downtime("alma", AT + 10 * MINUTE, None, FailureCause.STATUS, 17 * MINUTE)
    assert history.downtimes(since=AT + 7 * MINUTE, until=ended) == [first, second]
    assert history.downtimes(since=AT + 8 * MINUTE, until=ended) == [second]
    open_then = Downtime("alma", AT + 2 * MINUTE, None, FailureCause.STATUS, MINUTE)
    assert history.downtimes(since=AT, until=AT + 5 * MINUTE, target="alma") == [open_then]
    assert history.downtimes(since=AT, until=ended, vantage="CMU-3") == []


def test_target_intervals_decide_what_is_a_gap(history: History) -> None:
    history.set_intervals({"alma": MINUTE})
    history.set_intervals({"alma": HOUR})
    history.record([outcome(0), outcome(100)])
    assert history.states(since=AT, until=AT + HOUR) == {"alma": [state(0, 60, UP)]}


def test_summaries_of_hours_and_days_appear_once_they_are_over(history: History) -> None:
    history.set_intervals({"alma": 10 * MINUTE})
    history.record([outcome(minute, DOWN if minute == 30 else UP) for minute in range(0, 60, 10)])
    assert history.summaries("hour", ["up"], since=AT).targets == {}
    history.record([outcome(60)])
    start = (AT - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    summaries = history.summaries("hour", ["up", "down", "unread", "probes", "p95"], since=AT)
    assert rows(summaries, "alma") == [(start, 3_000_000_000, 600_000_000, 0, 6, 1_048_576)]
    assert list(summaries.targets) == ["alma"]
    assert history.summaries("day", ["up"], since=AT - DAY).targets == {}
    history.record([outcome(24 * 60)])
    midnight = start - 10 * 3_600_000_000
    summaries = history.summaries("day", ["up", "down", "probes"], since=AT - DAY)
    assert rows(summaries, "alma") == [(midnight, 3_000_000_000 + 1_800_000_000, 600_000_000, 7)]


def test_summaries_window_includes_its_start_and_not_its_end(history: History) -> None:
    history.set_intervals({"alma": 10 * MINUTE, "switch": 10 * MINUTE})
    for target in ("alma", "switch"):
        history.record([outcome(minute, target=target) for minute in range(0, 250, 10)])
    span = {"since": AT + HOUR, "until": AT + 3 * HOUR}
    summaries = history.summaries("hour", ["probes"], target="switch", **span)
    assert [probes for _, probes in rows(summaries, "switch")] == [6, 6]
    assert list(history.summaries("hour", [], **span).targets) == ["alma", "switch"]
    assert history.summaries("hour", [], vantage="CMU-3", **span).targets == {}


def test_answers_are_pooled_by_hour_of_the_librarys_clock(history: History) -> None:
    history.set_intervals({"alma": 10 * MINUTE})
    for day, slower in enumerate((1.0, 1.0, 4.0)):
        start = day * 24 * 60
        answers = [outcome(start + n) for n in range(0, 120, 10)]
        slow = [replace(answer, latency_ms=1048.576 * slower) for answer in answers[:3]]
        history.record([*slow, *answers[3:], outcome(start + 120, DOWN)])
    until = AT + 3 * DAY
    history.record([outcome(3 * 24 * 60)])
    first = local(AT).hour
    pooled = history.latencies_by_hour_of_day(since=AT, until=until)["alma"]
    usual = bucket(1048.576)
    assert pooled[first] == {usual: 15, usual + 16: 3}
    assert percentile(pooled[first], 0.95) == bucket_latency(usual + 16)
    assert pooled[first + 1] == {usual: 18}
    assert pooled[first + 2] == {}
    later = history.latencies_by_hour_of_day(since=AT + DAY, until=until)["alma"]
    assert later[first] == {usual: 9, usual + 16: 3}
    assert "alma" not in history.latencies_by_hour_of_day(since=AT, vantage="CMU-3")


def test_late_outcome_splits_an_earlier_state(history: History) -> None:
    history.set_intervals({"alma": HOUR})
    history.record([outcome(minute) for minute in range(0, 20 * 60, 60)])
    history.record([outcome(12 * 60 + 30, DOWN)])
    assert history.states(since=AT, until=AT + 20 * HOUR) == {
        "alma": [state(0, 750, UP), state(750, 780, DOWN), state(780, 1200, UP)]
    }


def test_readings_of_one_target_for_a_chart(history: History) -> None:
    silent = Outcome("alma", "", "server", AT + 2 * MINUTE, Status.UNKNOWN)
    history.record([outcome(0), outcome(1, DOWN), silent, outcome(3)])
    history.record([outcome(1, target="switch"), outcome(1.5, vantage="CMU-3")])
    start = (AT - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    readings = history.readings("alma", since=AT, until=AT + 3 * MINUTE)
    assert (readings.target, [tuple(row) for row in readings.rows]) == (
        "alma",
        [
            (start, 0, -1, 1_048_576),
            (start + 60_000_000, 2, list(FailureCause).index(FailureCause.STATUS), 1_048_576),
            (start + 120_000_000, 3, -1, -1),
        ],
    )
    assert list(history.readings("none", since=AT, until=AT + DAY).rows) == []


MINUTES = st.integers(0, 60 * 30).map(lambda n: n * 2)
BATCH = st.lists(
    st.builds(
        outcome,
        MINUTES,
        st.sampled_from(Status),
        target=st.sampled_from(["alma", "switch"]),
        vantage=st.sampled_from(["server", "server", "CMU-3"]),
    ),
    max_size=25,
)


@settings(deadline=None)
@given(
    batches=st.lists(BATCH, max_size=6),
    reopened=st.sets(st.integers(0, 5)),
    interval=st.sampled_from([MINUTE, 10 * MINUTE, HOUR]),
)
def test_database_equals_memory_in_any_order_of_outcomes(
    batches: list[list[Outcome]], reopened: set[int], interval: timedelta
) -> None:
    memory = MemoryHistory()
    memory.set_intervals({"alma": interval})
    with tempfile.TemporaryDirectory() as folder:
        opened = _open(Path(folder))
        opened.history.set_intervals({"alma": interval})
        for number, batch in enumerate(batches):
            if number in reopened:
                opened.close()
                opened = _open(Path(folder))
            memory.record(batch)
            opened.history.record(batch)
        assert whole(opened.history) == whole(memory)
        opened.close()


def _open(folder: Path) -> Database:
    return open_database(f"sqlite:///{folder / 'relais.sqlite3'}", now=lambda: AT)


@pytest.fixture
def database(url: str, clock: Callable[[], datetime]) -> Iterator[Database]:
    with open_database(url, now=clock) as opened:
        yield opened


def expected(*batches: list[Outcome]) -> object:
    memory = MemoryHistory()
    for batch in batches:
        memory.record(batch)
    return whole(memory)


def test_two_processes_record_in_turns(
    database: Database, url: str, clock: Callable[[], datetime]
) -> None:
    rounds = [[outcome(minute), outcome(minute, DOWN, target="b")] for minute in range(0, 300, 7)]
    with open_database(url, now=clock) as other:
        for number, batch in enumerate(rounds):
            (database, other)[number % 3 == 1].history.record(batch)
    assert whole(database.history) == expected(*rounds)


def test_outcomes_rolled_back_are_not_summed_twice(database: Database) -> None:
    rounds = [[outcome(minute)] for minute in range(0, 200, 5)]

    def fail_after_it(connection: object) -> None:
        history = database.history
        history._write(rounds[20], connection)
        raise ValueError("rolled back")

    for number, batch in enumerate(rounds):
        if number == 20:
            with pytest.raises(ValueError, match="rolled back"):
                database.writer.submit(fail_after_it).result()
        database.history.record(batch)
    assert whole(database.history) == expected(*rounds)


@pytest.fixture
def forgetful(url: str, clock: Callable[[], datetime]) -> Iterator[Database]:
    """A database that keeps outcomes for one day."""
    with open_database(url, now=clock, keep=DAY) as opened:
        yield opened


def test_old_outcomes_are_deleted_daily_and_their_sums_stay(
    forgetful: Database,
) -> None:
    ended = [outcome(minute, DOWN, target="ended") for minute in range(0, 600, 30)]
    rounds = [[outcome(minute)] for minute in range(0, 3 * 1440, 30)]
    for batch in (ended, *rounds):
        forgetful.history.record(batch)
    outcomes = list(forgetful.history.outcomes(since=AT - DAY))
    midnight = AT + 2 * DAY + 14 * HOUR
    assert [loan for loan in outcomes if loan.target == "ended"] == ended
    assert outcomes[len(ended)].at == midnight - DAY
    assert whole(forgetful.history) == expected(ended, *rounds)


def test_first_round_of_a_series_may_complete_a_day(forgetful: Database) -> None:
    batch = [outcome(minute) for minute in range(0, 1440, 30)]
    forgetful.history.record(batch)
    assert whole(forgetful.history) == expected(batch)


def test_outcome_older_than_the_retention_changes_no_sum(forgetful: Database) -> None:
    for minute in range(0, 3 * 1440, 30):
        forgetful.history.record([outcome(minute)])
    before = whole(forgetful.history)
    forgetful.history.record([outcome(15, DOWN)])
    assert whole(forgetful.history) == before


def test_old_outcomes_are_deleted_one_week_a_day(url: str, clock: Callable[[], datetime]) -> None:
    with open_database(url, now=clock) as database:
        database.history.record([outcome(hour * 60) for hour in range(24 * 60)])
    with open_database(url, now=clock, keep=DAY) as database:
        first = []
        for day in range(61, 63):
            database.history.record([outcome(day * 1440)])
            first.append(next(iter(database.history.outcomes(since=AT))).at)
    assert first == [AT + 7 * DAY, AT + 14 * DAY]
