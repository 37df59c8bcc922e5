"""Accounts in a real database: one SQLite file per process, emptied for each test.

Opening a new file would take longer than most tests.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import delete

from procedure.io.clock import utc_now
from procedure.io.database.backend import DatabaseConnection
from procedure.io.database.database import Database, open_database
from procedure.io.database.schema import ACCOUNT, EXTERNAL_SIGN_IN, SIGN_IN, WORKSTATION
from procedure.io.sql_accounts import SqlAccounts

_TABLES = (ACCOUNT, SIGN_IN, EXTERNAL_SIGN_IN, WORKSTATION)
_folders: list[Path] = []
_opened: list[Database] = []


@contextmanager
def stores_in(folder: Path) -> Iterator[None]:
    """Keep this process's database in a folder; the first test that needs it opens it."""
    _folders.append(folder)
    try:
        yield
    finally:
        _folders.clear()
        while _opened:
            _opened.pop().close()


def empty_accounts() -> SqlAccounts:
    """Return an empty account store; any store returned earlier becomes empty too."""
    if not _opened:
        _opened.append(open_database(f"sqlite:///{_folders[0] / 'relais.sqlite3'}", now=utc_now))
    database = _opened[0]
    statements = [database.backend.compose(delete(table)) for table in _TABLES]

    def work(connection: DatabaseConnection) -> None:
        for statement in statements:
            connection.execute(statement, {})

    database.writer.submit(work).result()
    return database.accounts
