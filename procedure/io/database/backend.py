"""The interface to the database behind the journal and the history: SQLite or PostgreSQL."""

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
    """A sqlite3 or psycopg connection in autocommit mode: transactions are begun explicitly."""

    def execute(self, statement: str, parameters: Any = ..., /) -> Any:
        """Execute one statement and return its cursor."""
        ...

    def cursor(self) -> Any:
        """Return a cursor, for `executemany`."""
        ...

    def close(self) -> None: ...


class WriteGuard:
    """The checks that the writer makes before and after every transaction.

    Once damage is found, nothing is written until the database is opened again.
    """

    def __init__(self) -> None:
        self._permanent_fault: JournalUnwritable | None = None

    def find_fault(self) -> JournalUnwritable | None:
        """Return why nothing can be written now, or None if writing is possible."""
        return self._permanent_fault

    def forbid(self, reason: JournalUnwritable) -> None:
        """Refuse every write until the database is opened again."""
        if self._permanent_fault is None:
            self._permanent_fault = reason

    def record_error(self, error: BaseException) -> None:
        """Forbid all writing if an error shows that the database is damaged.

        The error may also come from a read.
        """
        if isinstance(error, JournalDamaged) and self._permanent_fault is None:
            _log.error("%s Nothing will be acknowledged until the server is restarted.", error)
            self.forbid(error)

    def check_before(self) -> None:
        """Check that writing is possible; called before a transaction.

        Raises:
            JournalUnwritable: nothing may be written.
        """
        if self._permanent_fault is not None:
            raise type(self._permanent_fault)(str(self._permanent_fault))

    def check_after(self, connection: DatabaseConnection) -> None:
        """Check that a commit may be acknowledged; called after the commit.

        Raises:
            JournalUnwritable: the commit must not be acknowledged.
        """
        del connection
        WriteGuard.check_before(self)

    def check_files(self, connection: DatabaseConnection) -> None:
        """Run the periodic checks, in the writer's thread."""

    def close(self, connection: DatabaseConnection) -> None:
        """Save any state before the connection closes; called in the writer's thread."""


@dataclass(frozen=True)
class Backend:
    """The differences between SQLite and PostgreSQL, for the writer and the reading connections.

    - `engine`: connections for reading, and the dialect of the statements.
    - `connect`: opens the one connection that writes.
    - `begin`: starts a transaction that may write.
    - `lock_schema`, `lock_writers`: exclude other writers; empty if `begin` already does so.
      `lock_schema` is for a migration, and `lock_writers` for any other write. These locks make new
      positions visible in order, and prevent deadlocks between processes.
    - `announce`: tells other processes that an entry of a kind in `ANNOUNCED` has been written. The
      other processes receive this message after the commit.
    - `leadership`: makes the object that says whether this process leads the others.
    - `explain`: turns a driver's error into an error that says what to do, or returns None.
    - `placeholder`: stands for a value in a statement with many rows.
    - `insert`: makes an INSERT statement for a table, in the database's dialect.
    - `release`: lets the next server open the database.
    - `guard`: the checks before and after every transaction.
    - `check_complete`: raises `JournalGone` if acknowledged entries are missing.
    - `overwrite_log`: removes deleted data from the write-ahead log; called between transactions.
    - `lossy_settings`: a query for settings that may make the database server lose commits.
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
        """Yield a connection for reading; turn driver errors into errors that say what to do."""
        try:
            with self.engine.connect() as connection:
                yield connection
        except DBAPIError as error:
            reason = self.explain(error) or error
            self.guard.record_error(reason)
            raise reason from error

    def insert_new(self, table: Table, *columns: str) -> str:
        """Return an INSERT statement that skips rows whose key already exists."""
        return self.compose(self.insert(table).on_conflict_do_nothing(), columns)

    def compose(self, statement: ClauseElement, columns: tuple[str, ...] | None = None) -> str:
        """Return the SQL of an SQLAlchemy statement for the driver, with named parameters."""
        names = None if columns is None else list(columns)
        return str(statement.compile(dialect=self.engine.dialect, column_keys=names))

    def execute(self, connection: DatabaseConnection, statement: ClauseElement) -> Any:
        """Execute an SQLAlchemy statement with its values, and return its cursor.

        Compiling the statement costs more than a commit, so use this only for rare statements.
        """
        compiled = statement.compile(dialect=self.engine.dialect)
        return connection.execute(str(compiled), compiled.params)
