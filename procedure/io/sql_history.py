"""The history of probes in a database: a round is one transaction, repeated words stand once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import msgspec
from sqlalchemy import Row, Select, bindparam, select

from procedure.io.backend import Backend, Connection
from procedure.io.schema import OUTCOME, SERIES, WORD
from procedure.io.writer import Writer
from procedure.monitoring import Cause, Hop, Outcome, Phase, Phases, Verdict

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
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


@dataclass(frozen=True)
class _Statements:
    """The statements of the writer, composed once for the database at hand."""

    add_word: str
    find_word: str
    add_series: str
    find_series: str
    add_outcome: str

    @classmethod
    def of(cls, backend: Backend) -> _Statements:
        series = SERIES.c
        return cls(
            add_word=backend.insert_new(WORD, "text"),
            find_word=backend.compose(select(WORD.c.id).where(WORD.c.text == bindparam("text"))),
            add_series=backend.insert_new(SERIES, "target", "vantage"),
            find_series=backend.compose(
                select(series.id).where(
                    series.target == bindparam("target"), series.vantage == bindparam("vantage")
                )
            ),
            add_outcome=backend.insert_new(OUTCOME, *_COLUMNS),
        )


class SqlHistory:
    """The outcomes of one installation; see `procedure.history.History`.

    Durations are kept to the microsecond.
    """

    def __init__(self, backend: Backend, writer: Writer) -> None:
        self._backend = backend
        self._writer = writer
        self._statements = _Statements.of(backend)

    def record(self, outcomes: Sequence[Outcome]) -> None:
        """Keep one round; see `History.record`."""
        self._writer.submit(partial(self._write, outcomes)).result()

    def outcomes(
        self,
        *,
        since: datetime,
        until: datetime | None = None,
        target: str | None = None,
        vantage: str | None = None,
    ) -> Iterator[Outcome]:
        """Return the outcomes of a span; see `History.outcomes`."""
        query = _ALL.where(OUTCOME.c.at >= _microseconds(since))
        if until is not None:
            query = query.where(OUTCOME.c.at < _microseconds(until))
        if target is not None:
            query = query.where(_TARGET.c.text == target)
        if vantage is not None:
            query = query.where(_VANTAGE.c.text == vantage)
        return self._read(query.order_by(OUTCOME.c.at, _TARGET.c.text, _VANTAGE.c.text))

    def _read(self, query: Select[Any]) -> Iterator[Outcome]:
        with self._backend.reading() as connection:
            words = {row.id: row.text for row in connection.execute(select(WORD.c.id, WORD.c.text))}
            rows = connection.execute(query.execution_options(yield_per=_PAGE))
            for row in rows:
                yield _outcome(row, words)

    def _write(self, outcomes: Sequence[Outcome], connection: Connection) -> None:
        numbers = _Numbers(connection, self._statements)
        rows = [numbers.row(one) for one in outcomes]
        connection.cursor().executemany(self._statements.add_outcome, rows)


class _Numbers:
    """The numbers of words and series, for one transaction only: a rollback forgets them."""

    def __init__(self, connection: Connection, statements: _Statements) -> None:
        self._connection = connection
        self._statements = statements
        self._known: dict[object, int] = {}

    def word(self, text: str | None) -> int | None:
        if text is None:
            return None
        add, find = self._statements.add_word, self._statements.find_word
        return self._number(text, add, find, {"text": text})

    def series(self, target: str, vantage: str) -> int:
        add, find = self._statements.add_series, self._statements.find_series
        keys = {"target": self.word(target), "vantage": self.word(vantage)}
        return self._number((target, vantage), add, find, keys)

    def row(self, one: Outcome) -> dict[str, Any]:
        return {
            "series": self.series(one.target, one.vantage),
            "at": _microseconds(one.at),
            "verdict": self.word(one.verdict),
            "cause": self.word(one.cause),
            "phase": self.word(one.phase),
            "http_status": one.http_status,
            "url": self.word(one.url),
            "final_url": self.word(one.final_url),
            "latency": _whole(one.latency_ms),
            "dns": _whole(one.phases.dns),
            "connect": _whole(one.phases.connect),
            "tls": _whole(one.phases.tls),
            "first_byte": _whole(one.phases.first_byte),
            "reserved": one.reserved,
            "detail": self.word(one.detail),
            "expires": None if one.expires is None else _microseconds(one.expires),
            "hops": msgspec.json.encode(one.hops).decode() if one.hops else None,
        }

    def _number(self, key: object, add: str, find: str, keys: dict[str, Any]) -> int:
        number = self._known.get(key)
        if number is None:
            number = self._found(find, keys)
            if number is None:
                self._connection.execute(add, keys)
                number = self._found(find, keys)
            assert number is not None
            self._known[key] = number
        return number

    def _found(self, find: str, keys: dict[str, Any]) -> int | None:
        row = self._connection.execute(find, keys).fetchone()
        return None if row is None else row[0]


def _outcome(row: Row[Any], words: dict[int, str]) -> Outcome:
    return Outcome(
        target=row.target_key,
        url=words[row.url],
        vantage=row.vantage_key,
        at=_EPOCH + row.at * _MICROSECOND,
        verdict=Verdict(words[row.verdict]),
        cause=None if row.cause is None else Cause(words[row.cause]),
        phase=None if row.phase is None else Phase(words[row.phase]),
        http_status=row.http_status,
        final_url=None if row.final_url is None else words[row.final_url],
        latency_ms=_milliseconds(row.latency),
        phases=Phases(*map(_milliseconds, (row.dns, row.connect, row.tls, row.first_byte))),
        hops=() if row.hops is None else _HOPS.decode(row.hops),
        reserved=row.reserved,
        detail=words[row.detail],
        expires=None if row.expires is None else _EPOCH + row.expires * _MICROSECOND,
    )


def _microseconds(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND


def _whole(milliseconds: float | None) -> int | None:
    return None if milliseconds is None else round(milliseconds * 1000)


def _milliseconds(microseconds: int | None) -> float | None:
    return None if microseconds is None else microseconds / 1000
