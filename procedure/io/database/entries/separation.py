"""Migration 8, which moves the fields that identify a patron from `entry` to `personal`."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import text
from sqlalchemy.engine import Dialect

from procedure.io.database.backend import DatabaseConnection

# The personal fields as they were when this migration was written. Kinds of entries that were added
# later do not occur in older databases.
_FIELDS = {
    "loan": ("patron",),
    "corrected": ("patron",),
    "item_seen": ("item",),
    "user_seen": ("identifier", "user"),
}
_READ = text(
    "SELECT position, kind, body FROM entry WHERE position > :after "
    "AND kind IN ('loan', 'corrected', 'item_seen', 'user_seen') ORDER BY position LIMIT 2000"
)
_UPDATE = text("UPDATE entry SET body = :body WHERE position = :position")
_INSERT = text("INSERT INTO personal (position, body) VALUES (:position, :personal)")
_Object = dict[str, msgspec.Raw]
_DECODER = msgspec.json.Decoder(_Object)
_ENCODER = msgspec.json.Encoder()


def separate(connection: DatabaseConnection, dialect: Dialect) -> None:
    """Move the personal fields of every entry; a body that is not JSON is left unchanged."""
    read, update, insert = (
        str(statement.compile(dialect=dialect)) for statement in (_READ, _UPDATE, _INSERT)
    )
    for page in _pages(connection, read):
        rows = [row for row in map(_separated, page) if row is not None]
        cursor = connection.cursor()
        cursor.executemany(update, [{"position": at, "body": body} for at, body, _ in rows])
        cursor.executemany(insert, [{"position": at, "personal": own} for at, _, own in rows])


def _pages(connection: DatabaseConnection, read: str) -> Iterator[Sequence[Any]]:
    after = 0
    while page := connection.execute(read, {"after": after}).fetchall():
        yield page
        after = page[-1][0]


def _separated(row: Sequence[Any]) -> tuple[int, str, str] | None:
    position, kind, body = row
    try:
        fields = _DECODER.decode(body)
    except msgspec.DecodeError:
        return None
    personal = {name: fields.pop(name) for name in _FIELDS[kind] if name in fields}
    if not personal:
        return None
    return position, _ENCODER.encode(fields).decode(), _ENCODER.encode(personal).decode()
