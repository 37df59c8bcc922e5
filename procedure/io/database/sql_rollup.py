"""Keeps the roll-ups up to date, in the transaction that records the outcomes.

The current hour of each series (a target seen from a vantage) is kept in memory. If the token in
the database is not the last token that was set here, another process has written or a transaction
was rolled back; the current hours are then rebuilt from the outcomes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from operator import attrgetter
from secrets import randbits
from typing import Any

from procedure.io.database.backend import Backend, DatabaseConnection
from procedure.io.database.rollup_statements import RollupStatements
from procedure.io.database.word_ids import WordIds, WordIdStatements, instant
from procedure.local_time import start_of_hour
from procedure.monitoring.downtime import READING_HOLDS, Availability, StatusInterval
from procedure.monitoring.history import USUAL_INTERVAL
from procedure.monitoring.model import FailureCause, Outcome, Status
from procedure.monitoring.rollup import (
    DURATIONS,
    MICROSECOND,
    NOTHING_FINAL,
    Finalised,
    Rollup,
    Summary,
    daily_summary,
    microseconds,
    pack,
    start_of_day,
    start_of_next_day,
    summary_figures,
    unpack,
)

# The first deletion may find outcomes from several years. It must not delay a loan, so each
# deletion covers at most this span.
LARGEST_PURGE = timedelta(days=7)


class SqlRollup:
    """Updates the roll-ups of a database, in its writer's thread."""

    def __init__(self, backend: Backend, keep: timedelta | None) -> None:
        self._keep_for = keep
        self._sql = RollupStatements(backend)
        self._id_statements = WordIdStatements.compose(backend)
        self._open: dict[int, Rollup] = {}
        self._token: int | None = None

    def set_intervals(
        self, intervals: Mapping[str, timedelta], connection: DatabaseConnection
    ) -> None:
        ids = WordIds(connection, self._id_statements)
        for target, interval in intervals.items():
            row = {"target": ids.word_id(target), "interval": interval // MICROSECOND}
            connection.execute(self._sql.drop_cadence, {"target": row["target"]})
            connection.execute(self._sql.add_cadence, row)
        self._open.clear()

    def add(
        self, outcomes: Sequence[Outcome], ids: WordIds, connection: DatabaseConnection
    ) -> dict[int, datetime]:
        """Add the outcomes of a round of probes to the roll-ups, before the outcomes are stored.

        An outcome is late if it is new but older than a stored outcome. Returns the series that
        have late outcomes, each with the time from which to recompute it once the round is stored.
        """
        self._check_token(connection)
        late: dict[int, datetime] = {}
        progress: list[tuple[int, Finalised]] = []
        for outcome in sorted(outcomes, key=attrgetter("at")):
            series = ids.series_id(outcome.target, outcome.vantage)
            rollup = self._open.get(series) or self._resume(series, outcome.target, connection)
            if rollup.last is None or outcome.at > rollup.last:
                finalised = rollup.add(outcome)
                if finalised is not NOTHING_FINAL:
                    progress.append((series, finalised))
            elif series not in late and not self._has_outcome(series, outcome.at, connection):
                late[series] = outcome.at
        self._write(progress, ids, connection)
        return late

    def recompute_late(
        self, late: Mapping[int, datetime], ids: WordIds, connection: DatabaseConnection
    ) -> None:
        """Recompute each series from its first late outcome onwards, once the round is stored.

        A late outcome is ignored if other outcomes from its time may have been deleted.
        """
        purged = instant(connection.execute(self._sql.find_purged).fetchone()[0])
        for series, at in late.items():
            if at >= purged:
                self._recompute(series, at, ids, connection)

    def _check_token(self, connection: DatabaseConnection) -> None:
        token = connection.execute(self._sql.find_token).fetchone()[0]
        if token != self._token:
            self._open.clear()
        self._token = randbits(62)
        connection.execute(self._sql.set_token, {"token": self._token})

    def _resume(self, series: int, target: str, connection: DatabaseConnection) -> Rollup:
        """Rebuild the current hour of a series from the stored outcomes."""
        rollup = self._open[series] = Rollup(target, self._validity(series, connection))
        last = connection.execute(self._sql.last, {"series": series}).fetchone()[0]
        if last is not None:
            since = start_of_hour(instant(last)) - rollup.hold
            for probe in self._read_outcomes(series, since, connection):
                rollup.add(probe)
        return rollup

    def _recompute(
        self, series: int, at: datetime, ids: WordIds, connection: DatabaseConnection
    ) -> None:
        hour = start_of_hour(at)
        for drop, start in (
            (self._sql.drop_states, at),
            (self._sql.drop_hours, hour),
            (self._sql.drop_days, start_of_day(at)),
        ):
            connection.execute(drop, {"series": series, "start": microseconds(start)})
        target, validity = self._open[series].target, self._validity(series, connection)
        rollup = self._open[series] = Rollup(target, validity)
        progress: list[tuple[int, Finalised]] = []
        for probe in self._read_outcomes(series, hour - rollup.hold, connection):
            finalised = rollup.add(probe)
            started = tuple(state for state in finalised.started if state.start >= at)
            hours = tuple(summary for summary in finalised.hours if summary.start >= hour)
            progress.append((series, Finalised(started, hours)))
        self._write(progress, ids, connection)

    def _write(
        self,
        progress: Iterable[tuple[int, Finalised]],
        ids: WordIds,
        connection: DatabaseConnection,
    ) -> None:
        states: list[dict[str, int | None]] = []
        hours: list[tuple[int, Summary]] = []
        for series, finalised in progress:
            states += [_state_row(series, state, ids) for state in finalised.started]
            hours += [(series, hour) for hour in finalised.hours]
        if states:
            connection.cursor().executemany(self._sql.add_state, states)
        if hours:
            rows = [_summary_row(series, hour) for series, hour in hours]
            connection.cursor().executemany(self._sql.add_hour, rows)
            self._write_days(hours, connection)

    def _write_days(
        self, hours: Iterable[tuple[int, Summary]], connection: DatabaseConnection
    ) -> None:
        for series, day in sorted({(series, start_of_day(hour.start)) for series, hour in hours}):
            newest = self._open[series].last
            if newest is not None and newest >= start_of_next_day(day):
                summary = daily_summary(day, list(self._read_hours(series, day, connection)))
                connection.execute(self._sql.add_day, _summary_row(series, summary))
                self._purge(series, newest, connection)

    def _purge(self, series: int, newest: datetime, connection: DatabaseConnection) -> None:
        """Delete a series' outcomes older than `_keep_for`, at most `LARGEST_PURGE` at a time."""
        if self._keep_for is None:
            return
        oldest = connection.execute(self._sql.first, {"series": series}).fetchone()[0]
        if oldest is None:  # the outcomes of the current round are stored afterwards
            return
        before = min(newest - self._keep_for, start_of_day(newest), instant(oldest) + LARGEST_PURGE)
        until = {"series": series, "before": microseconds(before)}
        connection.execute(self._sql.drop_outcomes, until)
        connection.execute(self._sql.set_purged, {"before": until["before"]})

    def _read_hours(
        self, series: int, day: datetime, connection: DatabaseConnection
    ) -> Iterator[Summary]:
        span = {
            "series": series,
            "since": microseconds(day),
            "until": microseconds(start_of_next_day(day)),
        }
        for row in connection.execute(self._sql.hours, span).fetchall():
            yield _read_summary(self._open[series].target, row)

    def _read_outcomes(
        self, series: int, since: datetime, connection: DatabaseConnection
    ) -> Iterator[Outcome]:
        """Yield a series' stored outcomes, oldest first, with the fields that a roll-up needs."""
        span = {"series": series, "since": microseconds(since)}
        for at, status, cause, latency in connection.execute(self._sql.outcomes, span):
            yield Outcome(
                target=self._open[series].target,
                url="",
                vantage="",
                at=instant(at),
                status=Status(status),
                cause=None if cause is None else FailureCause(cause),
                latency_ms=None if latency is None else latency / 1000,
            )

    def _has_outcome(self, series: int, at: datetime, connection: DatabaseConnection) -> bool:
        keys = {"series": series, "at": microseconds(at)}
        return connection.execute(self._sql.find_outcome, keys).fetchone() is not None

    def _validity(self, series: int, connection: DatabaseConnection) -> timedelta:
        """Return how long an outcome of the series is valid."""
        row = connection.execute(self._sql.interval, {"series": series}).fetchone()
        return READING_HOLDS * (USUAL_INTERVAL if row is None else row[0] * MICROSECOND)


def _state_row(series: int, state: StatusInterval, ids: WordIds) -> dict[str, int | None]:
    return {
        "series": series,
        "start": microseconds(state.start),
        "verdict": ids.word_id(state.status),
        "cause": ids.word_id(state.cause),
    }


def _summary_row(series: int, summary: Summary) -> dict[str, object]:
    return {
        "series": series,
        "start": microseconds(summary.start),
        **summary_figures(summary),
        "latencies": pack(summary.latencies),
    }


def _read_summary(target: str, row: Sequence[Any]) -> Summary:
    """Return the summary from a row that contains every column, in order."""
    _, start, *durations = row[: 2 + len(DURATIONS)]
    spent = dict(zip(DURATIONS, (count * MICROSECOND for count in durations), strict=True))
    probes = row[2 + len(DURATIONS)]
    return Summary(target, instant(start), Availability(**spent), probes, unpack(row[-1]))
