"""The journal in a database: one table, one row an entry, its body as JSON."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from functools import partial
from typing import Any

import msgspec
from sqlalchemy import bindparam, func, select

from procedure.errors import JournalMoved
from procedure.io.backend import Backend, Connection
from procedure.io.schema import ENTRY
from procedure.io.writer import Writer
from procedure.journal import KIND_OF, KINDS, MOVED, Entry, Newest, Recorded

_log = logging.getLogger(__name__)
_DECODERS: dict[str, msgspec.json.Decoder[Entry]] = {
    name: msgspec.json.Decoder(kind) for name, kind in KINDS.items()
}
_KEPT = (ENTRY.c.position, ENTRY.c.kind, ENTRY.c.recorded_at, ENTRY.c.body)
_WRITTEN = ("id", "kind", "at", "recorded_at", "body")


class SqlJournal:
    """The journal of one installation, shared by its processes; see `procedure.journal.Journal`."""

    def __init__(self, backend: Backend, writer: Writer, now: Callable[[], datetime]) -> None:
        self._backend = backend
        self._writer = writer
        self._now = now
        self._insert = backend.insert_new(ENTRY, *_WRITTEN, returning="position")
        self._known = backend.compose(select(*_KEPT).where(ENTRY.c.id == bindparam("id")))
        self._newer = backend.compose(
            select(ENTRY.c.kind).distinct().where(ENTRY.c.position > bindparam("after"))
        )

    def submit(
        self, *entries: Entry, unless_newer: Newest | None = None
    ) -> Future[tuple[Recorded, ...]]:
        """Queue the entries for the next transaction; see `Journal.submit`."""
        rows = [(entry, _row(entry)) for entry in entries]
        return self._writer.submit(partial(self._write, rows, unless_newer))

    def append(self, *entries: Entry, unless_newer: Newest | None = None) -> tuple[Recorded, ...]:
        """Commit the entries and return them as kept; see `Journal.append`."""
        return self.submit(*entries, unless_newer=unless_newer).result()

    def since(
        self,
        position: int = 0,
        *,
        kinds: Collection[str] | None = None,
        at_least: datetime | None = None,
    ) -> Sequence[Recorded]:
        """Return what was committed after `position`; see `Journal.since`."""
        query = select(*_KEPT).where(ENTRY.c.position > position).order_by(ENTRY.c.position)
        if kinds is not None:
            query = query.where(ENTRY.c.kind.in_(list(kinds)))
        if at_least is not None:
            query = query.where(ENTRY.c.at >= instant_text(at_least))
        with self._backend.reading() as connection:
            rows = connection.execute(query).all()
        return [one for one in map(_recorded, rows) if one is not None]

    def position(self) -> int:
        """Return the place of the newest entry."""
        with self._backend.reading() as connection:
            return connection.execute(select(func.max(ENTRY.c.position))).scalar() or 0

    def _write(
        self,
        rows: Sequence[tuple[Entry, dict[str, str]]],
        unless_newer: Newest | None,
        connection: Connection,
    ) -> tuple[Recorded, ...]:
        if self._backend.lock_entries:
            connection.execute(self._backend.lock_entries)
        if unless_newer is not None:
            self._check_newest(connection, *unless_newer)
        now = self._now()
        recorded_at = instant_text(now)
        return tuple(
            self._keep(connection, entry, {**row, "recorded_at": recorded_at}, now)
            for entry, row in rows
        )

    def _check_newest(self, connection: Connection, kinds: tuple[str, ...], position: int) -> None:
        found = connection.execute(self._newer, {"after": position}).fetchall()
        if any(row[0] in kinds for row in found):
            raise JournalMoved(MOVED)

    def _keep(
        self, connection: Connection, entry: Entry, row: dict[str, str], now: datetime
    ) -> Recorded:
        fresh = connection.execute(self._insert, row).fetchone()
        if fresh is not None:
            return Recorded(fresh[0], now, entry)
        kept = _recorded(connection.execute(self._known, {"id": row["id"]}).fetchone())
        assert kept is not None
        return kept


def instant_text(at: datetime) -> str:
    """Return an aware instant as the text that `entry` keeps: UTC, six decimals, sortable."""
    if at.tzinfo is None:
        raise ValueError("an instant without a time zone cannot be recorded")
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _row(entry: Entry) -> dict[str, str]:
    return {
        "id": str(entry.id),
        "kind": KIND_OF[type(entry)],
        "at": instant_text(entry.at),
        "body": msgspec.json.encode(entry).decode(),
    }


def _recorded(row: Sequence[Any]) -> Recorded | None:
    """Return the entry of a row; one that cannot be read is passed over, and said so."""
    position, kind, recorded_at, body = row
    decoder = _DECODERS.get(kind)
    if decoder is None:
        _log.warning(
            "Entry %d is a %r, which a later Relais wrote: it is passed over. "
            "Update this one to see it.",
            position,
            kind,
        )
        return None
    try:
        return Recorded(position, datetime.fromisoformat(recorded_at), decoder.decode(body))
    except msgspec.ValidationError:
        # The message of msgspec may quote what it found, and that may be an identifier.
        _log.error("Entry %d (%s) is damaged and passed over: keep a copy.", position, kind)
        return None
