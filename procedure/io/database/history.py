"""The history of probes in a database: a round is one transaction, repeated words stand once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import msgspec
from sqlalchemy import Row, Select, select

from procedure.io.database.backend import Backend, DatabaseConnection
from procedure.io.database.blind_periods import SqlBlindPeriods
from procedure.io.database.history_queries import HistoryQueries
from procedure.io.database.ids_of_words import WordIds, WordIdStatements, instant
from procedure.io.database.rollup import SqlRollup
from procedure.io.database.schema import OUTCOME, SERIES, WORD
from procedure.io.database.writer import Writer
from procedure.monitoring.blind_periods import BlindPeriod
from procedure.monitoring.downtime import Downtime, StatusInterval
from procedure.monitoring.model import SERVER, FailureCause, Hop, Outcome, Phase, Phases, Status
from procedure.monitoring.rollup import Grain, ReadingRows, SummaryColumns, microseconds

_HOPS = msgspec.json.Decoder(tuple[Hop, ...])
_COLUMNS = tuple(column.name for column in OUTCOME.columns)
_PAGE = 2000

_TARGET = WORD.alias("target_word")
_VANTAGE = WORD.alias("vantage_word")
_ALL = (
    select(_TARGET.c.text.label("target_key"), _VANTAGE.c.text.label("vantage_key"), OUTCOME)
    .join(SERIES, SERIES.c.id == OUTCOME.c.series)
    .join(_TARGET, _TARGET.c.id == SERIES.c.target)
    .join(_VANTAGE, _VANTAGE.c.id == SERIES.c.vantage)
)
_TARGETS = (
    select(_TARGET.c.text)
    .join(SERIES, SERIES.c.target == _TARGET.c.id)
    .distinct()
    .order_by(_TARGET.c.text)
)


class SqlHistory:
    """The outcomes of one installation; see `procedure.monitoring.history.History`.

    Durations are kept to the microsecond. With `keep`, outcomes that much older than the newest
    of their target are let go, as days end; what they were rolled up into stays for ever.
    """

    def __init__(self, backend: Backend, writer: Writer, *, keep: timedelta | None = None) -> None:
        self._backend = backend
        self._writer = writer
        self._numbers = WordIdStatements.of(backend)
        self._add = backend.insert_new(OUTCOME, *_COLUMNS)
        self._rollup = SqlRollup(backend, keep)
        self._cut_offs = SqlBlindPeriods(backend)
        self._past = HistoryQueries(backend)

    def record(self, outcomes: Sequence[Outcome]) -> int:
        """Keep one round; see `History.record`."""
        return self._writer.submit(partial(self._write, outcomes)).result()

    def outcomes(
        self,
        *,
        since: datetime,
        until: datetime | None = None,
        target: str | None = None,
        vantage: str | None = None,
    ) -> Iterator[Outcome]:
        """Return the outcomes of a span; see `History.outcomes`."""
        query = _ALL.where(OUTCOME.c.at >= microseconds(since))
        if until is not None:
            query = query.where(OUTCOME.c.at < microseconds(until))
        if target is not None:
            query = query.where(_TARGET.c.text == target)
        if vantage is not None:
            query = query.where(_VANTAGE.c.text == vantage)
        return self._read(query.order_by(OUTCOME.c.at, _TARGET.c.text, _VANTAGE.c.text))

    def targets(self) -> list[str]:
        """Return the key of every target that was ever read, in the order of the alphabet."""
        with self._backend.reading() as connection:
            return list(connection.execute(_TARGETS).scalars())

    def set_intervals(self, intervals: Mapping[str, timedelta], *, anew: bool = True) -> None:
        """Keep how often targets are read; see `History.set_intervals`."""
        self._writer.submit(partial(self._rollup.expect, intervals, anew=anew)).result()

    def record_blind_period(self, cut: BlindPeriod, *, vantage: str = SERVER.key) -> None:
        """Keep a stretch in which a vantage was cut off; see `History.record_blind_period`."""
        self._writer.submit(partial(self._cut_offs.keep, cut, vantage)).result()

    def blind_periods(
        self, *, since: datetime, until: datetime, vantage: str = SERVER.key
    ) -> tuple[BlindPeriod, ...]:
        """Return the stretches of a span; see `History.blind_periods`."""
        return self._past.cuts(since=since, until=until, vantage=vantage)

    def states(
        self,
        *,
        since: datetime,
        until: datetime,
        target: str | None = None,
        vantage: str = SERVER.key,
    ) -> dict[str, list[StatusInterval]]:
        """Tell the states of every target; see `History.states`."""
        return self._past.states(since=since, until=until, target=target, vantage=vantage)

    def downtimes(
        self,
        *,
        since: datetime,
        until: datetime,
        target: str | None = None,
        vantage: str = SERVER.key,
    ) -> list[Downtime]:
        """Find the outages that reach into a span; see `History.downtimes`."""
        return self._past.outages(since=since, until=until, target=target, vantage=vantage)

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
        """Return the hours or days that are over; see `History.summaries`."""
        return self._past.rolled(
            grain, columns, since=since, until=until, target=target, vantage=vantage
        )

    def readings(
        self, target: str, *, since: datetime, until: datetime, vantage: str = SERVER.key
    ) -> ReadingRows:
        """Return what charts need of the outcomes of one target; see `History.readings`."""
        return self._past.readings(target, since=since, until=until, vantage=vantage)

    def _read(self, query: Select[Any]) -> Iterator[Outcome]:
        with self._backend.reading() as connection:
            words = {row.id: row.text for row in connection.execute(select(WORD.c.id, WORD.c.text))}
            # Whoever needs the first outcome only leaves the rest unread.
            with closing(connection.execute(query.execution_options(yield_per=_PAGE))) as rows:
                for row in rows:
                    yield _outcome(row, words)

    def _write(self, outcomes: Sequence[Outcome], connection: DatabaseConnection) -> int:
        numbers = WordIds(connection, self._numbers)
        rows = [_row(one, numbers) for one in outcomes]
        late = self._rollup.take(outcomes, numbers, connection)
        added = connection.cursor()
        added.executemany(self._add, rows)
        self._rollup.mend(late, numbers, connection)
        return added.rowcount


def _row(one: Outcome, numbers: WordIds) -> dict[str, Any]:
    return {
        "series": numbers.series(one.target, one.vantage),
        "at": microseconds(one.at),
        "verdict": numbers.word(one.verdict),
        "cause": numbers.word(one.cause),
        "phase": numbers.word(one.phase),
        "http_status": one.http_status,
        "url": numbers.word(one.url),
        "final_url": numbers.word(one.final_url),
        "latency": _whole(one.latency_ms),
        "dns": _whole(one.phases.dns),
        "connect": _whole(one.phases.connect),
        "tls": _whole(one.phases.tls),
        "first_byte": _whole(one.phases.first_byte),
        "reserved": one.reserved,
        "detail": numbers.word(one.detail),
        "expires": None if one.expires is None else microseconds(one.expires),
        "hops": msgspec.json.encode(one.hops).decode() if one.hops else None,
    }


def _outcome(row: Row[Any], words: dict[int, str]) -> Outcome:
    return Outcome(
        target=row.target_key,
        url=words[row.url],
        vantage=row.vantage_key,
        at=instant(row.at),
        verdict=Status(words[row.verdict]),
        cause=None if row.cause is None else FailureCause(words[row.cause]),
        phase=None if row.phase is None else Phase(words[row.phase]),
        http_status=row.http_status,
        final_url=None if row.final_url is None else words[row.final_url],
        latency_ms=_milliseconds(row.latency),
        phases=Phases(*map(_milliseconds, (row.dns, row.connect, row.tls, row.first_byte))),
        hops=() if row.hops is None else _HOPS.decode(row.hops),
        reserved=row.reserved,
        detail=words[row.detail],
        expires=None if row.expires is None else instant(row.expires),
    )


def _whole(milliseconds: float | None) -> int | None:
    return None if milliseconds is None else round(milliseconds * 1000)


def _milliseconds(microseconds: int | None) -> float | None:
    return None if microseconds is None else microseconds / 1000
