"""The probe history in a database: one transaction per round, and each word stored once."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import msgspec
from sqlalchemy import Row, Select, select

from procedure.io.database.backend import Backend, DatabaseConnection
from procedure.io.database.database_writer import Writer
from procedure.io.database.history_queries import HistoryQueries
from procedure.io.database.schema import OUTCOME, SERIES, WORD
from procedure.io.database.sql_rollup import SqlRollup
from procedure.io.database.word_ids import WordIds, WordIdStatements, instant
from procedure.monitoring.blind_periods import BlindPeriod
from procedure.monitoring.model import SERVER, FailureCause, Hop, Outcome, Phase, Phases, Status
from procedure.monitoring.rollup import microseconds

_log = logging.getLogger(__name__)
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


class SqlHistory(HistoryQueries):
    """The outcomes of an installation; see `procedure.monitoring.history.History`.

    Durations are stored to the microsecond. At the end of a day, outcomes are deleted if they are
    older than their target's newest outcome by more than `keep`; hours, days and states are kept
    for ever.
    """

    def __init__(self, backend: Backend, writer: Writer, *, keep: timedelta | None = None) -> None:
        super().__init__(backend)
        self._writer = writer
        self._id_statements = WordIdStatements.compose(backend)
        self._add = backend.insert_new(OUTCOME, *_COLUMNS)
        self._rollup = SqlRollup(backend, keep)

    def record(self, outcomes: Sequence[Outcome]) -> int:
        return self._writer.submit(partial(self._write, outcomes)).result()

    def outcomes(
        self,
        *,
        since: datetime,
        until: datetime | None = None,
        target: str | None = None,
        vantage: str | None = None,
    ) -> Iterator[Outcome]:
        query = _ALL.where(OUTCOME.c.at >= microseconds(since))
        if until is not None:
            query = query.where(OUTCOME.c.at < microseconds(until))
        if target is not None:
            query = query.where(_TARGET.c.text == target)
        if vantage is not None:
            query = query.where(_VANTAGE.c.text == vantage)
        return self._read(query.order_by(OUTCOME.c.at, _TARGET.c.text, _VANTAGE.c.text))

    def set_intervals(self, intervals: Mapping[str, timedelta]) -> None:
        """Record how often targets are probed from now on; this determines what counts as a gap.

        The default interval is one minute.
        """
        self._writer.submit(partial(self._rollup.set_intervals, intervals)).result()

    def record_blind_period(self, cut: BlindPeriod, *, vantage: str = SERVER.key) -> None:
        self._writer.submit(partial(self._blind_periods.record, cut, vantage)).result()

    def _read(self, query: Select[object]) -> Iterator[Outcome]:
        """Yield the outcomes; log and leave out any that this version of Relais cannot read."""
        with self._backend.reading() as connection:
            words = {row.id: row.text for row in connection.execute(select(WORD.c.id, WORD.c.text))}
            # Close the cursor even if the caller needs only the first outcome.
            with closing(connection.execute(query.execution_options(yield_per=_PAGE))) as rows:
                for row in rows:
                    try:
                        outcome = _outcome(row, words)
                    except (LookupError, ValueError, msgspec.MsgspecError) as error:
                        _log.warning("an outcome for %s is left out: %s", row.target_key, error)
                    else:
                        yield outcome

    def _write(self, outcomes: Sequence[Outcome], connection: DatabaseConnection) -> int:
        ids = WordIds(connection, self._id_statements)
        rows = [_row(outcome, ids) for outcome in outcomes]
        late = self._rollup.add(outcomes, ids, connection)
        cursor = connection.cursor()
        cursor.executemany(self._add, rows)
        self._rollup.recompute_late(late, ids, connection)
        return cursor.rowcount


def _row(outcome: Outcome, ids: WordIds) -> dict[str, Any]:
    return {
        "series": ids.series_id(outcome.target, outcome.vantage),
        "at": microseconds(outcome.at),
        "verdict": ids.word_id(outcome.status),
        "cause": ids.word_id(outcome.cause),
        "phase": ids.word_id(outcome.phase),
        "http_status": outcome.http_status,
        "url": ids.word_id(outcome.url),
        "final_url": ids.word_id(outcome.final_url),
        "latency": _microseconds(outcome.latency_ms),
        "dns": _microseconds(outcome.phases.dns),
        "connect": _microseconds(outcome.phases.connect),
        "tls": _microseconds(outcome.phases.tls),
        "first_byte": _microseconds(outcome.phases.first_byte),
        "reserved": outcome.reserved,
        "detail": ids.word_id(outcome.detail),
        "expires": None if outcome.expires is None else microseconds(outcome.expires),
        "hops": msgspec.json.encode(outcome.hops).decode() if outcome.hops else None,
    }


def _outcome(row: Row[object], words: dict[int, str]) -> Outcome:
    return Outcome(
        target=row.target_key,
        url=words[row.url],
        vantage=row.vantage_key,
        at=instant(row.at),
        status=Status(words[row.verdict]),
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


def _microseconds(milliseconds: float | None) -> int | None:
    return None if milliseconds is None else round(milliseconds * 1000)


def _milliseconds(microseconds: int | None) -> float | None:
    return None if microseconds is None else microseconds / 1000
