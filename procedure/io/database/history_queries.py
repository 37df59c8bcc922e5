"""Queries for states, downtimes, summaries of hours and days, and the readings in a chart."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ClauseElement,
    ColumnElement,
    Text,
    bindparam,
    cast,
    func,
    literal_column,
    select,
)

from procedure.io.database.history_reading import HistoryReading, overlapping
from procedure.io.database.rollup_tables import SUMMARIES
from procedure.io.database.word_ids import instant
from procedure.monitoring.blind_periods import BlindPeriod, move_to_unknown
from procedure.monitoring.downtime import Downtime, StatusInterval, clip, down_spans
from procedure.monitoring.model import SERVER
from procedure.monitoring.rollup import (
    CAUSES,
    EPOCH,
    MICROSECOND,
    STATUSES,
    Counts,
    Grain,
    ReadingRows,
    SummaryColumns,
    microseconds,
    pool_latencies_by_hour_of_day,
    unpack,
)

_NEVER = 2**62  # microseconds: the year 148,108
_HOUR = SUMMARIES["hour"].c
_CONCATENATE = {"sqlite": func.group_concat, "postgresql": func.string_agg}


class HistoryQueries(HistoryReading):
    """Reads the history in a database; see `procedure.monitoring.history.History`."""

    def blind_periods(
        self, *, since: datetime, until: datetime, vantage: str = SERVER.key
    ) -> tuple[BlindPeriod, ...]:
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
        """Return the downtimes that overlap a span, sorted by target and start.

        Each downtime has its real start, even if it began before `since`. A downtime that has not
        ended by `until` has no end.
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
        """Return the completed hours or days that start in `[since, until)`, by target and start.

        `columns` are names from `procedure.monitoring.rollup.COLUMNS`.
        """
        query_text = _select_summaries(grain, columns, self._backend.engine.dialect.name)
        statement = self._backend.compose(query_text)
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

    def latencies_by_hour_of_day(
        self,
        *,
        since: datetime,
        until: datetime | None = None,
        vantage: str = SERVER.key,
    ) -> dict[str, Mapping[int, Counts]]:
        statement = self._backend.compose(_in_span("hour", _HOUR.start, _HOUR.latencies))
        end = _NEVER if until is None else microseconds(until)
        answers: dict[str, Mapping[int, Counts]] = {}
        with self._query(vantage) as query:
            for series in self._read_series(None, vantage, query.cursor):
                span = {"series": series.id, "since": microseconds(since), "until": end}
                query.cursor.execute(statement, span)
                rows = query.cursor.fetchall()
                pooled = pool_latencies_by_hour_of_day(
                    (instant(at), unpack(packed)) for at, packed in rows
                )
                answers[series.target] = pooled
        return answers

    def readings(
        self, target: str, *, since: datetime, until: datetime, vantage: str = SERVER.key
    ) -> ReadingRows:
        span = {"since": microseconds(since), "until": microseconds(until)}
        rows: list[Sequence[int]] = []
        with self._query(vantage) as query:
            statuses = {key: STATUSES.index(status) for key, status in query.statuses.items()}
            causes = {key: CAUSES.index(cause) for key, cause in query.causes.items()}
            for series in self._read_series(target, vantage, query.cursor):
                query.cursor.execute(self._find_readings, {"series": series.id, **span})
                rows += [
                    (at, statuses[status], causes.get(cause, -1), -1 if spent is None else spent)
                    for at, status, cause, spent in query.cursor.fetchall()
                    if status in statuses
                ]
        return ReadingRows(target, rows)


def _sorted_columns(texts: Sequence[str]) -> list[Any]:
    """Convert strings of numbers to arrays, sorting all of them by the first.

    The database concatenates the rows in no particular order.
    """
    import numpy as np  # noqa: PLC0415 - slow to import, and few commands need it

    columns = [np.fromstring(text, dtype=np.int64, sep=",") for text in texts]
    order = np.argsort(columns[0], kind="stable")
    return [column[order] for column in columns]


def _select_summaries(grain: Grain, columns: Sequence[str], dialect: str) -> ClauseElement:
    """Select columns of a series' hours or days in a span, each as one string of numbers.

    Reading one long string takes a third of the time that reading separate rows would take.
    """
    table = SUMMARIES[grain].c
    texts = (
        _CONCATENATE[dialect](cast(table[name], Text), literal_column("','"))
        for name in ("start", *columns)
    )
    return _in_span(grain, *texts)


def _in_span(grain: Grain, *columns: ColumnElement[Any]) -> ClauseElement:
    """Select columns of a series' hours or days in a span."""
    table = SUMMARIES[grain].c
    return select(*columns).where(
        table.series == bindparam("series", type_=BigInteger),
        table.start >= bindparam("since", type_=BigInteger),
        table.start < bindparam("until", type_=BigInteger),
    )
