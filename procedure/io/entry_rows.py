"""Rows of `entry` written many at a time: one statement for as many as a power of two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import bindparam, func, select

from procedure.io.backend import Backend, Connection
from procedure.io.schema import ENTRY

# An entry's id, kind, instant and body; when it was recorded is the same for all of a batch.
Row = tuple[str, str, str, str]
_COLUMNS = ("id", "kind", "at", "recorded_at", "body")
# One statement of 64 rows costs less than half of 64 statements; more rows gain nothing further.
LARGEST = 64


class Insertion:
    """The statements that insert rows of `entry`, composed once for each number of rows."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._newest = backend.compose(select(func.max(ENTRY.c.position)))
        self._placed = backend.compose(
            select(ENTRY.c.id, ENTRY.c.position).where(ENTRY.c.position > bindparam("after"))
        )

    def insert(
        self, connection: Connection, rows: Sequence[Row], recorded_at: str
    ) -> Sequence[int | None]:
        """Insert the rows whose id is new, in their order, while nobody else may.

        Return the position of each, None for one whose id was known before it.
        """
        before = self._last(connection)
        made = sum(self._insert(connection, part, recorded_at) for part in _parts(rows))
        last = self._last(connection)
        # Positions grow with the rows: as many as there are numbers, each has the next one.
        if made == len(rows) == last - before:
            return range(before + 1, last + 1)
        found = connection.execute(self._placed, {"after": before}).fetchall()
        placed: dict[str, int] = dict(found)
        # Taken out: an id that comes twice was kept as it came first.
        return [placed.pop(row[0], None) for row in rows]

    def _last(self, connection: Connection) -> int:
        return connection.execute(self._newest).fetchone()[0] or 0

    def _insert(self, connection: Connection, part: Sequence[Row], recorded_at: str) -> int:
        values = [
            value
            for entry, kind, at, body in part
            for value in (entry, kind, at, recorded_at, body)
        ]
        return connection.execute(self._statement(len(part)), values).rowcount

    def _statement(self, count: int) -> str:
        known = (self._backend.engine.name, count)
        if known not in _STATEMENTS:
            _STATEMENTS[known] = _composed(self._backend, count)
        return _STATEMENTS[known]


# By database and number of rows: composing one costs more than a commit.
_STATEMENTS: dict[tuple[str, int], str] = {}


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
