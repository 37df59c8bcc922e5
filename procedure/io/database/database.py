"""Opens the database that contains an installation's journal and history."""

import logging
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from sqlalchemy import func, inspect, select, text
from sqlalchemy.engine import make_url

from procedure.errors import (
    JournalError,
    JournalGone,
    JournalMissing,
    JournalTooOld,
)
from procedure.io.database.backend import Backend, DatabaseConnection
from procedure.io.database.database_writer import RefusingWriter, Writer
from procedure.io.database.pending_loan_notes import SqlNotes
from procedure.io.database.schema import MIGRATIONS, VERSION, known_version, migrate, schema_version
from procedure.io.database.sql_history import SqlHistory
from procedure.io.database.sql_journal import SqlJournal
from procedure.io.database.sqlite import Role
from procedure.io.processes.latest import SqlLatest
from procedure.io.processes.leadership import Leadership, SoleProcess
from procedure.io.sql_accounts import SqlAccounts

# Logged when the server starts, and printed by `relais doctor`.
LOSSY = (
    "The database server runs with {settings} off: acknowledged loans may be lost if its machine "
    "fails. Set {settings} to on in postgresql.conf, then reload PostgreSQL."
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Database:
    """An open database; leaving the `with` block closes it.

    `leadership` says whether this process leads the processes that use the database. `latest` holds
    the newest results that these processes share; it is None for SQLite and for commands.
    """

    journal: SqlJournal
    history: SqlHistory
    notes: SqlNotes
    accounts: SqlAccounts
    backend: Backend
    writer: Writer
    leadership: Leadership
    latest: SqlLatest | None

    def lossy_settings(self) -> tuple[str, ...]:
        """Return the names of the settings that may make the database server lose commits.

        Raises:
            JournalError: the database is not responding.
        """
        if not self.backend.lossy_settings:
            return ()
        with self.backend.reading() as connection:
            return tuple(connection.scalars(text(self.backend.lossy_settings)))

    def check_writing(self) -> Future[None]:
        """Commit a transaction that writes to disk but leaves nothing behind.

        The future raises `JournalError` if no entry can be written now.
        """
        return self.writer.submit(self.notes.write_and_delete)

    def close(self) -> None:
        """Commit the queued writes, then close the database."""
        self.writer.close()
        self.backend.engine.dispose()
        self.backend.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_database(
    url: str,
    *,
    role: Role = "visitor",
    now: Callable[[], datetime],
    keep: timedelta | None = None,
    create: bool = True,
    before_migration: Callable[[], object] | None = None,
) -> Database:
    """Open the database at the URL, creating it if it is missing and migrating it if it is old.

    - `role`: `server`, `visitor` (a command) or `reader`, which does not create, change or migrate
      anything.
    - `now`: returns the current time (aware), which is stored with each committed entry.
    - `keep`: how long raw outcomes are kept, or None to keep them for ever. Commands leave it at
      None, so they delete no outcomes.
    - `create`: whether a missing database and its folder are created.
    - `before_migration`: called before an older database is migrated. If it raises an exception,
      nothing is migrated.

    Raises:
        JournalMissing: there is no Relais database, and `create` is false or `role` is `reader`.
        JournalTooNew: a later version of Relais made the database.
        JournalTooOld: an earlier version of Relais made the database, and `role` is `reader`.
        JournalGone: the database's files disappeared or were replaced; or acknowledged entries are
            missing, and `role` is `server`.
        JournalUnwritable: the database cannot be opened or written, or another server is using it.
    """
    create = create and role != "reader"
    backend = _backend(url, role, create=create)
    with ExitStack() as opened:
        opened.callback(backend.release)
        opened.callback(backend.engine.dispose)
        if not create:
            _check_tables(backend)
        if role == "reader":
            _check_up_to_date(backend)
            writer: Writer = RefusingWriter()
        else:
            connection = _connect(backend, role, opened, before_migration)
            # A command reports refused writes itself.
            writer = Writer(backend, connection, log_refusals=role == "server")
        opened.pop_all()
    history = SqlHistory(backend, writer, keep=keep)
    leadership = backend.leadership() if role == "server" else SoleProcess()
    is_sole = isinstance(leadership, SoleProcess)
    latest = None if is_sole else SqlLatest(backend, writer, now)
    journal, notes = SqlJournal(backend, writer, now), SqlNotes(backend, writer)
    return Database(
        journal, history, notes, SqlAccounts(backend, writer), backend, writer, leadership, latest
    )


def _check_tables(backend: Backend) -> None:
    """Refuse an empty file or another program's database before writing to it."""
    location = _location(backend)
    try:
        with backend.reading() as connection:
            is_relais = inspect(connection).has_table(VERSION.name)
    except JournalError as refusal:
        raise type(refusal)(f"{location}: {refusal}") from refusal
    if not is_relais:
        raise JournalMissing(
            f"{location} is not a Relais database: check RELAIS_DATABASE_URL. Nothing was changed."
        )


def _check_up_to_date(backend: Backend) -> None:
    with backend.reading() as connection:
        newest = connection.execute(select(func.max(VERSION.c.version))).scalar()
    version = known_version(newest or 0)
    if version < len(MIGRATIONS):
        raise JournalTooOld(
            f"{_location(backend)} has schema {version}, but this version of Relais needs schema "
            f"{len(MIGRATIONS)}. Start the server with this version once (relais serve): it brings "
            "the database up to date. Nothing was changed."
        )


def _location(backend: Backend) -> str:
    url = backend.engine.url
    return str(url.database) if url.host is None else f"{url.host}/{url.database}"


def _connect(
    backend: Backend,
    role: Role,
    opened: ExitStack,
    before_migration: Callable[[], object] | None,
) -> DatabaseConnection:
    """Open the writing connection, which `opened` closes; migrate and check the database."""
    try:
        connection = backend.connect()
        opened.callback(connection.close)
        _migrate(backend, connection, before_migration)
        _check_complete(backend, connection, role)
        if role == "server":
            _warn_of_lossy_settings(backend, connection)
    except Exception as error:
        raise backend.explain(error) or error from error
    return connection


def _check_complete(backend: Backend, connection: DatabaseConnection, role: Role) -> None:
    try:
        backend.check_complete(connection)
    except JournalGone as missing:
        if role == "server":
            raise
        # A command may read the remaining entries, but not write: new entries at the positions of
        # the missing entries would hide the loss.
        _log.warning("%s", missing)
        backend.guard.forbid(missing)


def _warn_of_lossy_settings(backend: Backend, connection: DatabaseConnection) -> None:
    rows = backend.lossy_settings and connection.execute(backend.lossy_settings).fetchall()
    if rows:
        _log.warning("%s", LOSSY.format(settings=" and ".join(name for (name,) in rows)))


def _migrate(
    backend: Backend,
    connection: DatabaseConnection,
    before_migration: Callable[[], object] | None,
) -> None:
    # Lock first, because PostgreSQL's CREATE IF NOT EXISTS fails if two processes run it at once.
    locked = bool(backend.lock_schema)
    if not locked and schema_version(connection, backend.engine.dialect) == len(MIGRATIONS):
        return
    connection.execute(backend.begin)
    if locked:
        connection.execute(backend.lock_schema)
    version = schema_version(connection, backend.engine.dialect)
    if before_migration is not None and 0 < version < len(MIGRATIONS):
        before_migration()
    migrate(connection, backend.engine.dialect)
    connection.execute("COMMIT")


def _backend(url: str, role: Role, *, create: bool) -> Backend:
    parsed = make_url(url)
    # Import only the driver that the installation uses.
    if parsed.get_backend_name() == "postgresql":
        from procedure.io.database.postgres import postgres_backend  # noqa: PLC0415

        return postgres_backend(parsed, read_only=role == "reader")
    from procedure.io.database.sqlite import sqlite_backend  # noqa: PLC0415

    return sqlite_backend(parsed, role, create=create)
