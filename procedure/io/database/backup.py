"""Backups of a SQLite database: a consistent copy in one file, read back before it gets its name.

A copy of the database file alone, made while a server runs, lacks what is still in the write-ahead
log: that may be everything.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from procedure.errors import BackupRefused, JournalMissing, JournalTooNew
from procedure.io.atomic_files import replacing
from procedure.io.database.file_guard import check_place
from procedure.io.database.schema import MIGRATIONS
from procedure.io.database.server_lock import holder

# Done and all pages; the read-back has no count.
Progress = Callable[[int, int], None]
PAGES = 500  # between two reports of progress
SIDE_FILES = ("-wal", "-shm", "-journal")
# https://www.sqlite.org/fileformat2.html, offsets 18 and 19: 2 is a write-ahead log, 1 is none.
_VERSIONS, _NO_LOG = 18, b"\x01\x01"
_HEADER = b"SQLite format 3\x00"


@dataclass(frozen=True, slots=True)
class Contents:
    """What a database holds; `newest` is when its last entry was recorded, in UTC."""

    schema: int
    entries: int
    loans: int
    outcomes: int
    newest: datetime | None


def back_up(database: Path, out: Path, *, over: bool = False, tell: Progress) -> Contents:
    """Copy the database, as it is at this instant, into one file and return what that holds.

    A server may write meanwhile: nothing that it acknowledged before is missing. `over` allows
    that another file is replaced.

    Raises:
        BackupRefused: the file may not or cannot be written, or does not hold what it should.
        JournalGone: the running server has another file open than the one at the path.
        JournalMissing: there is no database.
    """
    check_place(database)
    with _usable(database, "read"):
        if not database.is_file():
            raise JournalMissing(
                f"There is no database at {database}: check RELAIS_DATABASE_URL. Nothing was made."
            )
    with _usable(out, "written"):
        _check_place(database, out, over=over)
    # Read-only, so that leaving it never checkpoints the log of a server.
    with _reading(database, "mode=ro") as source, _explained(database), _usable(out, "written"):
        return _copy(source, out, over=over, tell=tell)


def restore(file: Path, database: Path, *, tell: Progress) -> Contents:
    """Copy a backup to where there is no database yet, and return what it holds.

    Raises:
        BackupRefused: it is no sound Relais database, something is there, or it cannot be written.
        JournalTooNew: a later Relais made it.
    """
    with _usable(database, "written"):
        _check_empty(database)
    with _usable(file, "read"):
        _check_header(file)
        log = file.with_name(f"{file.name}-wal")
        logged = log.exists() and log.stat().st_size > 0
    with _reading(file, "mode=ro" if logged else "immutable=1") as source, _explained(file):
        _check_sound(source, file)
        with _usable(database, "written"):
            database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            return _copy(source, database, over=False, tell=tell)


def _copy(source: sqlite3.Connection, out: Path, *, over: bool, tell: Progress) -> Contents:
    """Copy within one read transaction: whatever is committed meanwhile is not in it."""
    source.execute("BEGIN")
    expected = contents_of(source)
    with replacing(out, mode=0o600, over=over) as part:
        with closing(sqlite3.connect(part, isolation_level=None)) as copy:
            copy.execute("PRAGMA journal_mode = OFF")
            copy.execute("PRAGMA synchronous = OFF")
            source.backup(
                copy, pages=PAGES, progress=lambda _, left, every: tell(every - left, every)
            )
        # One file, that a write-protected medium may hold as well.
        with part.open("r+b") as header:
            header.seek(_VERSIONS)
            header.write(_NO_LOG)
        with _reading(part, "immutable=1") as written:
            _check_sound(written, part)
            found = contents_of(written)
        if found != expected:
            raise BackupRefused(f"The copy holds {found} instead of {expected}: try again.")
    return found


def contents_of(connection: sqlite3.Connection) -> Contents:
    """Count what a database of any schema holds."""

    def ask(query: str) -> tuple[int, ...]:
        return connection.execute(query).fetchone()

    last = connection.execute(
        "SELECT recorded_at FROM entry ORDER BY position DESC LIMIT 1"
    ).fetchone()
    return Contents(
        schema=ask("SELECT max(version) FROM schema_version")[0],
        entries=ask("SELECT count(*) FROM entry")[0],
        loans=ask("SELECT count(*) FROM entry WHERE kind = 'loan'")[0],
        outcomes=ask("SELECT count(*) FROM outcome")[0],
        newest=None if last is None else datetime.fromisoformat(last[0]),
    )


def _check_place(database: Path, out: Path, *, over: bool) -> None:
    own = {database.with_name(database.name + suffix).resolve() for suffix in ("", *SIDE_FILES)}
    if out.resolve() in own:
        raise BackupRefused(f"{out} is the database itself: name another file.")
    if not over and out.exists() and not out.is_dir() and out.stat().st_size > 0:
        raise BackupRefused(_HELD.format(out=out))
    for beside in _side_files(out):
        raise BackupRefused(
            f"{beside} lies beside it, and would change the backup when that is opened: "
            "name another file. Nothing was written."
        )


def _check_empty(database: Path) -> None:
    if server := holder(database):
        raise BackupRefused(
            f"A Relais server has the database {database} (process {server.get('pid')} on "
            f"{server.get('host')}): stop it first. Nothing was restored."
        )
    there = [database] if database.exists() and database.stat().st_size > 0 else []
    for path in (*there, *_side_files(database)):
        raise BackupRefused(
            f"{path} holds something already: stop the server and move the database and the files "
            "beside it away, or name another database in RELAIS_DATABASE_URL. "
            "Nothing was restored."
        )


def _side_files(path: Path) -> list[Path]:
    beside = [path.with_name(path.name + suffix) for suffix in SIDE_FILES]
    return [one for one in beside if one.exists()]


def _check_header(file: Path) -> None:
    try:
        with file.open("rb") as start:
            header = start.read(len(_HEADER))
    except FileNotFoundError:
        raise BackupRefused(f"There is no file {file}: nothing was restored.") from None
    if header != _HEADER:
        raise BackupRefused(_NOT_OURS.format(file=file))


def _check_sound(connection: sqlite3.Connection, file: Path) -> None:
    """Refuse what is no Relais database, one of a later Relais, and one with any damage."""
    if not {"schema_version", "entry", "outcome"} <= _tables(connection):
        raise BackupRefused(_NOT_OURS.format(file=file))
    found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if found != "ok":
        raise BackupRefused(f"{file} is damaged ({found}): use an earlier backup.")
    version = connection.execute("SELECT max(version) FROM schema_version").fetchone()[0]
    if version > len(MIGRATIONS):
        raise JournalTooNew(
            f"The database has schema {version}; this Relais knows up to {len(MIGRATIONS)}. "
            "Install the Relais that wrote it, or a later one."
        )


def _tables(connection: sqlite3.Connection) -> set[str]:
    named = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    return {name for (name,) in named}


@contextmanager
def _reading(path: Path, how: str) -> Generator[sqlite3.Connection]:
    uri = f"{path.resolve().as_uri()}?{how}"
    with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection:
        yield connection


@contextmanager
def _explained(database: Path) -> Generator[None]:
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_NOTADB:
            raise BackupRefused(_NOT_OURS.format(file=database)) from error
        if code == sqlite3.SQLITE_CORRUPT:
            raise BackupRefused(f"{database} is damaged ({error}): keep it as it is.") from error
        if code == sqlite3.SQLITE_FULL:
            raise BackupRefused("The disk is full: make room, or name another file.") from error
        if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN):
            raise BackupRefused(
                f"{database} cannot be opened here: run this as the user of the server."
            ) from error
        raise BackupRefused(f"{database} cannot be copied ({error}).") from error


@contextmanager
def _usable(path: Path, how: str) -> Generator[None]:
    try:
        yield
    except FileExistsError as refusal:
        raise BackupRefused(_HELD.format(out=path)) from refusal
    except BlockingIOError as refusal:
        raise BackupRefused(f"{path} is being written by another process.") from refusal
    except OSError as refusal:
        raise BackupRefused(
            f"{path} cannot be {how} ({refusal.strerror}): name another file."
        ) from refusal


_HELD = "{out} holds something already: name another file, or add --replace. Nothing was written."
_NOT_OURS = "{file} is not a Relais database: nothing was restored."
