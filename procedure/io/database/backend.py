"""The interface to a database, SQLite or PostgreSQL, for the journal and the history."""

import logging
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import ClauseElement, Connection as SqlConnection, Engine, Table
from sqlalchemy.exc import DBAPIError

from procedure.errors import JournalDamaged, JournalError, JournalUnwritable
from procedure.io.processes.leadership import Leadership, SoleProcess

_log = logging.getLogger(__name__)


class DatabaseConnection(Protocol):
    """A connection of sqlite3 or psycopg in autocommit mode: transactions are begun explicitly."""

    def execute(self, statement: str, parameters: Any = ..., /) -> Any:
        """Send one statement and return its cursor."""
        ...

    def cursor(self) -> Any:
        """Return a cursor, for `executemany`."""
        ...

    def close(self) -> None: ...


class WriteGuard:
    """Consulted by the writer around every transaction; after damage nothing is written.

    A damaged database stays closed for writing until it is opened again.
    """

    def __init__(self) -> None:
        self._permanent_fault: JournalUnwritable | None = None

    def find_fault(self) -> JournalUnwritable | None:
        """Return the reason nothing can be written now, or None if writing is possible."""
        return self._permanent_fault

    def forbid(self, reason: JournalUnwritable) -> None:
        """Refuse every write from now on, until the database is opened again."""
        if self._permanent_fault is None:
            self._permanent_fault = reason

    def record_error(self, error: BaseException) -> None:
        """Note a database error, even from a read: damage forbids all writing."""
        if isinstance(error, JournalDamaged) and self._permanent_fault is None:
            _log.error("%s Nothing is acknowledged until the server is started again.", error)
            self.forbid(error)

    def check_before(self) -> None:
        """Check before a transaction.

        Raises:
            JournalUnwritable: nothing may be written.
        """
        if self._permanent_fault is not None:
            raise type(self._permanent_fault)(str(self._permanent_fault))

    def check_after(self, connection: DatabaseConnection) -> None:
        """Check after a commit, before it is acknowledged.

        Raises:
            JournalUnwritable: what was committed must not be acknowledged.
        """
        del connection
        WriteGuard.check_before(self)

    def check_files(self, connection: DatabaseConnection) -> None:
        """Run the periodic checks, in the writer's thread."""

    def close(self, connection: DatabaseConnection) -> None:
        """Finish before the connection closes, in the writer's thread."""


@dataclass(frozen=True)
class Backend:
    """One database, as its writer and its reading connections use it.

    - `engine`: connections for reading, and the dialect in which statements are composed.
    - `connect`: opens the one connection that writes.
    - `begin`: starts a transaction that may write. If that alone does not exclude other writers,
      `lock_schema` follows for a migration and `lock_writers` for anything else, so that positions
      become visible in order and no two processes deadlock.
    - `announce`: tells the other processes, after the commit, that an entry of `ANNOUNCED` was
      written.
    - `leadership`: makes the object that knows whether this process leads them.
    - `explain`: turns a driver's error into an error that says what to do, or returns None.
    - `placeholder`: stands for a value in a statement of many rows.
    - `release`: lets the next server open the database.
    - `guard`: consulted before a transaction and before its acknowledgement.
    - `check_complete`: raises `JournalGone` when acknowledged entries are missing.
    - `overwrite_log`: removes deleted data from a server's log, between two transactions.
    - `lossy_settings`: a query for the settings with which the database server may lose commits.
    """

    engine: Engine
    connect: Callable[[], DatabaseConnection]
    begin: str
    placeholder: str
    insert: Callable[[Table], Any]
    explain: Callable[[BaseException], JournalError | None]
    lock_schema: str = ""
    lock_writers: str = ""
    announce: str = ""
    lossy_settings: str = ""
    leadership: Callable[[], Leadership] = SoleProcess
    release: Callable[[], None] = lambda: None
    guard: WriteGuard = field(default_factory=WriteGuard)
    check_complete: Callable[[DatabaseConnection], None] = lambda _: None
    overwrite_log: Callable[[DatabaseConnection], None] = lambda _: None

    @contextmanager
    def reading(self) -> Generator[SqlConnection]:
        """Yield a connection for reading; raise any driver error with its explanation."""
        try:
            with self.engine.connect() as connection:
                yield connection
        except DBAPIError as error:
            reason = self.explain(error) or error
            self.guard.record_error(reason)
            raise reason from error

    def insert_new(self, table: Table, *columns: str) -> str:
        """Return the text of an INSERT statement that skips rows whose key already exists."""
        return self.compose(self.insert(table).on_conflict_do_nothing(), columns)

    def compose(self, statement: ClauseElement, columns: tuple[str, ...] | None = None) -> str:
        """Return the text of a Core statement for the driver, with named parameters."""
        names = None if columns is None else list(columns)
        return str(statement.compile(dialect=self.engine.dialect, column_keys=names))

    def execute(self, connection: DatabaseConnection, statement: ClauseElement) -> Any:
        """Execute a Core statement with its values, and return its cursor.

        Composing costs more than a commit: use this only for rare statements.
        """
        compiled = statement.compile(dialect=self.engine.dialect)
        return connection.execute(str(compiled), compiled.params)
