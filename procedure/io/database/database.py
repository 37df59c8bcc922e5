"""The memory on a disk: one database with the journal and the history of one installation."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from sqlalchemy import func, inspect, select
from sqlalchemy.engine import make_url

from procedure.errors import (
    JournalError,
    JournalGone,
    JournalMissing,
    JournalTooOld,
    JournalUnwritable,
)
from procedure.io.database.backend import Backend, DatabaseConnection
from procedure.io.database.history import SqlHistory
from procedure.io.database.journal import SqlJournal
from procedure.io.database.notes import SqlNotes
from procedure.io.database.schema import (
    MIGRATIONS,
    VERSION,
    known_version,
    migrate,
    schema_version,
)
from procedure.io.database.sqlite import Role
from procedure.io.database.writer import RefusingWriter, Writer

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Database:
    """An open database; leaving the `with` block closes it."""

    journal: SqlJournal
    history: SqlHistory
    notes: SqlNotes
    backend: Backend
    writer: Writer

    @property
    def fault(self) -> JournalUnwritable | None:
        """Why no entry can be written just now, None while all is well."""
        return self.backend.guard.fault

    def close(self) -> None:
        """Commit what waits, then let go of the database."""
        self.writer.close()
        self.backend.engine.dispose()
        self.backend.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_database(
    url: str,
    *,
    role: Role = "visitor",
    now: Callable[[], datetime],
    keep: timedelta | None = None,
    create: bool = True,
) -> Database:
    """Open the database that the URL names, make it if it is new, bring it up to date.

    The process that serves takes the role `server`; a command is a `visitor`. A `reader` makes
    nothing and changes nothing, not even to bring the database up to date. `now` gives
    the instant at which an entry is committed (aware). `keep` is for how long raw outcomes stay,
    None for ever; a visitor has no reason to let go of any. Without `create`, neither a database
    nor a folder is made.

    Raises:
        JournalMissing: there is no database of Relais, and `create` is false or it is for reading.
        JournalTooNew: a later Relais made it.
        JournalTooOld: an earlier Relais made it, and it is for reading.
        JournalGone: its files are not what they were, or acknowledged entries are missing.
        JournalUnwritable: it cannot be opened or written, or another server has it.
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
            # A command says itself what was refused.
            connection = _opened(backend, role, opened)
            writer = Writer(backend, connection, log_refusals=role == "server")
        opened.pop_all()
    history = SqlHistory(backend, writer, keep=keep)
    journal, notes = SqlJournal(backend, writer, now), SqlNotes(backend, writer)
    return Database(journal, history, notes, backend, writer)


def _check_tables(backend: Backend) -> None:
    """Refuse an empty file and another program's database before anything is written to it."""
    where = _place(backend)
    try:
        with backend.reading() as connection:
            ours = inspect(connection).has_table(VERSION.name)
    except JournalError as refusal:
        raise type(refusal)(f"{where}: {refusal}") from refusal
    if not ours:
        raise JournalMissing(
            f"{where} is not a Relais database: check RELAIS_DATABASE_URL. Nothing was changed."
        )


def _check_up_to_date(backend: Backend) -> None:
    with backend.reading() as connection:
        newest = connection.execute(select(func.max(VERSION.c.version))).scalar()
    version = known_version(newest or 0)
    if version < len(MIGRATIONS):
        raise JournalTooOld(
            f"{_place(backend)} has schema {version}, and this Relais reads schema "
            f"{len(MIGRATIONS)}. Start the server with this version once (relais serve): it brings "
            "the database up to date. Nothing was changed."
        )


def _place(backend: Backend) -> str:
    url = backend.engine.url
    return str(url.database) if url.host is None else f"{url.host}/{url.database}"


def _opened(backend: Backend, role: Role, opened: ExitStack) -> DatabaseConnection:
    """Connect and bring the database up to date; `opened` closes what was opened by then."""
    try:
        connection = backend.connect()
        opened.callback(connection.close)
        _bring_up_to_date(backend, connection)
        _check_complete(backend, connection, role)
    except Exception as error:
        raise backend.explain(error) or error from error
    return connection


def _check_complete(backend: Backend, connection: DatabaseConnection, role: Role) -> None:
    try:
        backend.check_complete(connection)
    except JournalGone as missing:
        if role == "server":
            raise
        # A command may read what is there; new entries in the old places would hide the loss.
        _log.warning("%s", missing)
        backend.guard.forbid(missing)


def _bring_up_to_date(backend: Backend, connection: DatabaseConnection) -> None:
    # PostgreSQL's "create if it is not there" fails when two do it at once: it looks when locked.
    locked = bool(backend.lock_schema)
    if not locked and schema_version(connection, backend.engine.dialect) == len(MIGRATIONS):
        return
    connection.execute(backend.begin)
    if locked:
        connection.execute(backend.lock_schema)
    migrate(connection, backend.engine.dialect)
    connection.execute("COMMIT")


def _backend(url: str, role: Role, *, create: bool) -> Backend:
    parsed = make_url(url)
    # Each driver is imported by the installation that uses it only.
    if parsed.get_backend_name() == "postgresql":
        from procedure.io.database.postgres import postgres_backend  # noqa: PLC0415

        return postgres_backend(parsed, only_read=role == "reader")
    from procedure.io.database.sqlite import sqlite_backend  # noqa: PLC0415

    return sqlite_backend(parsed, role, create=create)
