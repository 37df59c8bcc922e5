"""Rows of `entry` written many at a time: one statement for as many as a power of two."""

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
LARGEST = 64


class Insertion:
    """The statements that insert rows of `entry`, composed once for each number of rows."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._statements = _STATEMENTS.setdefault(backend.engine.name, {})
        self._newest = backend.compose(
            select(ENTRY.c.id, ENTRY.c.position)
            .order_by(ENTRY.c.position.desc())
            .limit(bindparam("made"))
            .offset(literal_column("0"))  # else one to bind by a name of its own, in SQLite
        )

    def insert(
        self, connection: DatabaseConnection, rows: Sequence[Row], recorded_at: str
    ) -> Sequence[int | None]:
        """Insert the rows whose id is new, in their order, while nobody else may.

        Return the position of each, None for one whose id was known before it.
        """
        made, last = 0, None
        for part in _parts(rows):
            cursor = self._insert(connection, part, recorded_at)
            made += cursor.rowcount
            last = self._backend.last_place(cursor)
        # None was passed over: each row has the place after that of the row before it.
        if last is not None and made == len(rows):
            return range(last - made + 1, last + 1)
        return self._find(connection, rows, made)

    def _find(
        self, connection: DatabaseConnection, rows: Sequence[Row], made: int
    ) -> Sequence[int | None]:
        # Positions grow, and nobody else may write: the newest rows are those just made.
        placed: dict[str, int] = dict(connection.execute(self._newest, {"made": made}).fetchall())
        # Taken out: an id that comes twice was kept as it came first.
        return [placed.pop(row[0], None) for row in rows]

    def _insert(self, connection: DatabaseConnection, part: Sequence[Row], recorded_at: str) -> Any:
        values = [
            value
            for entry, kind, at, body in part
            for value in (entry, kind, at, recorded_at, body)
        ]
        return connection.execute(self._statement(len(part)), values)

    def _statement(self, count: int) -> str:
        if count not in self._statements:
            self._statements[count] = _composed(self._backend, count)
        return self._statements[count]


# By database and number of rows: composing one costs more than a commit.
_STATEMENTS: dict[str, dict[int, str]] = {}


def _composed(backend: Backend, count: int) -> str:
    rows: list[dict[str, Any]] = [
        {name: bindparam(f"{name}_{number}") for name in _COLUMNS} for number in range(count)
    ]
    statement = backend.insert(ENTRY).values(rows).on_conflict_do_nothing()
    return backend.compose_by_place(statement)


def _parts(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    start = 0
    while left := len(rows) - start:
        size = min(LARGEST, 1 << left.bit_length() - 1)
        yield rows[start : start + size]
        start += size
