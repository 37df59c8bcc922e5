"""Reads stored series (each a target seen from a vantage), their states, and blind periods.

The driver is used directly, for speed: a year of hours is thousands of rows.
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ClauseElement, bindparam, delete, func, literal_column, select

from procedure.io.database.backend import Backend, DatabaseConnection
from procedure.io.database.rollup_tables import CADENCE, CUT_OFF, STATE
from procedure.io.database.schema import OUTCOME, SERIES, WORD
from procedure.io.database.word_ids import WordIds, WordIdStatements, instant
from procedure.monitoring.blind_periods import (
    BlindPeriod,
    BlindPeriods,
    SpanStart,
    mask_spans,
    masked_spans,
)
from procedure.monitoring.downtime import READING_HOLDS
from procedure.monitoring.history import USUAL_INTERVAL
from procedure.monitoring.model import FailureCause, Status
from procedure.monitoring.rollup import (
    CAUSES,
    MICROSECOND,
    STATUSES,
    microseconds,
)

_CUT = CUT_OFF.c


class SqlBlindPeriods:
    """Records and reads blind periods, in which a vantage could not reach any target."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._id_statements = WordIdStatements.compose(backend)
        self._find = backend.compose(
            select(_CUT.start, _CUT.end)
            .join(WORD, WORD.c.id == _CUT.vantage)
            .where(WORD.c.text == bindparam("vantage"))
            .order_by(_CUT.start)
        )

    def record(self, period: BlindPeriod, vantage: str, connection: DatabaseConnection) -> None:
        """Write a period in the caller's transaction, replacing any that has the same start."""
        key = WordIds(connection, self._id_statements).word_id(vantage)
        start, end = microseconds(period.start), microseconds(period.end)
        same = delete(CUT_OFF).where(_CUT.vantage == key, _CUT.start == start)
        self._backend.execute(connection, same)
        added = self._backend.insert(CUT_OFF).values(vantage=key, start=start, end=end)
        self._backend.execute(connection, added)

    def read(self, vantage: str, cursor: Any) -> list[BlindPeriod]:
        """Return all blind periods of a vantage, oldest first. There are few, even over years."""
        cursor.execute(self._find, {"vantage": vantage})
        return [BlindPeriod(instant(start), instant(end)) for start, end in cursor.fetchall()]


def overlapping(
    periods: list[BlindPeriod], since: datetime, until: datetime
) -> tuple[BlindPeriod, ...]:
    return tuple(period for period in periods if period.start < until and period.end > since)


_SERIES_ID = bindparam("series", type_=BigInteger)
_SINCE = bindparam("since", type_=BigInteger)
_UNTIL = bindparam("until", type_=BigInteger)
_VANTAGE = WORD.alias("vantage_word")


@dataclass(frozen=True, slots=True)
class _Series:
    """A target seen from the query's vantage; its newest outcome is valid until `valid_until`."""

    id: int
    target: str
    interval: timedelta
    valid_until: int  # microseconds


@dataclass(frozen=True, slots=True)
class _Query:
    """A cursor for reading, the statuses and causes by id, and the vantage's blind periods."""

    cursor: Any
    statuses: Mapping[int, Status]
    causes: Mapping[int, FailureCause]
    blind_periods: Sequence[BlindPeriod]


class HistoryReading:
    """The queries for stored series and their states; `HistoryQueries` builds on them."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._find_series = backend.compose(_select_series())
        self._all_words = backend.compose(select(WORD.c.id, WORD.c.text))
        self._find_readings = backend.compose(_select_readings())
        self._find_states = backend.compose(_select_states())
        self._blind_periods = SqlBlindPeriods(backend)

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
        """Return the states from `_stored_states`, with blind periods marked as unknown."""
        begun = self._stored_states(series, since, until, query)
        if not query.blind_periods:
            return begun
        blind = BlindPeriods.counted(query.blind_periods, series.interval)
        return list(mask_spans(begun, microseconds(until), blind))

    def _blind_spans(self, series: _Series, query: _Query) -> Iterator[tuple[int, int, Status]]:
        """Yield the start, end and status of a series' states during blind periods."""
        if query.blind_periods:
            # Long enough to distinguish an expired outcome from an outcome followed by another.
            margin = (READING_HOLDS + 1) * series.interval
            first, last = query.blind_periods[0].start, query.blind_periods[-1].end + margin
            begun = self._stored_states(series, first, last, query)
            blind = BlindPeriods.counted(query.blind_periods, series.interval)
            yield from masked_spans(begun, microseconds(last), blind)

    def _stored_states(
        self, series: _Series, since: datetime, until: datetime, query: _Query
    ) -> list[SpanStart]:
        """Return a series' states that begin before `until`, starting with the state at `since`.

        The time after the newest outcome has expired is a gap.
        """
        end = microseconds(until)
        span = {"series": series.id, "since": microseconds(since), "until": end}
        query.cursor.execute(self._find_states, span)
        begun: list[SpanStart] = [
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
                {key: Status(text) for key, text in words if text in STATUSES},
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


def _select_series() -> ClauseElement:
    """Select a vantage's series, sorted by target: id, target, interval, time of newest outcome."""
    newest = select(func.max(OUTCOME.c.at)).where(OUTCOME.c.series == SERIES.c.id)
    return (
        select(SERIES.c.id, WORD.c.text, CADENCE.c.interval, newest.scalar_subquery())
        .join(WORD, WORD.c.id == SERIES.c.target)
        .join(_VANTAGE, _VANTAGE.c.id == SERIES.c.vantage)
        .outerjoin(CADENCE, CADENCE.c.target == SERIES.c.target)
        .where(_VANTAGE.c.text == bindparam("vantage"))
        .order_by(WORD.c.text)
    )


def _select_states() -> ClauseElement:
    """Select the states that begin in a span, and the state in effect at its start."""
    earlier = STATE.alias("earlier")
    current = select(func.max(earlier.c.start)).where(
        earlier.c.series == _SERIES_ID, earlier.c.start <= _SINCE
    )
    return (
        select(STATE.c.start, STATE.c.verdict, STATE.c.cause)
        .where(
            STATE.c.series == _SERIES_ID,
            STATE.c.start >= func.coalesce(current.scalar_subquery(), literal_column("0")),
            STATE.c.start < _UNTIL,
        )
        .order_by(STATE.c.start)
    )


def _select_readings() -> ClauseElement:
    """Select the outcomes of a series in a span: time, status, cause, latency."""
    outcome = OUTCOME.c
    return (
        select(outcome.at, outcome.verdict, outcome.cause, outcome.latency)
        .where(outcome.series == _SERIES_ID, outcome.at >= _SINCE, outcome.at < _UNTIL)
        .order_by(outcome.at)
    )
