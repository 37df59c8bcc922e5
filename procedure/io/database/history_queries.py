"""The past as the roll-ups tell it: states, and the hours and days that are over.

Rows come straight from the driver, since a year of hours is many rows.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from procedure.io.database.backend import Backend
from procedure.io.database.blind_periods import SqlBlindPeriods, reaching
from procedure.io.database.ids_of_words import instant
from procedure.io.database.past_statements import (
    all_words,
    readings_of_one,
    series_read,
    states_of_one,
    summaries_of_one,
)
from procedure.monitoring.blind_periods import (
    BlindPeriod,
    BlindPeriods,
    SpanStart,
    mask_spans,
    masked_spans,
    move_to_unknown,
)
from procedure.monitoring.downtime import (
    READING_HOLDS,
    Downtime,
    StatusInterval,
    clip,
    down_spans,
)
from procedure.monitoring.history import USUAL_INTERVAL
from procedure.monitoring.model import FailureCause, Status
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

NONE_OF_IT = timedelta()
_NEVER = 2**62  # microseconds: the year 148,108


@dataclass(frozen=True, slots=True)
class _Series:
    """One target from the vantage that was asked for, and until when its newest reading holds."""

    number: int
    target: str
    interval: timedelta
    ends: int


@dataclass(frozen=True, slots=True)
class _Words:
    """The verdicts and the causes by their numbers."""

    verdicts: Mapping[int, Status]
    causes: Mapping[int, FailureCause]


@dataclass(frozen=True, slots=True)
class _Look:
    """One reading of the database: the words, and when the vantage asked for was cut off."""

    cursor: Any
    words: _Words
    cuts: Sequence[BlindPeriod]


class HistoryQueries:
    """Reads the roll-ups of one database."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._find_series = backend.compose(series_read())
        self._composed: dict[tuple[Grain, tuple[str, ...]], str] = {}
        self._all_words = backend.compose(all_words())
        self._find_readings = backend.compose(readings_of_one())
        self._find_states = backend.compose(states_of_one())
        self._cut_offs = SqlBlindPeriods(backend)

    def cuts(self, *, since: datetime, until: datetime, vantage: str) -> tuple[BlindPeriod, ...]:
        """Return the stretches of a span; see `procedure.monitoring.history.History.cuts`."""
        with self._cursor() as cursor:
            return reaching(self._cut_offs.of(vantage, cursor), since, until)

    def states(
        self, *, since: datetime, until: datetime, target: str | None, vantage: str
    ) -> dict[str, list[StatusInterval]]:
        """Tell the states of every target; see `procedure.monitoring.history.History.states`."""
        found: dict[str, list[StatusInterval]] = {}
        with self._look(vantage) as look:
            for one in self._series(target, vantage, look.cursor):
                begun = self._seen(one, since, until, look)
                starts = [instant(start) for start, _, _ in begun]
                told = [
                    StatusInterval(one.target, start, end, verdict, cause)
                    for start, end, (_, verdict, cause) in zip(
                        starts, [*starts[1:], until], begun, strict=bool(begun)
                    )
                ]
                found[one.target] = clip(one.target, told, since, until)
        return found

    def outages(
        self, *, since: datetime, until: datetime, target: str | None, vantage: str
    ) -> list[Downtime]:
        """Find the outages that reach into a span.

        See `procedure.monitoring.history.History.outages`.
        """
        after = microseconds(since)
        with self._look(vantage) as look:
            return [
                Downtime(
                    one.target,
                    instant(start),
                    None if end is None else instant(end),
                    cause,
                    sum(b - a for a, b in unread) * MICROSECOND if unread else NONE_OF_IT,
                )
                for one in self._series(target, vantage, look.cursor)
                for start, end, cause, unread in down_spans(
                    self._seen(one, EPOCH, until, look), microseconds(until)
                )
                if end is None or end > after
            ]

    def rolled(
        self,
        grain: Grain,
        columns: Sequence[str],
        *,
        since: datetime,
        until: datetime | None,
        target: str | None,
        vantage: str,
    ) -> SummaryColumns:
        """Return the hours or days that are over.

        See `procedure.monitoring.history.History.rolled`.
        """
        query = self._summaries_read(grain, tuple(columns))
        end = _NEVER if until is None else microseconds(until)
        found: dict[str, list[Any]] = {}
        with self._look(vantage) as look:
            cursor = look.cursor
            for one in self._series(target, vantage, cursor):
                span = {"series": one.number, "since": microseconds(since), "until": end}
                cursor.execute(query, span)
                texts = cursor.fetchone()
                if texts[0] is not None:
                    starts, *sums = found[one.target] = _in_order(texts)
                    stretches = self._unseen(one, look)
                    move_to_unknown(starts, dict(zip(columns, sums, strict=True)), stretches, grain)
        return SummaryColumns(columns, found)

    def readings(
        self, target: str, *, since: datetime, until: datetime, vantage: str
    ) -> ReadingRows:
        """Return what charts need of one target.

        See `procedure.monitoring.history.History.readings`.
        """
        with self._cursor() as cursor:
            words = self._words(cursor)
            verdicts = {number: VERDICTS.index(one) for number, one in words.verdicts.items()}
            causes = {number: CAUSES.index(one) for number, one in words.causes.items()}
            span = {"since": microseconds(since), "until": microseconds(until)}
            rows: list[Sequence[int]] = []
            for one in self._series(target, vantage, cursor):
                cursor.execute(self._find_readings, {"series": one.number, **span})
                rows += [
                    (at, verdicts[verdict], causes.get(cause, -1), -1 if spent is None else spent)
                    for at, verdict, cause, spent in cursor.fetchall()
                ]
        return ReadingRows(target, rows)

    def _summaries_read(self, grain: Grain, columns: tuple[str, ...]) -> str:
        """Return the statement that reads these columns, composed once."""
        if (grain, columns) not in self._composed:
            query = summaries_of_one(grain, columns, self._backend.engine.dialect.name)
            self._composed[grain, columns] = self._backend.compose(query)
        return self._composed[grain, columns]

    def _words(self, cursor: Any) -> _Words:
        cursor.execute(self._all_words)
        words = cursor.fetchall()
        return _Words(
            {number: Status(text) for number, text in words if text in VERDICTS},
            {number: FailureCause(text) for number, text in words if text in CAUSES},
        )

    def _series(self, target: str | None, vantage: str, cursor: Any) -> list[_Series]:
        cursor.execute(self._find_series, {"vantage": vantage})
        usual = USUAL_INTERVAL // MICROSECOND
        return [
            _Series(
                number,
                key,
                (interval or usual) * MICROSECOND,
                last + READING_HOLDS * (interval or usual),
            )
            for number, key, interval, last in cursor.fetchall()
            if last is not None and target in (None, key)
        ]

    def _seen(
        self, series: _Series, since: datetime, until: datetime, look: _Look
    ) -> list[SpanStart]:
        """Return the states as in `_begun`, with what was seen while cut off unknown."""
        begun = self._begun(series, since, until, look)
        dark = BlindPeriods.counted(look.cuts, series.interval)
        return list(mask_spans(begun, microseconds(until), dark)) if look.cuts else begun

    def _unseen(self, series: _Series, look: _Look) -> Iterator[tuple[int, int, Status]]:
        """Yield what was seen of a series while cut off."""
        if look.cuts:
            # Long enough to tell a reading that lapsed from one that another followed.
            whole = (READING_HOLDS + 1) * series.interval
            first, last = look.cuts[0].start, look.cuts[-1].end + whole
            begun = self._begun(series, first, last, look)
            dark = BlindPeriods.counted(look.cuts, series.interval)
            yield from masked_spans(begun, microseconds(last), dark)

    def _begun(
        self, series: _Series, since: datetime, until: datetime, look: _Look
    ) -> list[SpanStart]:
        """Return the states of a series that begin before `until`, from the one at `since` on.

        Where its newest reading no longer vouches, a gap begins.
        """
        span = {
            "series": series.number,
            "since": microseconds(since),
            "until": microseconds(until),
        }
        look.cursor.execute(self._find_states, span)
        words = look.words
        begun: list[Any] = [
            (start, words.verdicts.get(verdict), words.causes.get(cause))
            for start, verdict, cause in look.cursor.fetchall()
        ]
        if begun and series.ends < span["until"]:
            begun.append((series.ends, None, None))
        return begun

    @contextmanager
    def _look(self, vantage: str) -> Generator[_Look]:
        with self._cursor() as cursor:
            yield _Look(cursor, self._words(cursor), self._cut_offs.of(vantage, cursor))

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


def _in_order(texts: Sequence[str]) -> list[Any]:
    """Read texts of numbers, by the order of the first; the database promises none."""
    import numpy as np  # noqa: PLC0415 - a loan from a shell opens the database without it

    columns = [np.fromstring(text, dtype=np.int64, sep=",") for text in texts]
    order = np.argsort(columns[0], kind="stable")
    return [column[order] for column in columns]
