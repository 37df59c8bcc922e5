"""SQLite as the memory: write-ahead log, every commit on disk, one connection that writes.

The server warms the log and is the only one to checkpoint; a visitor (a command from a shell,
beside a running server) leaves the log to it.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Callable
from functools import partial
from operator import attrgetter
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Literal

from sqlalchemy import URL, create_engine, event
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import DBAPIError

from procedure.errors import JournalError, JournalUnwritable
from procedure.io.backend import Backend
from procedure.io.server_lock import acquire

Role = Literal["server", "visitor"]

BUSY_SECONDS = 5
# "Rela" in ASCII: lets `file` and a curious person know whose database this is.
APPLICATION_ID = 0x52656C61
CHECKPOINT_FRAMES = 1000
WARM_FRAMES = CHECKPOINT_FRAMES + 200
# Older ones can lose a page when one connection resets the log while another writes.
SAFE_RESET = (3, 51, 3)

_log = logging.getLogger(__name__)

_SENTENCES = {
    sqlite3.SQLITE_FULL: "The disk of the database is full: make room, then try again.",
    sqlite3.SQLITE_BUSY: "Another program holds the database: close it, then try again.",
    sqlite3.SQLITE_LOCKED: "Another program holds the database: close it, then try again.",
    sqlite3.SQLITE_READONLY: "The database is read-only here: give this user the right to write.",
    sqlite3.SQLITE_PERM: "The database is read-only here: give this user the right to write.",
    sqlite3.SQLITE_CANTOPEN: "The database cannot be opened: check its folder and its rights.",
    sqlite3.SQLITE_IOERR: "The disk of the database does not answer properly: check the disk.",
    sqlite3.SQLITE_NOTADB: "This file is not a Relais database: give another path.",
    sqlite3.SQLITE_CORRUPT: "The database is damaged: keep a copy of it and start a new one.",
}


def sqlite_backend(url: URL, role: Role) -> Backend:
    """Return SQLite in the file that the URL names, its folder made if need be.

    Raises:
        JournalUnwritable: no file is named, its folder cannot be made, or, for the role `server`,
            another server has the file.
    """
    path = _path(url)
    release: Callable[[], None] = _nothing
    if role == "server":
        warn_of_old_library(sqlite3.sqlite_version_info)
        release = acquire(path).release
    engine = create_engine(url, paramstyle="named", connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _only_read)
    return Backend(
        engine=engine,
        connect=partial(_connect, path, role),
        begin="BEGIN IMMEDIATE",
        insert=insert,
        explain=explain,
        last_place=attrgetter("lastrowid"),
        release=release,
    )


def _nothing() -> None: ...


def explain(error: BaseException) -> JournalError | None:
    """Return what an error of SQLite means for the person, None when it is not SQLite's."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if not isinstance(cause, sqlite3.Error):
        return None
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
    return JournalUnwritable(_SENTENCES.get(code, f"The database refused: {cause}."))


def _path(url: URL) -> Path:
    if url.database in (None, "", ":memory:"):
        raise JournalUnwritable(
            "A database in memory would forget every loan: name a file, "
            "for example sqlite:////srv/relais/relais.sqlite3"
        )
    path = Path(str(url.database))
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Loans name people: from its first byte the file is its owner's alone.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as refusal:
        raise JournalUnwritable(
            f"The database {path} cannot be written ({refusal.strerror}): "
            "check its folder and its rights, or name another in RELAIS_DATABASE_URL."
        ) from refusal
    return path


def _connect(path: Path, role: Role) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        _set_up(connection, role)
    except BaseException:
        connection.close()
        raise
    return connection


def _set_up(connection: sqlite3.Connection, role: Role) -> None:
    _use_log(connection)
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    if role == "server":
        _warm(connection)
        connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_FRAMES}")
    connection.execute("PRAGMA synchronous = FULL")


def _use_log(connection: sqlite3.Connection) -> None:
    """Switch to the write-ahead log; alone of all statements, this one does not wait its turn."""
    give_up = monotonic() + BUSY_SECONDS
    while connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or monotonic() > give_up:
                raise
            sleep(0.01)


def _warm(connection: sqlite3.Connection) -> None:
    """Write the log to its usual length once, so that no later commit has to make it longer."""
    connection.execute("PRAGMA synchronous = OFF")
    for _ in range(WARM_FRAMES):
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA wal_checkpoint(RESTART)").fetchone()


def _only_read(connection: Any, record: Any) -> None:
    del record
    connection.execute("PRAGMA query_only = ON")


def warn_of_old_library(version: tuple[int, ...]) -> None:
    """Log a warning when SQLite is one that can lose a page of its write-ahead log."""
    if version < SAFE_RESET:
        _log.warning(
            "SQLite %s is older than %s, where a rare fault of the write-ahead log was mended; "
            "Relais keeps to one writing connection. Update SQLite when you can.",
            ".".join(map(str, version)),
            ".".join(map(str, SAFE_RESET)),
        )
