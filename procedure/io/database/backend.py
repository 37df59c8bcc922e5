"""What the journal and the history need of a database, whichever it is, and when it may write."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import Connection as SqlConnection
from sqlalchemy import Engine, Table
from sqlalchemy.exc import DBAPIError

from procedure.errors import JournalDamaged, JournalError, JournalUnwritable

_log = logging.getLogger(__name__)


class DatabaseConnection(Protocol):
    """A connection of sqlite3 or psycopg that commits only when told to in so many words."""

    def execute(self, statement: str, parameters: Any = ..., /) -> Any:
        """Send one statement and return its cursor."""
        ...

    def cursor(self) -> Any:
        """Return a cursor, for `executemany`."""
        ...

    def close(self) -> None:
        """Let go of the database."""
        ...


class WriteGuard:
    """Asked by the writer around every transaction; damage, once seen, lasts until a restart."""

    def __init__(self) -> None:
        self._lasting: JournalUnwritable | None = None

    @property
    def fault(self) -> JournalUnwritable | None:
        """Why nothing is written just now, None while all is well."""
        return self._lasting

    def forbid(self, reason: JournalUnwritable) -> None:
        """Refuse every write from now on, until the database is opened anew."""
        if self._lasting is None:
            self._lasting = reason

    def failed(self, error: BaseException) -> None:
        """Take note of an error of the database, of reading too: damage forbids all writing."""
        if isinstance(error, JournalDamaged) and self._lasting is None:
            _log.error("%s Nothing is acknowledged until the server is started again.", error)
            self.forbid(error)

    def before(self) -> None:
        """Check before a transaction.

        Raises:
            JournalUnwritable: nothing may be written.
        """
        if self._lasting is not None:
            raise type(self._lasting)(str(self._lasting))

    def after(self) -> None:
        """Check after a commit, before anybody is told of it.

        Raises:
            JournalUnwritable: what was committed must not be acknowledged.
        """
        if self._lasting is not None:
            raise type(self._lasting)(str(self._lasting))

    def look(self, connection: DatabaseConnection) -> None:
        """Do what is due now and then, in the writer's thread."""

    def close(self, connection: DatabaseConnection) -> None:
        """Do what is due at the end, in the writer's thread."""


@dataclass(frozen=True)
class Backend:
    """One database as the writer and the readers see it.

    `engine` gives connections for reading, and the dialect in which statements are composed.
    `connect` opens the one connection that writes. `begin` starts a transaction that may write;
    where that alone does not keep others out, `lock_schema` is sent before a migration and
    `lock_entries` before an entry, so that positions become visible in their order. `explain`
    says what a driver's error means and what to do, or returns None for any other error.
    `last_place` tells the key that the last row of an insertion got, None where the driver does
    not say it and it has to be asked for. `release` lets the next server have the database.
    `guard` is asked before a transaction and before it is acknowledged. `check_complete` raises
    `JournalGone` when acknowledged entries are missing.
    """

    engine: Engine
    connect: Callable[[], DatabaseConnection]
    begin: str
    insert: Callable[[Table], Any]
    explain: Callable[[BaseException], JournalError | None]
    lock_schema: str = ""
    lock_entries: str = ""
    last_place: Callable[[Any], int | None] = lambda _: None
    release: Callable[[], None] = lambda: None
    guard: WriteGuard = field(default_factory=WriteGuard)
    check_complete: Callable[[DatabaseConnection], None] = lambda _: None

    @contextmanager
    def reading(self) -> Generator[SqlConnection]:
        """Give a connection for reading; an error of the driver comes out explained."""
        try:
            with self.engine.connect() as connection:
                yield connection
        except DBAPIError as error:
            reason = self.explain(error) or error
            self.guard.failed(reason)
            raise reason from error

    def insert_new(self, table: Table, *columns: str, returning: str | None = None) -> str:
        """Compose an insertion that passes over a row whose key is known already."""
        statement = self.insert(table).on_conflict_do_nothing()
        if returning is not None:
            statement = statement.returning(table.c[returning])
        return self.compose(statement, columns)

    def compose(self, statement: Any, columns: tuple[str, ...] | None = None) -> str:
        """Return the text of a Core statement for the driver, parameters by name."""
        names = None if columns is None else list(columns)
        return str(statement.compile(dialect=self.engine.dialect, column_keys=names))

    def compose_by_place(self, statement: Any) -> str:
        """Return the text of a Core statement for the driver, parameters by their place.

        A driver binds many of them in half the time that it needs to look each up by its name.
        """
        dialect: Any = self.engine.dialect
        style = "qmark" if dialect.name == "sqlite" else "format"
        return str(statement.compile(dialect=type(dialect)(paramstyle=style)))
