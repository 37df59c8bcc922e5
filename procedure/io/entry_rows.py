"""Rows of `entry` written many at a time: one statement for as many as a power of two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import bindparam

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

    def insert(
        self, connection: Connection, rows: Sequence[Row], recorded_at: str
    ) -> dict[str, int]:
        """Insert the rows whose id is new, in their order; return the position of each by id."""
        fresh: dict[str, int] = {}
        for part in _parts(rows):
            values = [
                value
                for entry, kind, at, body in part
                for value in (entry, kind, at, recorded_at, body)
            ]
            fresh.update(connection.execute(self._statement(len(part)), values).fetchall())
        return fresh

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
    return backend.compose_by_place(statement.returning(ENTRY.c.id, ENTRY.c.position))


def _parts(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    start = 0
    while left := len(rows) - start:
        size = min(LARGEST, 1 << left.bit_length() - 1)
        yield rows[start : start + size]
        start += size
