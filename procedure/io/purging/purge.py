"""Replaces identifiers due for deletion with pseudonyms, and records a receipt."""

import logging
import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import URL

from procedure.circulation.transactions import Loan
from procedure.errors import JournalMoved
from procedure.io.database.database import Database
from procedure.io.database.state_file import side_file
from procedure.io.spool.spool import delete_damaged
from procedure.journal import Recorded
from procedure.personal_data.access_entries import IdentifiersPurged
from procedure.personal_data.retention import due, pseudonymised
from procedure.reconciliation.re_export import MOVING
from procedure.reconciliation.reconciliation_log import KINDS

# Entries per transaction. A transaction of this size makes scans wait for about ten milliseconds.
BATCH = 1000
# After an entry of one of these kinds, the entries that are due must be determined again: a loan
# may be open again, or another process may be purging.
_STALE = (*MOVING, IdentifiersPurged.KIND)

_log = logging.getLogger(__name__)


class PurgedIds:
    """The file next to a SQLite database that lists the entries whose identifiers were deleted.

    `<database>.purged` has one entry id per line, and only grows. After an older backup has been
    restored, these entries are purged again, even if their loans were settled only after the backup
    was made. For PostgreSQL, there is no such file, and `read` returns no ids.
    """

    def __init__(self, url: URL) -> None:
        sqlite = url.get_backend_name() == "sqlite" and url.database
        self._file = side_file(Path(url.database), ".purged") if sqlite and url.database else None

    def read(self) -> frozenset[UUID]:
        """Return every id, but skip a line that a power failure has cut short.

        Raises:
            OSError: the file cannot be read.
        """
        if self._file is None or not self._file.exists():
            return frozenset()
        return frozenset(_ids(self._file.read_text("ascii", errors="replace").split()))

    def add(self, ids: Iterable[UUID]) -> None:
        """Add ids, and return once they are on disk.

        Raises:
            OSError: the file cannot be written.
        """
        if self._file is None:
            return
        handle = os.open(self._file, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "a", encoding="ascii") as file:
            file.write("\n" + "".join(f"{entry}\n" for entry in ids))
            file.flush()
            os.fsync(handle)


def _ids(lines: Iterable[str]) -> Iterator[UUID]:
    for line in lines:
        with suppress(ValueError):
            yield UUID(line)


@dataclass(frozen=True, slots=True)
class Purged:
    """The numbers of loans and entries that were purged or are due.

    The loans were settled before `until`.
    """

    loans: int
    entries: int
    until: datetime


def count_due(database: Database, *, keep: timedelta, now: Callable[[], datetime]) -> Purged:
    """Return how many loans and entries `purge` would purge now."""
    until = now() - keep
    return _count(_due(database, until)[0], until)


def purge(
    database: Database,
    *,
    keep: timedelta,
    now: Callable[[], datetime],
    new_id: Callable[[], UUID],
    operator: str | None = None,
    spool: Path | None = None,
) -> Purged:
    """Delete the identifiers of loans settled longer ago than `keep`, and record receipts.

    If `spool` (see `spool_base`) is given, the spool's damaged files that were set aside longer ago
    than `keep` are deleted too.

    The key for the pseudonyms is used for this call only and then forgotten. Nobody can therefore
    reverse a pseudonym, or test whether it stands for a given identifier. `operator` is the person
    who started the purge, or None for the server itself.

    Raises:
        JournalUnwritable: the database cannot be written to; earlier deletions remain.
        OSError: the list of purged entries next to the database cannot be read or written, or a
            damaged spool file cannot be deleted.
    """
    key, until, entries = secrets.token_bytes(32), now() - keep, list[Recorded]()
    chosen, position = _due(database, until)
    while chosen:
        batch = chosen[:BATCH]
        receipt = _receipt(batch, until, id=new_id(), at=now(), operator=operator)
        changed = [(record.position, pseudonymised(record.entry, key)) for record in batch]
        try:
            (recorded,) = database.journal.overwrite_personal(
                changed, receipt, unless_newer=(_STALE, position)
            ).result()
        except JournalMoved:
            chosen, position = _due(database, until)
            continue
        position = recorded.position  # no entry of a kind in `_STALE` came in between
        # Add the ids only after the batch has been written. A listed entry stays due for ever, but
        # if a batch is refused, one of its loans may be open again.
        PurgedIds(database.backend.engine.url).add(record.entry.id for record in batch)
        entries += batch
        chosen = chosen[BATCH:]
    database.writer.submit_between(database.backend.overwrite_log)
    if spool is not None:
        delete_damaged(spool, until)
    done = _count(entries, until)
    if entries:
        _log.info("deleted the identifiers of %d loans settled before %s", done.loans, until)
    return done


def _receipt(batch: Sequence[Recorded], until: datetime, **by: Any) -> IdentifiersPurged:
    counts = _count(batch, until)
    return IdentifiersPurged(until=until, loans=counts.loans, entries=counts.entries, **by)


def _due(database: Database, until: datetime) -> tuple[list[Recorded], int]:
    """Return the entries that are due, and the position up to which the journal has been read."""
    # Check first whether any identifiers are left: reading a long journal takes seconds, which is
    # too long at every server start.
    if not database.journal.keeps_identifiers(until):
        return [], 0
    position = database.journal.position()
    recorded = database.journal.since(kinds=KINDS, until=position)
    return due(recorded, until, PurgedIds(database.backend.engine.url).read()), position


def _count(entries: Sequence[Recorded], until: datetime) -> Purged:
    loans = sum(isinstance(record.entry, Loan) for record in entries)
    return Purged(loans, len(entries), until)
