"""The insertion of many entries in few statements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import Table, bindparam, literal_column, select

from procedure.io.database.backend import Backend, DatabaseConnection
from procedure.io.database.schema import ENTRY, PERSONAL

# An entry's id, kind, instant, body and personal fields; all of a batch are recorded together.
Row = tuple[str, str, str, str, str | None]
_COLUMNS = {ENTRY: ("id", "kind", "at", "recorded_at", "body"), PERSONAL: ("position", "body")}
# One statement of 64 rows costs less than half of 64 statements; more rows gain nothing further.
LARGEST_INSERT = 64
# By database, table and number of rows: composing one costs more than a commit.
_STATEMENTS: dict[str, dict[tuple[Table, int], str]] = {}

T = TypeVar("T")


class Insertion:
    """The statements that insert entries, composed once for each number of rows."""

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
        """Insert the rows whose id is new, in order, in a transaction that excludes other writers.

        Returns the position of each, None for one whose id existed already.
        """
        positions = self._insert_entries(connection, rows, recorded_at)
        personal = [
            (position, row[4])
            for position, row in zip(positions, rows, strict=True)
            if position is not None and row[4] is not None
        ]
        for chunk in _chunks(personal):
            statement = self._statement(PERSONAL, len(chunk))
            connection.execute(statement, [value for row in chunk for value in row])
        return positions

    def _insert_entries(
        self, connection: DatabaseConnection, rows: Sequence[Row], recorded_at: str
    ) -> Sequence[int | None]:
        made, last = 0, None
        for chunk in _chunks(rows):
            values = [
                value
                for entry_id, kind, at, body, _ in chunk
                for value in (entry_id, kind, at, recorded_at, body)
            ]
            cursor = connection.execute(self._statement(ENTRY, len(chunk)), values)
            made += cursor.rowcount
            last = self._backend.last_row_id(cursor)
        # Without a skipped row, positions are consecutive.
        if last is not None and made == len(rows):
            return range(last - made + 1, last + 1)
        # Positions grow, and nobody else may write: the newest rows are those just made.
        placed: dict[str, int] = dict(connection.execute(self._newest, {"made": made}).fetchall())
        # Popped: an id that comes twice was inserted at its first place.
        return [placed.pop(row[0], None) for row in rows]

    def _statement(self, table: Table, count: int) -> str:
        if (table, count) not in self._statements:
            rows: list[dict[str, Any]] = [
                {name: bindparam(f"{name}_{number}") for name in _COLUMNS[table]}
                for number in range(count)
            ]
            statement = self._backend.insert(table).values(rows).on_conflict_do_nothing()
            self._statements[table, count] = self._backend.compose_positional(statement)
        return self._statements[table, count]


def _chunks(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    """Split the rows into chunks whose sizes are powers of two, so that few statements suffice."""
    start = 0
    while left := len(rows) - start:
        size = min(LARGEST_INSERT, 1 << left.bit_length() - 1)
        yield rows[start : start + size]
        start += size
