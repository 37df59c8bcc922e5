"""The journal in a database, one row per entry, with a JSON body and separate personal fields."""

import logging
from asyncio import Future as AsyncFuture
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from functools import partial
from itertools import chain, islice
from typing import Any

import msgspec
from sqlalchemy import bindparam, func, select, update

from procedure.circulation.pseudonyms import MARK
from procedure.circulation.transactions import Loan
from procedure.errors import JournalMoved
from procedure.io.database.backend import Backend, DatabaseConnection
from procedure.io.database.database_writer import Writer
from procedure.io.database.entries.entry_rows import Insertion, Row, encode, join
from procedure.io.database.entry_kinds import ANNOUNCED, DECODERS
from procedure.io.database.schema import ENTRY, PERSONAL
from procedure.journal import MOVED, Entry, Newest, Recorded

_log = logging.getLogger(__name__)
_ENTRIES = select(
    ENTRY.c.position, ENTRY.c.kind, ENTRY.c.recorded_at, ENTRY.c.body, PERSONAL.c.body
).select_from(ENTRY.outerjoin(PERSONAL, PERSONAL.c.position == ENTRY.c.position))
_ENCODER = msgspec.json.Encoder()


class SqlJournal:
    """An installation's journal, shared by its processes; see `procedure.journal.Journal`."""

    def __init__(self, backend: Backend, writer: Writer, now: Callable[[], datetime]) -> None:
        self._backend = backend
        self._writer = writer
        self._now = now
        self._insertion = Insertion(backend)
        self._find_by_id = backend.compose(_ENTRIES.where(ENTRY.c.id == bindparam("id")))
        self._find_newer_kinds = backend.compose(
            select(ENTRY.c.kind).distinct().where(ENTRY.c.position > bindparam("after"))
        )
        self._overwrite = backend.compose(
            update(PERSONAL)
            .where(PERSONAL.c.position == bindparam("place"))
            .values(body=bindparam("body"))
        )
        # The writer batches adjacent jobs only if they have the same `batch_work`.
        self._batch_work = self._write_all

    def submit(
        self, *entries: Entry, unless_newer: Newest | None = None
    ) -> Future[tuple[Recorded, ...]]:
        rows = [(entry, _row(entry)) for entry in entries]
        if unless_newer is None:
            return self._writer.submit_batched(self._batch_work, rows)
        return self._writer.submit(partial(self._write_unless, unless_newer, rows))

    def record(self, *entries: Entry) -> AsyncFuture[tuple[Recorded, ...]]:
        rows = [(entry, _row(entry)) for entry in entries]
        return self._writer.await_batched(self._batch_work, rows)

    def append(self, *entries: Entry, unless_newer: Newest | None = None) -> tuple[Recorded, ...]:
        return self.submit(*entries, unless_newer=unless_newer).result()

    def overwrite_personal(
        self, changed: Sequence[tuple[int, Entry]], receipt: Entry, *, unless_newer: Newest
    ) -> Future[tuple[Recorded, ...]]:
        """Replace entries' personal fields, and record a receipt, in one transaction.

        `changed` has each entry's position, and the entry with its new personal fields; the
        entry's other fields are not written. For `unless_newer`, see `Journal.append`.
        """
        rows = [{"place": position, "body": encode(entry)[1]} for position, entry in changed]
        receipts = [(receipt, _row(receipt))]

        def work(connection: DatabaseConnection) -> tuple[Recorded, ...]:
            recorded = self._write_unless(unless_newer, receipts, connection)
            connection.cursor().executemany(self._overwrite, rows)
            return recorded

        return self._writer.submit(work)

    def keeps_identifiers(self, until: datetime) -> bool:
        """Return whether any loan recorded before `until` (aware) still identifies its patron."""
        query = (
            select(ENTRY.c.position)
            .join(PERSONAL, PERSONAL.c.position == ENTRY.c.position)
            .where(ENTRY.c.kind == Loan.KIND, ENTRY.c.recorded_at < instant_text(until))
            .where(PERSONAL.c.body.not_like(f'{{"patron":"{MARK}%'))
            .limit(1)
        )
        with self._backend.reading() as connection:
            return connection.execute(query).first() is not None

    def since(
        self,
        position: int = 0,
        *,
        kinds: Collection[str] | None = None,
        at_least: datetime | None = None,
        until: int | None = None,
    ) -> Sequence[Recorded]:
        query = _ENTRIES.where(ENTRY.c.position > position).order_by(ENTRY.c.position)
        if kinds is not None:
            query = query.where(ENTRY.c.kind.in_(list(kinds)))
        if at_least is not None:
            query = query.where(ENTRY.c.at >= instant_text(at_least))
        if until is not None:
            query = query.where(ENTRY.c.position <= until)
        with self._backend.reading() as connection:
            rows = connection.execute(query).all()
        return [recorded for recorded in map(_recorded, rows) if recorded is not None]

    def position(self) -> int:
        with self._backend.reading() as connection:
            return connection.execute(select(func.max(ENTRY.c.position))).scalar() or 0

    def count(self) -> int:
        """Return the number of entries, including those that this version cannot read."""
        with self._backend.reading() as connection:
            return connection.execute(select(func.count()).select_from(ENTRY)).scalar() or 0

    def _write_unless(
        self, newest: Newest, rows: Sequence[tuple[Entry, Row]], connection: DatabaseConnection
    ) -> tuple[Recorded, ...]:
        kinds, position = newest
        newer = connection.execute(self._find_newer_kinds, {"after": position}).fetchall()
        if any(row[0] in kinds for row in newer):
            raise JournalMoved(MOVED)
        return self._write_all(connection, [rows])[0]

    def _write_all(
        self, connection: DatabaseConnection, submitted: Sequence[Sequence[tuple[Entry, Row]]]
    ) -> list[tuple[Recorded, ...]]:
        """Write the entries of several callers; return each caller's recorded entries."""
        now = self._now()
        pairs = list(chain.from_iterable(submitted))
        rows = [row for _, row in pairs]
        positions = self._insertion.insert(connection, rows, instant_text(now))
        if self._backend.announce and any(row[1] in ANNOUNCED for row in rows):
            connection.execute(self._backend.announce)
        recorded = iter(
            [
                self._read_existing(connection, row[0])
                if position is None
                else Recorded(position, now, entry)
                for position, (entry, row) in zip(positions, pairs, strict=True)
            ]
        )
        return [tuple(islice(recorded, len(own))) for own in submitted]

    def _read_existing(self, connection: DatabaseConnection, entry_id: str) -> Recorded:
        existing = _recorded(connection.execute(self._find_by_id, {"id": entry_id}).fetchone())
        assert existing is not None
        return existing


