"""Copies a SQLite database to one consistent file, and checks the copy before naming it.

While a server is running, a copy of the database file alone would lack the write-ahead log, which
may contain all the data.
"""

import sqlite3
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from procedure.errors import BackupRefused, JournalMissing
from procedure.io.atomic_files import replacing
from procedure.io.database.file_identity import check_database_files
from procedure.io.database.schema import known_version
from procedure.io.database.server_lock import holder

# Called with the number of database pages copied so far, and the total number of pages. It is not
# called while the finished copy is being checked.
Progress = Callable[[int, int], None]
PAGES = 500  # pages between progress reports
SIDE_FILES = ("-wal", "-shm", "-journal")
# https://www.sqlite.org/fileformat2.html, offsets 18 and 19: 2 means that there is a write-ahead
# log, 1 that there is none.
_VERSIONS, _NO_LOG = 18, b"\x01\x01"
_HEADER = b"SQLite format 3\x00"


@dataclass(frozen=True, slots=True)
class Contents:
    """The numbers of entries, loans and probe outcomes in a database.

    `schema` is the schema version of the database. `newest` is the time at which the last entry was
    recorded (UTC), or None if there are no entries.
    """

    schema: int
    entries: int
    loans: int
    outcomes: int
    newest: datetime | None


def back_up(
    database: Path, out: Path, *, overwrite: bool = False, on_progress: Progress
) -> Contents:
    """Copy the database to a single file, and return the copy's contents.

    A server may write during the copy. Everything acknowledged before the call is in the copy.

    Raises:
        BackupRefused: the database cannot be read, `out` is not empty or cannot be written, or the
            copy is damaged or incomplete.
        JournalGone: the database has disappeared, or is not the database that the server has
            open.
        JournalMissing: there is no database.
        JournalTooNew: a later version of Relais made the database.
    """
    check_database_files(database)
    with _translate_os_errors(database, "read"):
        if not database.is_file():
            raise JournalMissing(
                f"There is no database at {database}: check RELAIS_DATABASE_URL. "
                "Nothing was created."
            )
    with _translate_os_errors(out, "written"):
        _check_destination(database, out, overwrite=overwrite)
    # Open the database read-only, so that closing it never checkpoints a server's log.
    with (
        _open_read_only(database, "mode=ro") as source,
        _translate_sqlite_errors(database),
        _translate_os_errors(out, "written"),
    ):
        return _copy(source, out, overwrite=overwrite, on_progress=on_progress)


def restore(file: Path, database: Path, *, on_progress: Progress) -> Contents:
    """Copy a backup to a path where there is no database, and return the backup's contents.

    Raises:
        BackupRefused: the file is not an intact Relais database, or the destination is not empty,
            cannot be written or is in use by a server.
        JournalTooNew: a later version of Relais made the backup.
    """
    with _translate_os_errors(database, "written"):
        _check_empty(database)
    with _translate_os_errors(file, "read"):
        _check_header(file)
        log = file.with_name(f"{file.name}-wal")
        has_log = log.exists() and log.stat().st_size > 0
    mode = "mode=ro" if has_log else "immutable=1"
    with _open_read_only(file, mode) as source, _translate_sqlite_errors(file):
        _check_integrity(source, file)
        with _translate_os_errors(database, "written"):
            database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            return _copy(source, database, overwrite=False, on_progress=on_progress)


def _copy(
    source: sqlite3.Connection, out: Path, *, overwrite: bool, on_progress: Progress
) -> Contents:
    """Copy the database in one read transaction, so that the copy contains no later commits."""
    source.execute("BEGIN")
    expected = count_contents(source)
    with replacing(out, mode=0o600, overwrite=overwrite) as part:
        with closing(sqlite3.connect(part, isolation_level=None)) as copy:
            copy.execute("PRAGMA journal_mode = OFF")
            copy.execute("PRAGMA synchronous = OFF")
            source.backup(
                copy,
                pages=PAGES,
                progress=lambda _, left, total: on_progress(total - left, total),
            )
        # Turn the write-ahead log off, so that the copy is a single file and can be read from a
        # write-protected medium.
        with part.open("r+b") as header:
            header.seek(_VERSIONS)
            header.write(_NO_LOG)
        with _open_read_only(part, "immutable=1") as copied:
            _check_integrity(copied, part)
            contents = count_contents(copied)
        if contents != expected:
            raise BackupRefused(f"The copy contains {contents} instead of {expected}: try again.")
    return contents


