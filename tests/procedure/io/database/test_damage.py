"""Once its database is damaged, a server stops acknowledging entries and logs the reason."""

import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from procedure.circulation.transactions import Loan
from procedure.errors import JournalDamaged, JournalUnwritable
from procedure.io.database.database import Database, open_database
from tests.procedure.io.conftest import START, Clock

PATRON, ITEM = "2070000001", "1000000"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "relais.sqlite3"


@pytest.fixture
def server(path: Path, clock: Clock) -> Iterator[Database]:
    with open_database(f"sqlite:///{path}", role="server", now=clock) as opened:
        opened.journal.append(*(loan(number) for number in range(1, 200)))
        yield opened


def loan(number: int) -> Loan:
    return Loan(id=UUID(int=number), at=START, desk="CMU", patron=PATRON, item=ITEM)


def damage(path: Path, start: int = 0) -> None:
    """Write SQLite's log into the database file, then overwrite that file from byte `start` on."""
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute("PRAGMA wal_checkpoint")
    other.close()
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(start)
        file.write(b"\xa5" * (size - start))


def test_damage_found_while_reading_forbids_writing(
    server: Database, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    damage(path, start=4096)
    server.backend.engine.dispose()
    with pytest.raises(JournalDamaged, match=r"^The database is damaged: "):
        server.journal.since()
    for number in range(500, 503):
        with pytest.raises(JournalDamaged):
            server.journal.append(loan(number))
    assert isinstance(server.backend.guard.find_fault(), JournalDamaged)
    reason = "The database is damaged: keep a copy of it and restore a backup."
    assert caplog.messages == [
        f"{reason} Nothing will be acknowledged until the server is restarted.",
        *[f"The database refused writes (1): {reason}"] * 3,
    ]
    assert PATRON not in caplog.text
    assert ITEM not in caplog.text


def test_damage_found_while_writing_forbids_writing(
    server: Database, caplog: pytest.LogCaptureFixture
) -> None:
    def damaged(_: object) -> None:
        error = sqlite3.DatabaseError("database disk image is malformed")
        error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise error

    with pytest.raises(JournalDamaged):
        server.writer.submit(damaged).result(10)
    with pytest.raises(JournalDamaged):
        server.journal.append(loan(500))
    assert server.journal.position() == 199
    assert "Nothing will be acknowledged until the server is restarted." in caplog.text


@pytest.mark.parametrize(
    ("code", "lasts"),
    [
        (sqlite3.SQLITE_CORRUPT, True),
        (sqlite3.SQLITE_NOTADB, True),
        (sqlite3.SQLITE_IOERR_FSYNC, True),
        (sqlite3.SQLITE_FULL, False),
        (sqlite3.SQLITE_BUSY, False),
    ],
)
def test_passing_fault_does_not_forbid_writing(server: Database, code: int, lasts: bool) -> None:
    def failing(_: object) -> None:
        error = sqlite3.OperationalError("it failed")
        error.sqlite_errorcode = code
        raise error

    with pytest.raises(JournalUnwritable):
        server.writer.submit(failing).result(10)
    assert (server.backend.guard.find_fault() is not None) == lasts


def test_refused_write_is_logged_without_its_content(
    server: Database, caplog: pytest.LogCaptureFixture
) -> None:
    def failing(_: object) -> None:
        raise ValueError(f"patron {PATRON}")

    with pytest.raises(ValueError, match=PATRON):
        server.writer.submit(failing).result(10)
    entries = [message for message in caplog.messages if "refused writes" in message]
    assert entries == ["The database refused writes (1): ValueError"]


def test_traceback_of_a_query_has_no_parameters(server: Database) -> None:
    with pytest.raises(JournalUnwritable) as refusal, server.backend.reading() as connection:
        connection.exec_driver_sql("SELECT * FROM no_such_table WHERE id = ?", (PATRON,))
    assert PATRON not in str(refusal.value.__cause__)
