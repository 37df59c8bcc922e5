"""The accounts as they were last read: people sign in while the database does not answer.

What was read a minute ago at most is kept in the process. A sign-in that cannot be stored lasts
until the process ends; one that is ended is over at once, and in the database as soon as it
answers.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from threading import Lock
from typing import Any
from weakref import finalize

from sqlalchemy import Row, StaticPool, create_engine, delete, insert, select

from procedure.access.accounts import Account, ExternalSignIn, SignIn
from procedure.errors import JournalError
from procedure.io.database.backend import Backend
from procedure.io.database.database_writer import Writer
from procedure.io.database.schema import ACCOUNT, EXTERNAL_SIGN_IN, SIGN_IN, TABLES, WORKSTATION
from procedure.io.sql_accounts import SqlAccounts, end_statements

COPIED_EVERY = timedelta(minutes=1)
# After a failure the copy counts for so long: each attempt may wait for a connection.
PAUSE = timedelta(seconds=5)
_COPIED = (ACCOUNT, SIGN_IN, EXTERNAL_SIGN_IN, WORKSTATION)

_log = logging.getLogger(__name__)


class RememberedAccounts(SqlAccounts):
    """The accounts of a server's process, with a copy of their tables in memory.

    Raises:
        JournalError: they cannot be read; without a copy nobody could sign in.
    """

    def __init__(self, backend: Backend, writer: Writer, now: Callable[[], datetime]) -> None:
        super().__init__(backend, writer)
        self._now = now
        # The same connection for all threads: each other one would have a database of its own.
        self._copy = create_engine(
            "sqlite://",
            poolclass=StaticPool,
            connect_args={"check_same_thread": False},
            hide_parameters=True,
        )
        finalize(self, self._copy.dispose)
        self._copying = Lock()
        TABLES.create_all(self._copy, tables=_COPIED)
        self._copied_at: datetime | None = None
        self._failed_at: datetime | None = None
        self._unsaved: dict[str, tuple[Account, datetime]] = {}
        self._unsaved_external: dict[str, ExternalSignIn] = {}
        self._ended: set[str] = set()
        self._copy_stored(now())

    def begin(self, digest: str, name: str, until: datetime, *, now: datetime) -> None:
        try:
            super().begin(digest, name, until, now=now)
        except JournalError as fault:
            _log.error("A sign-in is kept until the server ends: %s", fault)
            if account := self.find(name):
                kept = {key: unsaved for key, unsaved in self._unsaved.items() if unsaved[1] > now}
                self._unsaved = kept | {digest: (account, until)}

    def begin_external(self, digest: str, sign_in: ExternalSignIn, *, now: datetime) -> None:
        try:
            super().begin_external(digest, sign_in, now=now)
        except JournalError as fault:
            _log.error("A sign-in is kept until the server ends: %s", fault)
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

    def _read(self, query: Any) -> Sequence[Row[Any]]:
        """Return what is stored, or what was last read of it while nothing can be read."""
        now = self._now()
        if self._failed_at is not None and abs(now - self._failed_at) < PAUSE:
            return self._read_copy(query)
        try:
            if self._copied_at is None or abs(now - self._copied_at) >= COPIED_EVERY:
                self._copy_stored(now)
            rows = super()._read(query)
        except JournalError as fault:
            if self._failed_at is None:
                _log.error("The accounts as last read count until they can be read: %s", fault)
            self._failed_at = now
            return self._read_copy(query)
        self._failed_at = None
        return rows

    def _write(self, *statements: Any) -> int:
        concerned = super()._write(*statements)
        self._copy_again()
        return concerned

    def _read_copy(self, query: Any) -> Sequence[Row[Any]]:
        with self._copying, self._copy.connect() as connection:
            return connection.execute(query).all()

    def _copy_stored(self, now: datetime) -> None:
        for digest in tuple(self._ended):
            super()._write(*end_statements(digest))
            self._ended.discard(digest)
        read = super()._read
        stored = [(table, read(select(table))) for table in _COPIED]
        with self._copying, self._copy.begin() as connection:
            for table, rows in stored:
                connection.execute(delete(table))
                names = table.columns.keys()
                copied = [dict(zip(names, row, strict=True)) for row in rows]
                if copied:
                    connection.execute(insert(table), copied)
        self._copied_at = now

    def _copy_again(self) -> None:
        self._copied_at = None
        self.all()
