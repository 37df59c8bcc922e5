"""Detects a SQLite database that lacks acknowledged entries or is not the expected database."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from procedure.errors import JournalUnwritable
from procedure.io.database.backend import DatabaseConnection
from procedure.io.database.state_file import (
    NewestEntry,
    last_acknowledged,
    last_backup,
    remember_acknowledged,
)

T = TypeVar("T")


def missing_entries(path: Path) -> str:
    """Return the problem with a closed database (lost, incomplete or foreign), or "".

    Raises:
        JournalUnwritable: the database cannot be read.
    """
    return _read_closed(path, lambda connection: incompleteness(path, connection), lost_text(path))


def accept_missing(path: Path) -> int:
    """Treat the database as complete from now on; return the position of its newest entry.

    Raises:
        JournalUnwritable: the database cannot be read, or the position cannot be saved.
    """
    newest = _read_closed(path, newest_entry, NewestEntry())
    remember_acknowledged(path, newest)
    if last_acknowledged(path) != newest:
        raise JournalUnwritable(
            f"The folder of {path} cannot be written to: check its permissions."
        )
    return newest.position


def _read_closed(path: Path, read: Callable[[DatabaseConnection], T], without: T) -> T:
    """Read a closed database; return `without` if it is missing or has no tables yet."""
    if not path.exists():
        return without
    uri = f"{path.resolve().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            return read(connection)
    except sqlite3.Error as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_ERROR:
            return without  # it has no such table
        raise JournalUnwritable(f"The database {path} cannot be read ({error}).") from error


def newest_entry(connection: DatabaseConnection) -> NewestEntry:
    found = connection.execute(_NEWEST).fetchone()
    return NewestEntry(*found) if found else NewestEntry()


def incompleteness(path: Path, connection: DatabaseConnection) -> str:
    """Return the message about missing entries or a foreign database, or "" if there is neither."""
    expected, position = last_acknowledged(path), newest_entry(connection).position
    if position < expected.position:
        return _missing_text(path, expected.position, position)
    if not expected.id:
        return ""
    found = connection.execute(_AT, (expected.position,)).fetchone()
    if found is not None and found[0] == expected.id:
        return ""
    return _OTHER.format(path=path, position=expected.position)


def lost_text(path: Path) -> str:
    """Return the message about a database that has disappeared, or "" if it had no entries."""
    expected = last_acknowledged(path).position
    return _missing_text(path, expected, 0) if expected else ""


def _missing_text(path: Path, expected: int, position: int) -> str:
    backup = last_backup(path)
    known = (
        "There is no known backup"
        if backup is None
        else f"The last backup is {backup.file}, from {backup.at:%Y-%m-%d %H:%M} UTC, with "
        f"{backup.entries} entries"
    )
    return _MISSING.format(path=path, position=position, expected=expected, known=known)


_NEWEST = "SELECT position, id FROM entry ORDER BY position DESC LIMIT 1"
_AT = "SELECT id FROM entry WHERE position = ?"
_MISSING = (
    "Acknowledged entries are missing from the database {path}: it ends at position {position}, "
    "but the last acknowledged entry had position {expected}. Its log (-wal) was deleted after a "
    "crash, or an older copy was put in its place. {known}. Put the missing file back, or restore "
    "the backup; to continue without these entries, run `relais accept-missing`."
)
_OTHER = (
    "{path} is not the database whose entries were acknowledged here: its entry at position "
    "{position} is different. It is the database of another installation. Put the right one back; "
    "to continue with this one, run `relais accept-missing`."
)
