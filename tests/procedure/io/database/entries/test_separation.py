"""The migration that moves the personal fields of an older database to a table of their own."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from procedure.io.database.database import open_database
from procedure.io.database.schema import MIGRATIONS, migrate


def test_migrate_separates_entries_and_keeps_damaged_ones(tmp_path: Path) -> None:
    path = tmp_path / "relais.sqlite3"
    with open_database(f"sqlite:///{path}", now=_now) as database:
        dialect = database.backend.engine.dialect
    old = tmp_path / "old.sqlite3"
    with closing(sqlite3.connect(old, isolation_level=None)) as connection:
        migrate(connection, dialect, MIGRATIONS[:7])
        connection.executemany(
            "insert into entry (id, kind, at, recorded_at, body) values (?, ?, '', '', ?)",
            [
                ("a", "loan", '{"id":"a","patron":"P-1","later":[1.50]}'),
                ("b", "loan", '{"id":"b","patron":'),
                ("c", "corrected", '{"id":"c"}'),
                ("d", "user_seen", '{"id":"d","identifier":"P-2","user":null}'),
                ("e", "return", '{"id":"e","patron":"of another kind"}'),
            ],
        )
    with open_database(f"sqlite:///{old}", now=_now):
        pass
    with closing(sqlite3.connect(old)) as connection:
        entries = connection.execute("select position, body from entry").fetchall()
        personal = connection.execute("select position, body from personal").fetchall()
    assert entries == [
        (1, '{"id":"a","later":[1.50]}'),
        (2, '{"id":"b","patron":'),
        (3, '{"id":"c"}'),
        (4, '{"id":"d"}'),
        (5, '{"id":"e","patron":"of another kind"}'),
    ]
    assert personal == [(1, '{"patron":"P-1"}'), (4, '{"identifier":"P-2","user":null}')]


def _now() -> datetime:
    return datetime(2026, 11, 24, tzinfo=UTC)
