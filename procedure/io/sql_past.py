"""The past as the roll-ups tell it: states, and the hours and days that are over.

Rows come straight from the driver, since a year of hours is many rows.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, bindparam, func, literal_column, select

from procedure.history import USUAL_INTERVAL
from procedure.io.backend import Backend
from procedure.io.numbers import instant
from procedure.io.rollup_tables import CADENCE, STATE, SUMMARIES
from procedure.io.schema import OUTCOME, SERIES, WORD
from procedure.monitoring import Cause, Verdict
from procedure.outages import READING_HOLDS, State, within
from procedure.rollup import CAUSES, MICROSECOND, VERDICTS, Grain, Readings, Rolled, microseconds

_SERIES = bindparam("series", type_=BigInteger)
_SINCE = bindparam("since", type_=BigInteger)
_UNTIL = bindparam("until", type_=BigInteger)
_VANTAGE = WORD.alias("vantage_word")
_NEVER = 2**62  # microseconds: the year 148,108


@dataclass(frozen=True, slots=True)
class _Series:
    """One target from the vantage that was asked for, and until when its newest reading holds."""

    number: int
    target: str
    ends: datetime


class SqlPast:
    """Reads the roll-ups of one database."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._find_series = backend.compose(_series_read())
        self._composed: dict[tuple[Grain, tuple[str, ...]], str] = {}
        self._all_words = backend.compose(select(WORD.c.id, WORD.c.text))
        self._find_readings = backend.compose(_readings_of_one())
        self._find_states = backend.compose(_states_of_one())

    def states(
        self, *, since: datetime, until: datetime, target: str | None, vantage: str
    ) -> dict[str, list[State]]:
        """Tell the states of every target; see `procedure.history.History.states`."""
        with self._cursor() as cursor:
            cursor.execute(self._all_words)
            words = dict(cursor.fetchall())
            return {
                one.target: self._states_of(one, since, until, words, cursor)
                for one in self._series(target, vantage, cursor)
            }

    def rolled(
        self,
        grain: Grain,
        columns: Sequence[str],
        *,
        since: datetime,
        until: datetime | None,
        target: str | None,
        vantage: str,
    ) -> Rolled:
        """Return the hours or days that are over; see `procedure.history.History.rolled`."""
        query = self._summaries_read(grain, tuple(columns))
        end = _NEVER if until is None else microseconds(until)
        rows: list[Sequence[int]] = []
        with self._cursor() as cursor:
            found = self._series(target, vantage, cursor)
            for one in found:
                span = {"series": one.number, "since": microseconds(since), "until": end}
                rows += cursor.execute(query, span).fetchall()
        return Rolled({one.number: one.target for one in found}, columns, rows)

    def readings(self, target: str, *, since: datetime, until: datetime, vantage: str) -> Readings:
        """Return what charts need of one target; see `procedure.history.History.readings`."""
        with self._cursor() as cursor:
            cursor.execute(self._all_words)
            words = dict(cursor.fetchall())
            verdicts, causes = _places(VERDICTS, words), _places(CAUSES, words)
            span = {"since": microseconds(since), "until": microseconds(until)}
            rows: list[Sequence[int]] = []
            for one in self._series(target, vantage, cursor):
                cursor.execute(self._find_readings, {"series": one.number, **span})
                rows += [
                    (at, verdicts[verdict], causes.get(cause, -1), -1 if spent is None else spent)
                    for at, verdict, cause, spent in cursor.fetchall()
                ]
        return Readings(target, rows)

    def _summaries_read(self, grain: Grain, columns: tuple[str, ...]) -> str:
        """Return the statement that reads these columns, composed once."""
        if (grain, columns) not in self._composed:
            table = SUMMARIES[grain].c
            wanted = select(table.series, table.start, *(table[name] for name in columns))
            mine = wanted.where(table.series == _SERIES, table.start >= _SINCE)
            query = mine.where(table.start < _UNTIL).order_by(table.start)
            self._composed[grain, columns] = self._backend.compose(query)
        return self._composed[grain, columns]

    def _series(self, target: str | None, vantage: str, cursor: Any) -> list[_Series]:
        cursor.execute(self._find_series, {"vantage": vantage})
        return [
            _Series(number, key, instant(last) + READING_HOLDS * _interval(interval))
            for number, key, interval, last in cursor.fetchall()
            if last is not None and target in (None, key)
        ]

    def _states_of(
        self,
        series: _Series,
        since: datetime,
        until: datetime,
        words: Mapping[int, str],
        cursor: Any,
    ) -> list[State]:
        span = {
            "series": series.number,
            "since": microseconds(since),
            "until": microseconds(until),
        }
        cursor.execute(self._find_states, span)
        verdicts = {number: Verdict(text) for number, text in words.items() if text in set(Verdict)}
        causes = {number: Cause(text) for number, text in words.items() if text in set(Cause)}
        rows = cursor.fetchall()
        ends = (*(instant(start) for start, _, _ in rows[1:]), series.ends)
        told = [
            State(series.target, instant(start), end, verdicts.get(verdict), causes.get(cause))
            for (start, verdict, cause), end in zip(rows, ends, strict=bool(rows))
        ]
        return within(series.target, told, since, until)

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


def _places(meant: Sequence[str], words: Mapping[int, str]) -> dict[int, int]:
    """Return the place of each word that is meant, by its number."""
    return {number: meant.index(text) for number, text in words.items() if text in meant}


def _interval(count: int | None) -> timedelta:
    return USUAL_INTERVAL if count is None else count * MICROSECOND


def _series_read() -> Any:
    """Return every series of a vantage, with its interval and its newest reading, by target."""
    newest = select(func.max(OUTCOME.c.at)).where(OUTCOME.c.series == SERIES.c.id)
    return (
        select(SERIES.c.id, WORD.c.text, CADENCE.c.interval, newest.scalar_subquery())
        .join(WORD, WORD.c.id == SERIES.c.target)
        .join(_VANTAGE, _VANTAGE.c.id == SERIES.c.vantage)
        .outerjoin(CADENCE, CADENCE.c.target == SERIES.c.target)
        .where(_VANTAGE.c.text == bindparam("vantage"))
        .order_by(WORD.c.text)
    )


def _states_of_one() -> Any:
    """Return the states that begin in a span, and the one that stands at its beginning."""
    earlier = STATE.alias("earlier")
    standing = select(func.max(earlier.c.start)).where(
        earlier.c.series == _SERIES, earlier.c.start <= _SINCE
    )
    return (
        select(STATE.c.start, STATE.c.verdict, STATE.c.cause)
        .where(
            STATE.c.series == _SERIES,
            STATE.c.start >= func.coalesce(standing.scalar_subquery(), literal_column("0")),
            STATE.c.start < _UNTIL,
        )
        .order_by(STATE.c.start)
    )


def _readings_of_one() -> Any:
    """Return the outcomes of a series in a span, as far as a chart needs them."""
    outcome = OUTCOME.c
    return (
        select(outcome.at, outcome.verdict, outcome.cause, outcome.latency)
        .where(outcome.series == _SERIES, outcome.at >= _SINCE, outcome.at < _UNTIL)
        .order_by(outcome.at)
    )
