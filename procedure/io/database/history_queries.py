"""Queries of the roll-ups: states, downtimes, hours and days, and the readings of a chart.

Rows come straight from the driver, since a year of hours is many rows.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from procedure.io.database.backend import Backend
from procedure.io.database.blind_periods import SqlBlindPeriods, overlapping
from procedure.io.database.history_statements import (
    select_readings,
    select_series,
    select_states,
    select_summaries,
    select_words,
)
from procedure.io.database.word_ids import instant
from procedure.monitoring.blind_periods import (
    BlindPeriod,
    BlindPeriods,
    SpanStart,
    mask_spans,
    masked_spans,
    move_to_unknown,
)
from procedure.monitoring.downtime import READING_HOLDS, Downtime, StatusInterval, clip, down_spans
from procedure.monitoring.history import USUAL_INTERVAL
from procedure.monitoring.model import SERVER, FailureCause, Status
from procedure.monitoring.rollup import (
    CAUSES,
    EPOCH,
    MICROSECOND,
    VERDICTS,
    Grain,
    ReadingRows,
    SummaryColumns,
    microseconds,
)

_NEVER = 2**62  # microseconds: the year 148,108


@dataclass(frozen=True, slots=True)
class _Series:
    """One target seen from the vantage of the query; its newest outcome is valid until then."""

    id: int
    target: str
    interval: timedelta
    valid_until: int  # microseconds


@dataclass(frozen=True, slots=True)
class _Query:
    """One reading of the database: the statuses and causes by id, and the blind periods."""

    cursor: Any
    statuses: Mapping[int, Status]
    causes: Mapping[int, FailureCause]
    blind_periods: Sequence[BlindPeriod]


class HistoryQueries:
    """Reads the roll-ups of one database; the docstrings of `History` hold."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._find_series = backend.compose(select_series())
        self._find_summaries: dict[tuple[Grain, tuple[str, ...]], str] = {}
        self._all_words = backend.compose(select_words())
        self._find_readings = backend.compose(select_readings())
        self._find_states = backend.compose(select_states())
        self._blind_periods = SqlBlindPeriods(backend)

    def blind_periods(
        self, *, since: datetime, until: datetime, vantage: str = SERVER.key
    ) -> tuple[BlindPeriod, ...]:
        """Return the blind periods that overlap a span; see `History.blind_periods`."""
        with self._cursor() as cursor:
            return overlapping(self._blind_periods.read(vantage, cursor), since, until)

    def states(
        self,
        *,
        since: datetime,
        until: datetime,
        target: str | None = None,
        vantage: str = SERVER.key,
    ) -> dict[str, list[StatusInterval]]:
        """Return the states of every target; see `History.states`."""
        states: dict[str, list[StatusInterval]] = {}
        with self._query(vantage) as query:
            for series in self._read_series(target, vantage, query.cursor):
                begun = self._masked_states(series, since, until, query)
                starts = [instant(start) for start, _, _ in begun]
                intervals = [
                    StatusInterval(series.target, start, end, status, cause)
                    for start, end, (_, status, cause) in zip(
                        starts, [*starts[1:], until], begun, strict=bool(begun)
                    )
                ]
                states[series.target] = clip(series.target, intervals, since, until)
        return states

    def downtimes(
        self,
        *,
        since: datetime,
        until: datetime,
        target: str | None = None,
        vantage: str = SERVER.key,
    ) -> list[Downtime]:
        """Return the downtimes that overlap a span, unclipped, by target and start.

        A downtime that has not ended at `until` has no end.
        """
        after = microseconds(since)
        with self._query(vantage) as query:
            return [
                Downtime(
                    series.target,
                    instant(start),
                    None if end is None else instant(end),
                    cause,
                    sum(b - a for a, b in unread) * MICROSECOND,
                )
                for series in self._read_series(target, vantage, query.cursor)
                for start, end, cause, unread in down_spans(
                    self._masked_states(series, EPOCH, until, query), microseconds(until)
                )
                if end is None or end > after
            ]

    def summaries(
        self,
        grain: Grain,
        columns: Sequence[str],
        *,
        since: datetime,
        until: datetime | None = None,
        target: str | None = None,
        vantage: str = SERVER.key,
    ) -> SummaryColumns:
        """Return the completed hours or days with `since <= start < until`, by target, in order.

        `columns` are of `procedure.monitoring.rollup.COLUMNS`.
        """
        statement = self._summaries_statement(grain, tuple(columns))
        end = _NEVER if until is None else microseconds(until)
        summaries: dict[str, list[Any]] = {}
        with self._query(vantage) as query:
            cursor = query.cursor
            for series in self._read_series(target, vantage, cursor):
                span = {"series": series.id, "since": microseconds(since), "until": end}
                cursor.execute(statement, span)
                texts = cursor.fetchone()
                if texts[0] is not None:
                    starts, *sums = summaries[series.target] = _sorted_columns(texts)
                    blind = self._blind_spans(series, query)
                    move_to_unknown(starts, dict(zip(columns, sums, strict=True)), blind, grain)
        return SummaryColumns(columns, summaries)

    def readings(
        self, target: str, *, since: datetime, until: datetime, vantage: str = SERVER.key
    ) -> ReadingRows:
        """Return what charts need of the outcomes of one target; see `History.readings`."""
        span = {"since": microseconds(since), "until": microseconds(until)}
        rows: list[Sequence[int]] = []
        with self._query(vantage) as query:
            statuses = {key: VERDICTS.index(status) for key, status in query.statuses.items()}
            causes = {key: CAUSES.index(cause) for key, cause in query.causes.items()}
            for series in self._read_series(target, vantage, query.cursor):
                query.cursor.execute(self._find_readings, {"series": series.id, **span})
                rows += [
                    (at, statuses[status], causes.get(cause, -1), -1 if spent is None else spent)
                    for at, status, cause, spent in query.cursor.fetchall()
                ]
        return ReadingRows(target, rows)

    def _summaries_statement(self, grain: Grain, columns: tuple[str, ...]) -> str:
        """Return the statement that reads these columns, composed once."""
        if (grain, columns) not in self._find_summaries:
            query = select_summaries(grain, columns, self._backend.engine.dialect.name)
            self._find_summaries[grain, columns] = self._backend.compose(query)
        return self._find_summaries[grain, columns]

    def _read_series(self, target: str | None, vantage: str, cursor: Any) -> list[_Series]:
        cursor.execute(self._find_series, {"vantage": vantage})
        usual = USUAL_INTERVAL // MICROSECOND
        return [
            _Series(
                key,
                text,
                (interval or usual) * MICROSECOND,
                last + READING_HOLDS * (interval or usual),
            )
            for key, text, interval, last in cursor.fetchall()
            if last is not None and target in (None, text)
        ]

    def _masked_states(
        self, series: _Series, since: datetime, until: datetime, query: _Query
    ) -> list[SpanStart]:
        """Return the states as `_stored_states`, unknown during blind periods."""
        begun = self._stored_states(series, since, until, query)
        if not query.blind_periods:
            return begun
        blind = BlindPeriods.counted(query.blind_periods, series.interval)
        return list(mask_spans(begun, microseconds(until), blind))

    def _blind_spans(self, series: _Series, query: _Query) -> Iterator[tuple[int, int, Status]]:
        """Yield what was seen of a series during blind periods: start, end, status."""
        if query.blind_periods:
            # Long enough to tell an outcome that expired from one that another followed.
            margin = (READING_HOLDS + 1) * series.interval
            first, last = query.blind_periods[0].start, query.blind_periods[-1].end + margin
            begun = self._stored_states(series, first, last, query)
            blind = BlindPeriods.counted(query.blind_periods, series.interval)
            yield from masked_spans(begun, microseconds(last), blind)

    def _stored_states(
        self, series: _Series, since: datetime, until: datetime, query: _Query
    ) -> list[SpanStart]:
        """Return the states of a series that begin before `until`, from that at `since` on.

        Where its newest outcome is no longer valid, a gap begins.
        """
        end = microseconds(until)
        span = {"series": series.id, "since": microseconds(since), "until": end}
        query.cursor.execute(self._find_states, span)
        begun: list[Any] = [
            (start, query.statuses.get(status), query.causes.get(cause))
            for start, status, cause in query.cursor.fetchall()
        ]
        if begun and series.valid_until < end:
            begun.append((series.valid_until, None, None))
        return begun

    @contextmanager
    def _query(self, vantage: str) -> Generator[_Query]:
        with self._cursor() as cursor:
            cursor.execute(self._all_words)
            words = cursor.fetchall()
            yield _Query(
                cursor,
                {key: Status(text) for key, text in words if text in VERDICTS},
                {key: FailureCause(text) for key, text in words if text in CAUSES},
                self._blind_periods.read(vantage, cursor),
            )

    @contextmanager
    def _cursor(self) -> Generator[Any]:
        with self._backend.reading() as connection:
            cursor = connection.connection.cursor()
            try:
                yield cursor
            except Exception as error:
                raise self._backend.explain(error) or error from error
            finally:
                cursor.close()


def _sorted_columns(texts: Sequence[str]) -> list[Any]:
    """Return texts of numbers as arrays, sorted by the first; the database promises no order."""
    import numpy as np  # noqa: PLC0415 - a loan from a shell opens the database without it

    columns = [np.fromstring(text, dtype=np.int64, sep=",") for text in texts]
    order = np.argsort(columns[0], kind="stable")
    return [column[order] for column in columns]
