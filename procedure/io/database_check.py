"""Checks whether a SQLite database file is intact and writable, for `relais doctor`."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import make_url

from procedure.errors import JournalDamaged, JournalUnwritable


def check_database_file(url: str) -> None:
    """Check an existing SQLite database, reading the whole file; skip a PostgreSQL database.

    Raises:
        JournalDamaged: SQLite finds a fault in the file, or cannot read it.
        JournalUnwritable: this user cannot write to the file or create files next to it.
    """
    name = make_url(url).database
    if not url.startswith("sqlite") or not name:
        return
    path = Path(name)
    for needed in (path, path.resolve().parent):
        if not os.access(needed, os.W_OK):
            raise JournalUnwritable(
                f"{needed} is not writable by this user: run this as the server's user, or "
                "give this user write permission."
            )
    if fault := _damage(path):
        raise JournalDamaged(
            f"The database {path} is damaged ({fault}): stop the server, keep a copy of the file, "
            "then restore the last backup with `relais restore`."
        )


def _damage(path: Path) -> str:
    """Return the first fault that SQLite finds, or an empty string."""
    uri = f"{path.resolve().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            result = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        return str(error)
    return "" if result == "ok" else result.splitlines()[-1]
