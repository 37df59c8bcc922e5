"""The insertion of many entries in few statements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import bindparam, literal_column, select

from procedure.io.database.backend import Backend, DatabaseConnection
from procedure.io.database.schema import ENTRY

# An entry's id, kind, instant and body; when it was recorded is the same for all of a batch.
Row = tuple[str, str, str, str]
_COLUMNS = ("id", "kind", "at", "recorded_at", "body")
# One statement of 64 rows costs less than half of 64 statements; more rows gain nothing further.
LARGEST_INSERT = 64
# By database and number of rows: composing one costs more than a commit.
_STATEMENTS: dict[str, dict[int, str]] = {}


class Insertion:
    """The statements that insert rows of `entry`, composed once for each number of rows."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._statements = _STATEMENTS.setdefault(backend.engine.name, {})
        self._newest = backend.compose(
            select(ENTRY.c.id, ENTRY.c.position)
            .order_by(ENTRY.c.position.desc())
            .limit(bindparam("made"))
            .offset(literal_column("0"))  # SQLite would otherwise bind an unnamed parameter
        )

    def insert(
        self, connection: DatabaseConnection, rows: Sequence[Row], recorded_at: str
    ) -> Sequence[int | None]:
        """Insert the rows whose id is new, in order, under the exclusive lock of the caller.

        Returns the position of each, None for one whose id existed already.
        """
        made, last = 0, None
        for chunk in _chunks(rows):
            values = [
                value
                for entry_id, kind, at, body in chunk
                for value in (entry_id, kind, at, recorded_at, body)
            ]
            cursor = connection.execute(self._statement(len(chunk)), values)
            made += cursor.rowcount
            last = self._backend.last_row_id(cursor)
        # Without a skipped row, positions are consecutive.
        if last is not None and made == len(rows):
            return range(last - made + 1, last + 1)
        # Positions grow, and nobody else may write: the newest rows are those just made.
        placed: dict[str, int] = dict(connection.execute(self._newest, {"made": made}).fetchall())
        # Popped: an id that comes twice was inserted at its first place.
        return [placed.pop(row[0], None) for row in rows]

    def _statement(self, count: int) -> str:
        if count not in self._statements:
            rows: list[dict[str, Any]] = [
                {name: bindparam(f"{name}_{number}") for name in _COLUMNS}
                for number in range(count)
            ]
            statement = self._backend.insert(ENTRY).values(rows).on_conflict_do_nothing()
            self._statements[count] = self._backend.compose_positional(statement)
        return self._statements[count]


def _chunks(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """Split the rows into chunks whose sizes are powers of two, so that few statements suffice."""
    start = 0
    while left := len(rows) - start:
        size = min(LARGEST_INSERT, 1 << left.bit_length() - 1)
        yield rows[start : start + size]
        start += size
