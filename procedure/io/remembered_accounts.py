"""A snapshot of the accounts, so that people can sign in while the database is unavailable.

The snapshot is renewed about once a minute. A sign-in that cannot be stored is valid only in
this process. A sign-out that cannot be stored takes effect in this process at once, and is stored
when the database is available again.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Row, Table
from sqlalchemy.sql.expression import UpdateBase

from procedure.access.accounts import Account, ExternalSignIn, SignIn
from procedure.errors import JournalError
from procedure.io.database.backend import Backend
from procedure.io.database.database_writer import Writer
from procedure.io.database.schema import ACCOUNT, EXTERNAL_SIGN_IN, SIGN_IN, WORKSTATION
from procedure.io.sql_accounts import SqlAccounts, end_statements

READ_EVERY = timedelta(minutes=1)
# After a failed read, use the snapshot for this long, because each read may wait for a connection.
PAUSE = timedelta(seconds=5)

_log = logging.getLogger(__name__)


class RememberedAccounts(SqlAccounts):
    """The accounts of a server process, backed by a snapshot.

    Raises:
        JournalError: the accounts cannot be read, and there is no snapshot.
    """

    def __init__(self, backend: Backend, writer: Writer, now: Callable[[], datetime]) -> None:
        super().__init__(backend, writer)
        self._now = now
        self._snapshot: Mapping[Table, Sequence[Row[object]]] = {}
        self._read_at: datetime | None = None
        self._failed_at: datetime | None = None
        self._unsaved: dict[str, tuple[Account, datetime]] = {}
        self._unsaved_external: dict[str, ExternalSignIn] = {}
        self._ended: set[str] = set()
        self._take_snapshot(now())

    def begin(self, digest: str, name: str, until: datetime, *, now: datetime) -> None:
        try:
            super().begin(digest, name, until, now=now)
        except JournalError as fault:
            _log.error(
                "A sign-in was not stored, and is valid only until the server stops: %s", fault
            )
            if account := self.find(name):
                kept = {key: unsaved for key, unsaved in self._unsaved.items() if unsaved[1] > now}
                self._unsaved = kept | {digest: (account, until)}

    def begin_external(self, digest: str, sign_in: ExternalSignIn, *, now: datetime) -> None:
        try:
            super().begin_external(digest, sign_in, now=now)
        except JournalError as fault:
            _log.error(
                "A sign-in was not stored, and is valid only until the server stops: %s", fault
            )
            others = self._unsaved_external.items()
            kept = {key: other for key, other in others if other.until > now}
            self._unsaved_external = kept | {digest: sign_in}

    def end(self, digest: str) -> None:
        self._unsaved.pop(digest, None)
        self._unsaved_external.pop(digest, None)
        try:
            super().end(digest)
        except JournalError as fault:
            _log.error("The end of a sign-in will be stored later: %s", fault)
            self._ended.add(digest)

    def signed_in(self, digest: str, now: datetime) -> SignIn | None:
        if digest in self._ended:
            return None
        if digest not in self._unsaved:
            return super().signed_in(digest, now)
        account, until = self._unsaved[digest]
        known = self.find(account.name)
        if known is None or known.password_hash != account.password_hash or until <= now:
            return None
        return SignIn(known.name, known.role, until)

    def external(self, digest: str, now: datetime) -> ExternalSignIn | None:
        if digest in self._ended:
            return None
        if digest not in self._unsaved_external:
            return super().external(digest, now)
        unsaved = self._unsaved_external[digest]
        return unsaved if unsaved.until > now else None

    def _rows(self, table: Table, **where: str) -> Sequence[Row[object]]:
        """Return the stored rows, or the snapshot's while the database cannot be read."""
        now = self._now()
        if self._failed_at is not None and abs(now - self._failed_at) < PAUSE:
            return self._remembered(table, where)
        try:
            if self._read_at is None or abs(now - self._read_at) >= READ_EVERY:
                self._take_snapshot(now)
            rows = super()._rows(table, **where)
        except JournalError as fault:
            if self._failed_at is None:
                _log.error("The accounts cannot be read; using the last snapshot: %s", fault)
            self._failed_at = now
            return self._remembered(table, where)
        self._failed_at = None
        return rows

    def _write(self, *statements: UpdateBase) -> int:
        concerned = super()._write(*statements)
        self._read_at = None
        self.all()
        return concerned

    def _remembered(self, table: Table, where: Mapping[str, str]) -> Sequence[Row[object]]:
        rows = self._snapshot[table]
        for name, value in where.items():
            rows = [row for row in rows if getattr(row, name) == value]
        return rows

    def _take_snapshot(self, now: datetime) -> None:
        for digest in tuple(self._ended):
            super()._write(*end_statements(digest))
            self._ended.discard(digest)
        read = super()._rows
        tables = (ACCOUNT, SIGN_IN, EXTERNAL_SIGN_IN, WORKSTATION)
        self._snapshot = {table: read(table) for table in tables}
        self._read_at = now
