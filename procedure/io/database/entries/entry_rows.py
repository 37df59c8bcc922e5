"""Entries as rows: the insertion of many in few statements, and personal fields apart.

The fields that identify a patron stand in the table `personal`. The body of such an entry in
`entry` is the JSON object without these fields; its row in `personal` is the JSON object of them
alone. Joined, they are the entry. So the journal stays as it was written while the identifiers in
`personal` can be overwritten. Barcodes of items are not among them: they name a book, and only Alma
knows who has had it.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Table, bindparam, literal_column, select

from procedure.io.database.backend import Backend, DatabaseConnection
from procedure.io.database.entry_kinds import ENTRY_KINDS
from procedure.io.database.schema import ENTRY, PERSONAL
from procedure.journal import Entry

# By the stored name of the kind. What Alma answers about an item names who has it and who waits.
PERSONAL_FIELDS: Mapping[str, tuple[str, ...]] = {
    "loan": ("patron",),
    "corrected": ("patron",),
    "item_seen": ("item",),
    "user_seen": ("identifier", "user"),
}
_ENCODER = msgspec.json.Encoder()
_Part = Callable[[Entry], Any]


def encode(entry: Entry) -> tuple[str, str | None]:
    """Return the body of an entry as JSON, and its personal fields; None where it has none."""
    parts = _PARTS.get(entry.KIND)
    if parts is None:
        return _ENCODER.encode(entry).decode(), None
    other, personal = parts
    return _ENCODER.encode(other(entry)).decode(), _ENCODER.encode(personal(entry)).decode()


def join(body: str, personal: str | None) -> str:
    """Return the JSON object of an entry from its body and its personal fields."""
    return body if personal is None else f"{body[:-1]},{personal[1:]}"


def _parts(kind: str, personal: Collection[str]) -> tuple[_Part, _Part]:
    entry_class: Any = ENTRY_KINDS[kind]
    names = [field.name for field in fields(entry_class)]
    return _part([name for name in names if name not in personal]), _part(list(personal))


def _part(names: Sequence[str]) -> _Part:
    """Return a function that gives these fields of an entry as a struct to be encoded.

    A dictionary of them takes a microsecond more for every loan.
    """
    struct: Any = msgspec.defstruct("Part", names)
    values: Any = attrgetter(*names)
    return (
        (lambda entry: struct(*values(entry)))
        if len(names) > 1
        else lambda entry: struct(values(entry))
    )


_PARTS = {kind: _parts(kind, personal) for kind, personal in PERSONAL_FIELDS.items()}


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
