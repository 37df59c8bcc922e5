"""Keeps the roll-ups up with the outcomes, inside the transaction that keeps those.

The open hour of each series lives in memory. Whenever another process has written meanwhile, or
a transaction was rolled back, it is read again from the outcomes: the token tells.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from secrets import randbits

from procedure.io.database.backend import Backend, DatabaseConnection
from procedure.io.database.ids_of_words import WordIds, WordIdStatements, instant
from procedure.io.database.rollup_rows import read_summary, state_row, summary_row
from procedure.io.database.rollup_statements import RollupStatements
from procedure.monitoring.downtime import READING_HOLDS
from procedure.monitoring.history import USUAL_INTERVAL
from procedure.monitoring.model import FailureCause, Outcome, Status
from procedure.monitoring.rollup import (
    MICROSECOND,
    NOTHING_FINAL,
    Finalised,
    Rollup,
    Summary,
    daily_summary,
    microseconds,
    start_of_day,
    start_of_hour,
    start_of_next_day,
)

# A database that begins to let go of outcomes after years must not hold up a loan meanwhile.
LARGEST_PURGE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class _Probe:
    """What a roll-up needs of an outcome that is kept."""

    at: datetime
    verdict: Status
    cause: FailureCause | None
    latency_ms: float | None


class SqlRollup:
    """The roll-ups of one database, for its one writer."""

    def __init__(self, backend: Backend, keep: timedelta | None) -> None:
        self._keep_for = keep
        self._sql = RollupStatements.of(backend)
        self._numbers = WordIdStatements.of(backend)
        self._open: dict[int, Rollup] = {}
        self._token: int | None = None

    def expect(
        self, intervals: Mapping[str, timedelta], connection: DatabaseConnection, *, anew: bool
    ) -> None:
        """Keep how often each target is read; one that is known is changed only `anew`."""
        numbers = WordIds(connection, self._numbers)
        for target, interval in intervals.items():
            row = {"target": numbers.word(target), "interval": interval // MICROSECOND}
            if anew:
                connection.execute(self._sql.drop_cadence, {"target": row["target"]})
            connection.execute(self._sql.add_cadence, row)
        self._open.clear()

    def take(
        self, outcomes: Sequence[Outcome], numbers: WordIds, connection: DatabaseConnection
    ) -> dict[int, datetime]:
        """Sum a round up, before it is kept; return where each series must be mended afterwards.

        That is where an outcome comes late: it is new, and older than one that is kept.
        """
        self._catch_up(connection)
        late: dict[int, datetime] = {}
        progress: list[tuple[int, Finalised]] = []
        for one in sorted(outcomes, key=attrgetter("at")):
            series = numbers.series(one.target, one.vantage)
            rollup = self._open.get(series) or self._resume(series, one.target, connection)
            if rollup.last is None or one.at > rollup.last:
                made = rollup.add(one)
                if made is not NOTHING_FINAL:
                    progress.append((series, made))
            elif series not in late and not self._knows(series, one.at, connection):
                late[series] = one.at
        self._keep(progress, numbers, connection)
        return late

    def mend(
        self, late: Mapping[int, datetime], numbers: WordIds, connection: DatabaseConnection
    ) -> None:
        """Sum series up anew from where an outcome came late, after it was kept.

        What is older than the oldest outcomes that are kept stays as it is.
        """
        purged = instant(connection.execute(self._sql.find_purged).fetchone()[0])
        for series, at in late.items():
            rollup = self._open[series]
            if at >= purged:
                self._fold_anew(series, rollup.target, at, numbers, connection)

    def _catch_up(self, connection: DatabaseConnection) -> None:
        token = connection.execute(self._sql.find_token).fetchone()[0]
        if token != self._token:
            self._open.clear()
        self._token = randbits(62)
        connection.execute(self._sql.set_token, {"token": self._token})

    def _resume(self, series: int, target: str, connection: DatabaseConnection) -> Rollup:
        """Bring the open hour of a series back from the outcomes that are kept."""
        rollup = self._open[series] = Rollup(target, self._hold(series, connection))
        last = connection.execute(self._sql.last, {"series": series}).fetchone()[0]
        if last is not None:
            for one in self._kept(series, start_of_hour(instant(last)) - rollup.hold, connection):
                rollup.add(one)
        return rollup

    def _fold_anew(
        self,
        series: int,
        target: str,
        at: datetime,
        numbers: WordIds,
        connection: DatabaseConnection,
    ) -> None:
        begins = start_of_hour(at)
        for drop, start in (
            (self._sql.drop_states, at),
            (self._sql.drop_hours, begins),
            (self._sql.drop_days, start_of_day(at)),
        ):
            connection.execute(drop, {"series": series, "start": microseconds(start)})
        rollup = self._open[series] = Rollup(target, self._hold(series, connection))
        progress: list[tuple[int, Finalised]] = []
        for one in self._kept(series, begins - rollup.hold, connection):
            made = rollup.add(one)
            started = tuple(state for state in made.started if state.start >= at)
            hours = tuple(hour for hour in made.hours if hour.start >= begins)
            progress.append((series, Finalised(started, hours)))
        self._keep(progress, numbers, connection)

    def _keep(
        self,
        progress: Iterable[tuple[int, Finalised]],
        numbers: WordIds,
        connection: DatabaseConnection,
    ) -> None:
        states: list[dict[str, int | None]] = []
        hours: list[tuple[int, Summary]] = []
        for series, made in progress:
            states += [state_row(series, state, numbers) for state in made.started]
            hours += [(series, hour) for hour in made.hours]
        if states:
            connection.cursor().executemany(self._sql.add_state, states)
        if hours:
            rows = [summary_row(series, hour) for series, hour in hours]
            connection.cursor().executemany(self._sql.add_hour, rows)
            self._keep_days(hours, connection)

    def _keep_days(
        self, hours: Iterable[tuple[int, Summary]], connection: DatabaseConnection
    ) -> None:
        for series, day in sorted({(series, start_of_day(hour.start)) for series, hour in hours}):
            newest = self._open[series].last
            if newest is not None and newest >= start_of_next_day(day):
                summary = daily_summary(day, list(self._hours_of(series, day, connection)))
                connection.execute(self._sql.add_day, summary_row(series, summary))
                self._let_go(series, newest, connection)

    def _let_go(self, series: int, newest: datetime, connection: DatabaseConnection) -> None:
        """Purge outcomes that are older than they are kept for, some days of them at a time."""
        if self._keep_for is None:
            return
        oldest = connection.execute(self._sql.first, {"series": series}).fetchone()[0]
        before = min(newest - self._keep_for, start_of_day(newest), instant(oldest) + LARGEST_PURGE)
        until = {"series": series, "before": microseconds(before)}
        connection.execute(self._sql.drop_outcomes, until)
        connection.execute(self._sql.set_purged, {"before": until["before"]})

    def _hours_of(
        self, series: int, day: datetime, connection: DatabaseConnection
    ) -> Iterator[Summary]:
        span = {
            "series": series,
            "since": microseconds(day),
            "until": microseconds(start_of_next_day(day)),
        }
        for row in connection.execute(self._sql.hours, span).fetchall():
            yield read_summary(self._open[series].target, row)

    def _kept(
        self, series: int, since: datetime, connection: DatabaseConnection
    ) -> Iterator[_Probe]:
        span = {"series": series, "since": microseconds(since)}
        for at, verdict, cause, latency in connection.execute(self._sql.kept, span):
            yield _Probe(
                instant(at),
                Status(verdict),
                None if cause is None else FailureCause(cause),
                None if latency is None else latency / 1000,
            )

    def _knows(self, series: int, at: datetime, connection: DatabaseConnection) -> bool:
        keys = {"series": series, "at": microseconds(at)}
        return connection.execute(self._sql.knows, keys).fetchone() is not None

    def _hold(self, series: int, connection: DatabaseConnection) -> timedelta:
        row = connection.execute(self._sql.interval, {"series": series}).fetchone()
        return READING_HOLDS * (USUAL_INTERVAL if row is None else row[0] * MICROSECOND)
