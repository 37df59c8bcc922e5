"""Stores entries as rows, many per statement, and keeps personal fields separate.

The fields that identify a patron are in the `personal` table. An entry's row in `entry` contains
the JSON object without these fields, and its row in `personal`, if any, contains a JSON object with
only these fields. The identifiers in `personal` can thus be overwritten without changing the rows
in `entry`. Item barcodes are not personal fields: a barcode identifies a book, and only Alma knows
who has had it.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import fields
from itertools import chain
from operator import attrgetter
from typing import Any

import msgspec
from sqlalchemy import bindparam, literal_column, select

from procedure.io.database.backend import Backend, DatabaseConnection
from procedure.io.database.entry_kinds import ENTRY_KINDS
from procedure.io.database.schema import ENTRY
from procedure.journal import Entry

# The personal fields of each kind of entry, by the stored name of the kind. Alma's answer about an
# item (`item_seen`) identifies the patrons who have it or for whom it is on the hold shelf.
PERSONAL_FIELDS: Mapping[str, tuple[str, ...]] = {
    "loan": ("patron",),
    "corrected": ("patron",),
    "item_seen": ("item",),
    "user_seen": ("identifier", "user"),
}
_ENCODER = msgspec.json.Encoder()
_Part = Callable[[Entry], object]


def encode(entry: Entry) -> tuple[str, str | None]:
    """Return an entry's body as JSON, and its personal fields as JSON or None."""
    parts = _PARTS.get(entry.KIND)
    if parts is None:
        return _ENCODER.encode(entry).decode(), None
    other, personal = parts
    return _ENCODER.encode(other(entry)).decode(), _ENCODER.encode(personal(entry)).decode()


def join(body: str, personal: str | None) -> str:
    """Return an entry's JSON object from its body and its personal fields."""
    return body if personal is None else f"{body[:-1]},{personal[1:]}"


def _parts(kind: str, personal: Collection[str]) -> tuple[_Part, _Part]:
    entry_class: Any = ENTRY_KINDS[kind]
    names = [field.name for field in fields(entry_class)]
    return _part([name for name in names if name not in personal]), _part(list(personal))


def _part(names: Sequence[str]) -> _Part:
    """Return a function that extracts these fields of an entry as a struct to encode.

    A dictionary would take a microsecond longer per loan.
    """
    struct: Any = msgspec.defstruct("Part", names)
    values: Any = attrgetter(*names)
    return (
        (lambda entry: struct(*values(entry)))
        if len(names) > 1
        else lambda entry: struct(values(entry))
    )


_PARTS = {kind: _parts(kind, personal) for kind, personal in PERSONAL_FIELDS.items()}


# The id, kind, time, body and personal fields of an entry in a batch.
Row = tuple[str, str, str, str, str | None]
MOST_ROWS = 1000  # per statement: SQLite accepts 32,766 values, PostgreSQL 65,535


class Insertion:
    """Inserts entries, with few statements and one query for the resulting positions."""

    def __init__(self, backend: Backend) -> None:
        self._place = backend.placeholder
        self._newest = backend.compose(
            select(ENTRY.c.id, ENTRY.c.position)
            .order_by(ENTRY.c.position.desc())
            .limit(bindparam("made"))
            .offset(literal_column("0"))  # without it, SQLAlchemy adds an unnamed parameter
        )

    def insert(
        self, connection: DatabaseConnection, rows: Sequence[Row], recorded_at: str
    ) -> Sequence[int | None]:
        """Insert the rows whose id is new, in order; the transaction must exclude other writers.

        Returns the position of each row, or None if its id already existed.
        """
        entries = [(key, kind, at, recorded_at, body) for key, kind, at, body, _ in rows]
        made = self._insert_new(connection, "entry (id, kind, at, recorded_at, body)", entries)
        # Positions increase and nobody else can write, so the newest rows are those just inserted.
        placed: dict[str, int] = dict(connection.execute(self._newest, {"made": made}).fetchall())
        # Pop each position, because a repeated id is inserted only at its first occurrence.
        positions = [placed.pop(row[0], None) for row in rows]
        personal = [
            (position, row[4])
            for position, row in zip(positions, rows, strict=True)
            if position is not None and row[4] is not None
        ]
        self._insert_new(connection, "personal (position, body)", personal)
        return positions

    def _insert_new(
        self, connection: DatabaseConnection, into: str, rows: Sequence[tuple[Any, ...]]
    ) -> int:
        """Insert the rows whose key is new; return how many were inserted."""
        made = 0
        for start in range(0, len(rows), MOST_ROWS):
            few = rows[start : start + MOST_ROWS]
            places = f"({', '.join([self._place] * len(few[0]))})"
            rows_of_places = ", ".join([places] * len(few))
            statement = f"INSERT INTO {into} VALUES {rows_of_places} ON CONFLICT DO NOTHING"  # noqa: S608 - our own names
            made += connection.execute(statement, list(chain.from_iterable(few))).rowcount
        return made