def instant_text(at: datetime) -> str:
    """Return an aware time as the text stored in `entry`: UTC, six decimals, sortable.

    Raises:
        ValueError: the time is naive.
    """
    if at.tzinfo is None:
        raise ValueError("a time without a time zone cannot be recorded")
    utc = at if at.tzinfo is UTC else at.astimezone(UTC)
    if not utc.microsecond:
        return utc.isoformat(timespec="microseconds")
    # This produces the same text as isoformat() in a third of the time.
    return _ENCODER.encode(utc)[1:-2].decode() + "+00:00"


def _row(entry: Entry) -> Row:
    body, personal = encode(entry)
    # This produces the same text as str() in a quarter of the time.
    entry_id = _ENCODER.encode(entry.id).decode()[1:-1]
    return entry_id, entry.KIND, instant_text(entry.at), body, personal


def _recorded(row: Sequence[Any]) -> Recorded | None:
    """Return the entry in a row; if it cannot be read, log this and return None."""
    position, kind, recorded_at, body, personal = row
    decoder = DECODERS.get(kind)
    if decoder is None:
        _log.warning(
            "Entry %d is of kind %r, written by a later version of Relais, and was skipped. "
            "Update Relais to see it.",
            position,
            kind,
        )
        return None
    try:
        entry = decoder.decode(join(body, personal))
        return Recorded(position, datetime.fromisoformat(recorded_at), entry)
    except msgspec.ValidationError:
        # msgspec's message may quote the value, which may be an identifier.
        _log.error(
            "Entry %d (%s) is damaged and was skipped: keep a copy of the database.", position, kind
        )
        return None
