"""The periods in which a vantage had no network of its own, in a database."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select

from procedure.io.database.backend import Backend, DatabaseConnection
from procedure.io.database.rollup_tables import CUT_OFF
from procedure.io.database.schema import WORD
from procedure.io.database.word_ids import WordIds, WordIdStatements, instant
from procedure.monitoring.blind_periods import BlindPeriod
from procedure.monitoring.rollup import microseconds

_CUT = CUT_OFF.c


class SqlBlindPeriods:
    """Records blind periods through the one writer, and reads them."""

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
        """Write a period in the caller's transaction; it replaces one with the same start."""
        key = WordIds(connection, self._id_statements).word_id(vantage)
        start, end = microseconds(period.start), microseconds(period.end)
        same = delete(CUT_OFF).where(_CUT.vantage == key, _CUT.start == start)
        self._backend.execute(connection, same)
        added = self._backend.insert(CUT_OFF).values(vantage=key, start=start, end=end)
        self._backend.execute(connection, added)

    def read(self, vantage: str, cursor: Any) -> list[BlindPeriod]:
        """Return all periods of a vantage, oldest first: they are few, even over years."""
        cursor.execute(self._find, {"vantage": vantage})
        return [BlindPeriod(instant(start), instant(end)) for start, end in cursor.fetchall()]


def overlapping(
    periods: list[BlindPeriod], since: datetime, until: datetime
) -> tuple[BlindPeriod, ...]:
    return tuple(period for period in periods if period.start < until and period.end > since)