def count_contents(connection: sqlite3.Connection) -> Contents:
    """Count the entries, loans and outcomes in a database of any schema version."""

    def scalar(query: str) -> int:
        return connection.execute(query).fetchone()[0]

    last = connection.execute(
        "SELECT recorded_at FROM entry ORDER BY position DESC LIMIT 1"
    ).fetchone()
    return Contents(
        schema=scalar("SELECT max(version) FROM schema_version"),
        entries=scalar("SELECT count(*) FROM entry"),
        loans=scalar("SELECT count(*) FROM entry WHERE kind = 'loan'"),
        outcomes=scalar("SELECT count(*) FROM outcome"),
        newest=None if last is None else datetime.fromisoformat(last[0]),
    )


def _check_destination(database: Path, out: Path, *, overwrite: bool) -> None:
    own = {database.with_name(database.name + suffix).resolve() for suffix in ("", *SIDE_FILES)}
    if out.resolve() in own:
        raise BackupRefused(f"{out} is the database itself: name another file.")
    if not overwrite and out.exists() and not out.is_dir() and out.stat().st_size > 0:
        raise BackupRefused(_NOT_EMPTY.format(out=out))
    for side_file in _side_files(out):
        raise BackupRefused(
            f"{side_file} exists, and would change the backup when the backup is opened: "
            "name another file. Nothing was written."
        )


def _check_empty(database: Path) -> None:
    if server := holder(database):
        raise BackupRefused(
            f"A Relais server is using the database {database} (process {server.get('pid')} on "
            f"{server.get('host')}): stop it first. Nothing was restored."
        )
    existing = [database] if database.exists() and database.stat().st_size > 0 else []
    for path in (*existing, *_side_files(database)):
        raise BackupRefused(
            f"{path} is not empty: stop the server and move away the database and the files "
            "next to it, or name another database in RELAIS_DATABASE_URL. Nothing was restored."
        )


def _side_files(path: Path) -> list[Path]:
    candidates = [path.with_name(path.name + suffix) for suffix in SIDE_FILES]
    return [candidate for candidate in candidates if candidate.exists()]


def _check_header(file: Path) -> None:
    try:
        with file.open("rb") as start:
            header = start.read(len(_HEADER))
    except FileNotFoundError:
        raise BackupRefused(f"There is no file {file}: nothing was restored.") from None
    if header != _HEADER:
        raise BackupRefused(_NOT_RELAIS.format(file=file))


def _check_integrity(connection: sqlite3.Connection, file: Path) -> None:
    """Refuse a file that is damaged, not a Relais database, or from a later version of Relais."""
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    if not {"schema_version", "entry", "outcome"} <= {name for (name,) in tables}:
        raise BackupRefused(_NOT_RELAIS.format(file=file))
    result = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if result != "ok":
        raise BackupRefused(f"{file} is damaged ({result}): use an earlier backup.")
    known_version(connection.execute("SELECT max(version) FROM schema_version").fetchone()[0])


@contextmanager
def _open_read_only(path: Path, mode: str) -> Generator[sqlite3.Connection]:
    uri = f"{path.resolve().as_uri()}?{mode}"
    with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection:
        yield connection


@contextmanager
def _translate_sqlite_errors(database: Path) -> Generator[None]:
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        message = _SQLITE_ERRORS.get(code, "{file} cannot be copied ({error}).")
        raise BackupRefused(message.format(file=database, error=error)) from error


@contextmanager
def _translate_os_errors(path: Path, verb: str) -> Generator[None]:
    try:
        yield
    except FileExistsError as refusal:
        raise BackupRefused(_NOT_EMPTY.format(out=path)) from refusal
    except BlockingIOError as refusal:
        raise BackupRefused(f"{path} is being written by another process.") from refusal
    except OSError as refusal:
        raise BackupRefused(
            f"{path} cannot be {verb} ({refusal.strerror}): name another file."
        ) from refusal


_NOT_EMPTY = "{out} is not empty: name another file, or add --replace. Nothing was written."
_NOT_RELAIS = "{file} is not a Relais database: nothing was restored."
_NOT_OPENED = "{file} cannot be opened here: run this as the server's user."
_SQLITE_ERRORS = {
    sqlite3.SQLITE_NOTADB: _NOT_RELAIS,
    sqlite3.SQLITE_CORRUPT: "{file} is damaged ({error}): keep it as it is.",
    sqlite3.SQLITE_FULL: "The disk is full: free some space, or name another file.",
    sqlite3.SQLITE_READONLY: _NOT_OPENED,
    sqlite3.SQLITE_CANTOPEN: _NOT_OPENED,
}
