"""The stretches in which a vantage was cut off, in a database."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, bindparam, delete, select

from procedure.io.database.backend import Backend, DatabaseConnection
from procedure.io.database.ids_of_words import WordIds, WordIdStatements, instant
from procedure.io.database.rollup_tables import CUT_OFF
from procedure.io.database.schema import WORD
from procedure.monitoring.blind_periods import BlindPeriod
from procedure.monitoring.rollup import microseconds

_CUT = CUT_OFF.c


class SqlBlindPeriods:
    """Keeps them for the one writer, and finds them for any reader."""

    def __init__(self, backend: Backend) -> None:
        self._numbers = WordIdStatements.of(backend)
        self._add = backend.insert_new(CUT_OFF, *CUT_OFF.columns.keys())
        same = (_CUT.vantage == bindparam("vantage")) & (
            _CUT.start == bindparam("start", type_=BigInteger)
        )
        self._drop = backend.compose(delete(CUT_OFF).where(same))
        self._find = backend.compose(
            select(_CUT.start, _CUT.end)
            .join(WORD, WORD.c.id == _CUT.vantage)
            .where(WORD.c.text == bindparam("vantage"))
            .order_by(_CUT.start)
        )

    def keep(self, cut: BlindPeriod, vantage: str, connection: DatabaseConnection) -> None:
        """Keep one, inside the caller's transaction; one that grew replaces what it was."""
        numbers = WordIds(connection, self._numbers)
        row = {
            "vantage": numbers.word(vantage),
            "start": microseconds(cut.start),
            "end": microseconds(cut.end),
        }
        connection.execute(self._drop, {"vantage": row["vantage"], "start": row["start"]})
        connection.execute(self._add, row)

    def of(self, vantage: str, cursor: Any) -> list[BlindPeriod]:
        """Return all of a vantage, oldest first: they are few, however many years."""
        cursor.execute(self._find, {"vantage": vantage})
        return [BlindPeriod(instant(start), instant(end)) for start, end in cursor.fetchall()]


def reaching(cuts: list[BlindPeriod], since: datetime, until: datetime) -> tuple[BlindPeriod, ...]:
    """Return those that reach into a span."""
    return tuple(one for one in cuts if one.start < until and one.end > since)
