"""SQLite as the database, with a write-ahead log, durable commits and one writing connection.

A process has one of three roles:

- The server extends the log to its usual length at startup. Only the server checkpoints.
- A visitor is a command that may write while a server is running.
- A reader, such as a notebook, does not open a connection for writing, but SQLite still creates
  the log and the log's index.
"""

import errno
import os
import sqlite3
from contextlib import suppress
from functools import partial
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Literal

from sqlalchemy import URL, create_engine, event
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import DBAPIError

from procedure.errors import JournalDamaged, JournalError, JournalMissing, JournalUnwritable
from procedure.io.database.backend import Backend, DatabaseConnection
from procedure.io.database.file_guard import FileGuard
from procedure.io.database.file_identity import check_database_files, file_identity
from procedure.io.database.server_lock import ServerLock, acquire

Role = Literal["server", "visitor", "reader"]

BUSY_SECONDS = 5
# "Rela" in ASCII, for `file` and similar tools.
APPLICATION_ID = 0x52656C61
CHECKPOINT_FRAMES = 1000
WARM_FRAMES = CHECKPOINT_FRAMES + 200

_LOCKED = "Another program has locked the database: close that program, then try again."
_MESSAGES = {
    sqlite3.SQLITE_FULL: "The database's disk is full: free some space, then try again.",
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_READONLY: "The database is read-only here: give this user write permission.",
    sqlite3.SQLITE_PERM: "The database is read-only here: give this user write permission.",
    sqlite3.SQLITE_CANTOPEN: "The database cannot be opened: check its folder and permissions.",
    sqlite3.SQLITE_IOERR: "The database's disk has an input or output error: check the disk.",
    sqlite3.SQLITE_NOTADB: "This file is not a Relais database: give another path.",
    sqlite3.SQLITE_CORRUPT: "The database is damaged: keep a copy of it and restore a backup.",
}
_DAMAGE = {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}
# Extended codes for writes that the disk refused and SQLite rolled back. SQLite reports a full disk
# only for ENOSPC, not for a quota or a file size limit.
_REFUSED_WRITES = {sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE}
_REFUSED_WRITE = (
    "The database's disk refused a write: look for a quota, a file size limit or a "
    "disk fault, then try again."
)


def sqlite_backend(url: URL, role: Role, *, create: bool = True) -> Backend:
    """Return the SQLite database at the URL; with `create`, create its file and folder if missing.

    Raises:
        JournalGone: see `check_database_files`.
        JournalMissing: the file does not exist, and `create` is false.
        JournalUnwritable: the URL names no file, the file's folder cannot be created, or the role
            is `server` and another server is using the file.
    """
    path = _path(url, create=create)
    lock: ServerLock | None = None
    if role == "server":
        lock = acquire(path)
    guard = FileGuard(path)
    # `hide_parameters` keeps patron identifiers out of error messages.
    reader = partial(_connect_reader, path, guard, "ro" if role == "reader" else "rw")
    engine = create_engine(url, paramstyle="named", creator=reader, hide_parameters=True)
    event.listen(engine, "connect", _set_query_only)
    return Backend(
        engine=engine,
        connect=partial(_connect, path, guard, lock),
        begin="BEGIN IMMEDIATE",
        placeholder="?",
        insert=insert,
        explain=explain,
        release=(lambda: None) if lock is None else lock.release,
        guard=guard,
        check_complete=guard.check_complete,
        overwrite_log=(lambda _: None) if lock is None else overwrite_log,
    )


def explain(error: BaseException) -> JournalError | None:
    """Return a `JournalError` that says how to fix a SQLite error, or None for an unknown error."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if not isinstance(cause, sqlite3.Error):
        return None
    extended = getattr(cause, "sqlite_errorcode", 0)
    if extended in _REFUSED_WRITES:
        return JournalUnwritable(_REFUSED_WRITE)
    code = extended & 0xFF
    kind = JournalDamaged if code in _DAMAGE else JournalUnwritable
    return kind(_MESSAGES.get(code, f"The database refused the request: {cause}."))


def _path(url: URL, *, create: bool) -> Path:
    if url.database in (None, "", ":memory:"):
        raise JournalUnwritable(
            "An in-memory database would lose every loan: name a file, "
            "for example sqlite:////srv/relais/relais.sqlite3"
        )
    path = Path(str(url.database))
    check_database_files(path)
    try:
        if not create and not path.exists():
            raise JournalMissing(
                f"There is no database at {path.absolute()}: check RELAIS_DATABASE_URL. "
                "Nothing was created."
            )
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if create:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Loans name people, so only the owner may ever read the file. A file that already
            # exists is not opened: closing it would drop this process's locks on the file.
            with suppress(FileExistsError):
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except OSError as refusal:
        raise JournalUnwritable(
            f"The database {path} cannot be written to ({refusal.strerror}): "
            "check its folder and permissions, or name another in RELAIS_DATABASE_URL."
        ) from refusal
    return path


def _connect(path: Path, guard: FileGuard, lock: ServerLock | None) -> sqlite3.Connection:
    before = file_identity(path)
    connection = _open(path, "rw", isolation_level=None)
    try:
        _set_up(connection, "visitor" if lock is None else "server")
        # SQLite creates the log on the first read.
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        files = guard.set_open_files(before)
    except BaseException:
        connection.close()
        raise
    if lock is not None:
        lock.write_holder(files=files)
    return connection


def _connect_reader(path: Path, guard: FileGuard, mode: str) -> sqlite3.Connection:
    # If another file has replaced the database, opening and closing that file would destroy the
    # log.
    guard.check_unchanged()
    return _open(path, mode)


def _open(path: Path, mode: str, **more: Any) -> sqlite3.Connection:
    # The modes `ro` and `rw` never create a file, so an empty file cannot replace a lost database.
    uri = f"{Path(os.path.realpath(path)).as_uri()}?mode={mode}"
    return sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, check_same_thread=False, **more)


def _set_up(connection: sqlite3.Connection, role: Role) -> None:
    _use_log(connection)
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    if role == "server":
        _warm(connection)
        connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_FRAMES}")
    connection.execute("PRAGMA synchronous = FULL")
    # Overwrite deleted data with zeros, so that no deleted note or identifier stays in the file.
    connection.execute("PRAGMA secure_delete = ON")


def _use_log(connection: sqlite3.Connection) -> None:
    """Switch to the write-ahead log; retry, because the statement ignores the busy timeout."""
    give_up = monotonic() + BUSY_SECONDS
    while connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or monotonic() > give_up:
                raise
            sleep(0.01)


def _warm(connection: DatabaseConnection) -> None:
    """Fill the log to its usual length, so that later commits do not have to extend it."""
    connection.execute("PRAGMA synchronous = OFF")
    for _ in range(WARM_FRAMES):
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA wal_checkpoint(RESTART)").fetchone()


def overwrite_log(connection: DatabaseConnection) -> None:
    """Move the log into the database, then overwrite the log, to remove deleted data from both.

    If another connection is reading, do not overwrite the log, so that scans need not wait.
    """
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    finally:
        connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    if not busy:
        _warm(connection)


def _set_query_only(connection: Any, record: object) -> None:
    del record
    connection.execute("PRAGMA query_only = ON")
