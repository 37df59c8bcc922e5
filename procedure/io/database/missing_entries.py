"""Entries that were acknowledged and are missing from a SQLite database."""

import sqlite3
from contextlib import closing
from pathlib import Path

from procedure.errors import JournalUnwritable
from procedure.io.database.backend import DatabaseConnection
from procedure.io.database.state_file import (
    acknowledged_entries,
    last_backup,
    remember_acknowledged,
)


def missing_entries(path: Path) -> str:
    """Return the message about acknowledged entries missing from a closed database, or "".

    Raises:
        JournalUnwritable: the database cannot be read.
    """
    expected, position = acknowledged_entries(path), _read_position(path)
    return missing_text(path, expected, position) if position < expected else ""


def accept_missing(path: Path) -> int:
    """Count the database as complete from now on, and return the position of its newest entry.

    Raises:
        JournalUnwritable: that cannot be saved.
    """
    position = _read_position(path)
    remember_acknowledged(path, position)
    if acknowledged_entries(path) != position:
        raise JournalUnwritable(f"The folder of {path} cannot be written: check its rights.")
    return position


def _read_position(path: Path) -> int:
    if not path.exists():
        return 0
    uri = f"{path.resolve().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            return newest_position(connection)
    except sqlite3.Error as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_ERROR:
            return 0  # created and never written: there is no such table
        raise JournalUnwritable(f"The database {path} cannot be read ({error}).") from error


def newest_position(connection: DatabaseConnection) -> int:
    """Return the position of the newest entry, 0 when there is none."""
    return connection.execute("SELECT max(position) FROM entry").fetchone()[0] or 0


def missing_text(path: Path, expected: int, position: int) -> str:
    """Return how many acknowledged entries are missing from a database, and what to do."""
    backup = last_backup(path)
    known = (
        "No backup of it is known"
        if backup is None
        else f"The last backup is {backup.file}, of {backup.at:%Y-%m-%d %H:%M} UTC, with "
        f"{backup.entries} entries"
    )
    return _MISSING.format(path=path, missing=expected - position, expected=expected, known=known)


_MISSING = (
    "{missing} of {expected} acknowledged entries are missing from the database {path}: its log "
    "(-wal) was deleted after a crash, or an older copy was put in its place. {known}. Put the "
    "missing file back, or restore the backup; to go on without these entries, run "
    "`relais accept-missing`."
)
