"""The database: versions, roles, refusals, and two processes at once."""

import re
import socket
import sqlite3
import stat
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, Event, Thread
from uuid import UUID

import pytest
from hypothesis import given, strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from procedure.circulation.transactions import Loan
from procedure.errors import (
    JournalError,
    JournalMissing,
    JournalMoved,
    JournalTooNew,
    JournalTooOld,
    JournalUnwritable,
)
from procedure.io.database import postgres, sqlite
from procedure.io.database.database import LOSSY, Database, open_database
from procedure.io.database.schema import MIGRATIONS, migrate, schema_version
from procedure.io.database.sql_journal import instant_text
from procedure.journal import Journal
from procedure.monitoring.model import FailureCause, Outcome, Status
from procedure.monitoring.rollup import CAUSES, STATUSES
from tests.support import make
from tests.support.postgres import postgres_cluster

AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
Clock = Callable[[], datetime]


def loan(number: int) -> Loan:
    return make.loan(number, "0UBU0536413", "SLSP-000123456", at=AT, desk="CMU")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "folder" / "relais.sqlite3"


@pytest.fixture
def database(path: Path, clock: Clock) -> Iterator[Database]:
    with open_database(f"sqlite:///{path}", role="server", now=clock) as opened:
        yield opened


def pragma(database: Database, name: str) -> object:
    return database.writer.submit(lambda c: c.execute(f"PRAGMA {name}").fetchone()[0]).result()


def outside(path: Path, statement: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute(statement)
    connection.close()


# --- times


@given(st.datetimes(timezones=st.timezones()))
def test_instant_text_equals_isoformat_in_utc(at: datetime) -> None:
    try:
        utc = at.astimezone(UTC)
    except OverflowError:  # before the year 1 or after the year 9999 in UTC
        return
    assert instant_text(at) == utc.isoformat(timespec="microseconds")


# --- versions


def test_open_database_creates_the_newest_schema(url: str, clock: Clock) -> None:
    with open_database(url, now=clock) as database:
        result = database.writer.submit(
            lambda c: schema_version(c, database.backend.engine.dialect)
        ).result()
    assert result == len(MIGRATIONS)


def test_open_database_migrates_an_older_database(url: str, clock: Clock) -> None:
    later = (*MIGRATIONS, (text("ALTER TABLE entry ADD COLUMN origin TEXT DEFAULT 'desk'"),))
    with open_database(url, now=clock) as database:
        database.journal.append(loan(1))
        dialect = database.backend.engine.dialect
        database.writer.submit(lambda c: migrate(c, dialect, later)).result()
        read = "SELECT version, id, origin FROM schema_version, entry ORDER BY version"
        rows = database.writer.submit(lambda c: c.execute(read).fetchall()).result()
    assert [tuple(row) for row in rows] == [
        (number, str(UUID(int=1)), "desk") for number in range(1, len(later) + 1)
    ]


def test_open_database_refuses_a_database_of_a_later_version(path: Path, clock: Clock) -> None:
    open_database(f"sqlite:///{path}", now=clock).close()
    outside(path, "INSERT INTO schema_version VALUES (99)")
    with pytest.raises(JournalTooNew) as refusal:
        open_database(f"sqlite:///{path}", now=clock)
    assert str(refusal.value) == (
        f"The database has schema 99; this version of Relais supports up to {len(MIGRATIONS)}. "
        "Install the version that wrote it, or a later one."
    )


# --- read-only


def read(url: str, clock: Clock) -> Database:
    return open_database(url, role="reader", now=clock)


def test_reader_sees_later_commits(url: str, clock: Clock) -> None:
    with open_database(url, now=clock) as database, read(url, clock) as reader:
        database.journal.append(loan(1))
        assert [record.entry for record in reader.journal.since()] == [loan(1)]
        database.journal.append(loan(2))
        assert [record.entry for record in reader.journal.since(1)] == [loan(2)]
        assert list(reader.history.outcomes(since=AT)) == []


def test_reader_refuses_to_write(url: str, clock: Clock) -> None:
    open_database(url, now=clock).close()
    with read(url, clock) as reader:
        with pytest.raises(JournalUnwritable) as refusal:
            reader.journal.append(loan(1))
        assert str(refusal.value) == "The database is open read-only: nothing was written."
        with reader.backend.engine.connect() as connection, pytest.raises(DBAPIError):
            connection.execute(text("DELETE FROM schema_version"))
        assert reader.journal.position() == 0


def test_error_of_a_query_shows_no_parameter(url: str, clock: Clock) -> None:
    with (
        open_database(url, now=clock) as database,
        pytest.raises((JournalError, DBAPIError)) as raised,
        database.backend.reading() as connection,
    ):
        connection.execute(
            text("SELECT 1 FROM nowhere WHERE card = :card"), {"card": loan(1).patron}
        )
    assert loan(1).patron not in "".join(traceback.format_exception(raised.value))


def test_reader_leaves_the_database_file_unchanged(path: Path, clock: Clock) -> None:
    with open_database(f"sqlite:///{path}", now=clock) as database:
        database.journal.append(loan(1))
    before = path.read_bytes()
    with read(f"sqlite:///{path}", clock) as reader:
        assert reader.journal.position() == 1
    assert path.read_bytes() == before
    beside = {file.name.removeprefix(path.name) for file in path.parent.iterdir()}
    assert beside <= {"", "-wal", "-shm", ".state.json"}


def test_reader_creates_no_database_and_names_the_path(path: Path, clock: Clock) -> None:
    with pytest.raises(JournalMissing, match=re.escape(str(path))):
        read(f"sqlite:///{path}", clock)
    assert not path.parent.exists()


def test_reader_migrates_no_older_database(path: Path, clock: Clock) -> None:
    open_database(f"sqlite:///{path}", now=clock).close()
    outside(path, f"DELETE FROM schema_version WHERE version = {len(MIGRATIONS)}")
    before = path.read_bytes()
    with pytest.raises(JournalTooOld) as refusal:
        read(f"sqlite:///{path}", clock)
    assert str(refusal.value) == (
        f"{path} has schema {len(MIGRATIONS) - 1}, but this version of Relais needs schema "
        f"{len(MIGRATIONS)}. Start the server with this version once (relais serve): it brings the "
        "database up to date. Nothing was changed."
    )
    assert path.read_bytes() == before


def test_open_database_works_in_many_threads_at_once(url: str, clock: Clock) -> None:
    barrier, opened = Barrier(3), []

    def come() -> None:
        barrier.wait()
        with open_database(url, now=clock) as database:
            opened.append(database.journal.position())

    threads = [Thread(target=come) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert opened == [0] * 3


def test_entry_of_a_later_version_is_skipped_and_reported(
    database: Database, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    outside(path, "INSERT INTO entry (id, kind, at, recorded_at, body) VALUES (1,'fine','','','')")
    recorded = database.journal.append(loan(1))
    assert tuple(database.journal.since()) == recorded
    assert caplog.messages[-1] == (
        "Entry 1 is of kind 'fine', written by a later version of Relais, and was skipped. "
        "Update Relais to see it."
    )


def test_damaged_entry_is_skipped_without_its_content(
    database: Database, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    database.journal.append(loan(1), loan(2))
    outside(path, """UPDATE entry SET body = '{"id":"SLSP-000123456"}' WHERE position = 1""")
    assert [record.entry for record in database.journal.since()] == [loan(2)]
    assert (
        caplog.messages[-1]
        == "Entry 1 (loan) is damaged and was skipped: keep a copy of the database."
    )


# --- roles


def test_outcome_of_a_later_version_is_left_out(database: Database, path: Path) -> None:
    history, minute = database.history, timedelta(minutes=1)
    known = Outcome("alma", "https://alma", "server", AT, Status.DOWN, FailureCause.DNS)
    later = replace(known, at=AT + minute, cause=FailureCause.TLS)
    history.record([known, later])
    outside(path, "UPDATE word SET text = 'quic' WHERE text = 'tls'")
    assert list(history.outcomes(since=AT)) == [known]
    span = {"since": AT, "until": AT + 2 * minute}
    rows = history.readings("alma", **span).rows
    assert [(status, cause) for _, status, cause, _ in rows] == [
        (STATUSES.index(Status.DOWN), CAUSES.index(FailureCause.DNS)),
        (STATUSES.index(Status.DOWN), -1),
    ]


@pytest.mark.parametrize(("role", "frames"), [("server", 1000), ("visitor", 0)])
def test_only_the_server_checkpoints(
    path: Path, clock: Clock, role: sqlite.Role, frames: int
) -> None:
    with open_database(f"sqlite:///{path}", role=role, now=clock) as database:
        entries = [
            pragma(database, p) for p in ("journal_mode", "synchronous", "wal_autocheckpoint")
        ]
    assert entries == ["wal", 2, frames]


def test_server_extends_its_log_to_full_length_at_startup(database: Database, path: Path) -> None:
    log = Path(f"{path}-wal")
    before = log.stat().st_size
    for number in range(300):
        database.journal.append(loan(number))
    assert before >= sqlite.WARM_FRAMES * 4096
    assert log.stat().st_size == before


def test_reading_connection_cannot_write(database: Database) -> None:
    with (
        pytest.raises(JournalUnwritable, match="read-only"),
        database.backend.reading() as connection,
    ):
        connection.exec_driver_sql("DELETE FROM entry")


def test_database_file_is_private(database: Database, path: Path) -> None:
    files = [path, Path(f"{path}-wal")]
    assert [stat.S_IMODE(file.stat().st_mode) for file in files] == [0o600, 0o600]


# --- refusals


def test_open_database_refuses_an_in_memory_database(clock: Clock) -> None:
    for url in ("sqlite://", "sqlite:///:memory:"):
        with pytest.raises(JournalUnwritable, match=r"^An in-memory database would lose every"):
            open_database(url, now=clock)


def test_open_database_names_a_folder_that_cannot_be_created(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "file").write_text("")
    where = tmp_path / "file" / "folder" / "relais.sqlite3"
    with pytest.raises(JournalUnwritable) as refusal:
        open_database(f"sqlite:///{where}", now=clock)
    assert str(refusal.value) == (
        f"The database {where} cannot be written to (Not a directory): "
        "check its folder and permissions, or name another in RELAIS_DATABASE_URL."
    )


def test_open_database_refuses_another_kind_of_file(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "letter.doc").write_bytes(b"Dear library, " * 200)
    with pytest.raises(JournalUnwritable, match=r"^This file is not a Relais database"):
        open_database(f"sqlite:///{tmp_path / 'letter.doc'}", now=clock)


def test_full_disk_loses_nothing_acknowledged(database: Database) -> None:
    recorded = database.journal.append(loan(1))
    pages = pragma(database, "page_count")
    pragma(database, f"max_page_count = {pages}")
    refusal = None
    while refusal is None:
        future = database.journal.submit(loan(len(recorded) + 1))
        refusal = future.exception()
        recorded += () if refusal else future.result()
    assert str(refusal) == "The database's disk is full: free some space, then try again."
    pragma(database, "max_page_count = 1000000")
    recorded += database.journal.append(loan(len(recorded) + 1))
    assert tuple(database.journal.since()) == recorded


def test_locked_database_is_reported(database: Database, path: Path) -> None:
    pragma(database, "busy_timeout = 10")
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(
        JournalUnwritable, match=r"^Another program has locked the database: close that program"
    ):
        database.journal.append(loan(1))
    holder.execute("ROLLBACK")
    holder.close()
    assert [recorded.entry for recorded in database.journal.append(loan(1))] == [loan(1)]


def test_closed_database_refuses_writing(path: Path, clock: Clock) -> None:
    database = open_database(f"sqlite:///{path}", now=clock)
    database.close()
    database.close()
    with pytest.raises(JournalUnwritable, match="was closed"):
        database.journal.append(loan(1))


def test_naive_instant_is_refused(database: Database) -> None:
    naive = make.loan(1, "2", "1", at=datetime(2026, 11, 24, 9), desk="CMU")  # noqa: DTZ001
    with pytest.raises(ValueError, match="without a time zone"):
        database.journal.append(naive)


def test_failed_work_does_not_affect_the_rest_of_its_batch(database: Database) -> None:
    gate = Event()
    holder = database.writer.submit(lambda _: gate.wait())
    futures = [database.journal.submit(loan(1))]
    futures += [database.writer.submit(lambda c: c.execute("INSERT INTO no_such_table"))]
    futures += [database.journal.submit(loan(2))]
    gate.set()
    assert holder.result()
    assert [type(future.exception()) for future in futures] == [
        type(None),
        JournalUnwritable,
        type(None),
    ]
    assert [record.entry for record in database.journal.since()] == [loan(1), loan(2)]


# --- two processes


@pytest.fixture
def both(url: str, clock: Clock) -> Iterator[tuple[Journal, Journal]]:
    """The journal of one database, as opened by the server and by a command."""
    with (
        open_database(url, role="server", now=clock) as server,
        open_database(url, now=clock) as visitor,
    ):
        yield server.journal, visitor.journal


def test_entry_of_one_process_is_seen_by_another(both: tuple[Journal, Journal]) -> None:
    server, visitor = both
    result = (*visitor.append(loan(1)), *server.append(loan(2)))
    assert tuple(server.since()) == tuple(visitor.since()) == result


def test_one_of_two_exports_at_the_same_position_is_refused(both: tuple[Journal, Journal]) -> None:
    for turn in range(20):
        place = both[0].append(loan(1000 + turn))[0].position
        barrier, results = Barrier(2), []

        def export(journal: Journal, number: int) -> None:
            barrier.wait()  # noqa: B023
            entry = make.export(number, at=AT, desk="CMU", name="a.dat", sha256="")
            try:
                results.append(journal.append(entry, unless_newer=(("export",), place)))  # noqa: B023
            except JournalMoved as moved:
                results.append(moved)  # noqa: B023

        threads = [
            Thread(target=export, args=(journal, 2 * turn + n + 1))
            for n, journal in enumerate(both)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(type(result).__name__ for result in results) == ["JournalMoved", "tuple"]


def test_positions_are_seen_in_order_across_processes(
    both: tuple[Journal, Journal],
) -> None:
    seen = []

    def lend(journal: Journal, start: int) -> None:
        for number in range(start, start + 40):
            journal.append(loan(number))

    threads = [Thread(target=lend, args=(j, 100 * (n + 1))) for n, j in enumerate(both)]
    for thread in threads:
        thread.start()
    # The pause lets the writers run; the assertion does not depend on its length.
    while not Event().wait(0.001) and len(seen) < 80:
        seen += both[1].since(seen[-1].position if seen else 0)
    for thread in threads:
        thread.join()
    assert seen == list(both[0].since())


def test_open_database_reports_an_absent_server(clock: Clock) -> None:
    with pytest.raises(JournalUnwritable, match=r"^The database server is not responding: check"):
        open_database("postgresql://nobody@127.0.0.1:1/none", now=clock)


def test_open_database_reports_a_silent_server(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "CONNECT_TIMEOUT", 2)
    # The server accepts the connection but sends nothing.
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(
            JournalUnwritable, match=r"^The database server is not responding: check"
        ):
            open_database(f"postgresql://nobody@127.0.0.1:{port}/none", now=clock)


def test_cut_connection_is_replaced(postgres_url: str, clock: Clock) -> None:
    with open_database(postgres_url, now=clock) as database:
        with pytest.raises(JournalUnwritable, match=r"^The database server is stopping"):
            database.writer.submit(
                lambda c: c.execute("SELECT pg_terminate_backend(pg_backend_pid())")
            ).result()
        assert [recorded.entry for recorded in database.journal.append(loan(1))] == [loan(1)]


@pytest.mark.parametrize(
    ("setting", "used"), [("off", "on"), ("local", "local"), ("remote_apply", "remote_apply")]
)
def test_commit_waits_for_the_disk_under_any_server_setting(
    postgres_url: str, clock: Clock, setting: str, used: str
) -> None:
    url = f"{postgres_url}&options=-csynchronous_commit%3D{setting}"
    with open_database(url, now=clock) as database:
        shown = database.writer.submit(lambda c: c.execute("SHOW synchronous_commit").fetchone())
        assert shown.result() == (used,)


def test_server_that_does_not_wait_for_its_disk_is_reported(
    postgres_url: str, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    with open_database(postgres_url, role="server", now=clock) as database:
        assert database.lossy_settings() == ("fsync", "full_page_writes")
    warned = [record.getMessage() for record in caplog.records]
    assert warned == [LOSSY.format(settings="fsync and full_page_writes")]


@pytest.mark.long
def test_only_settings_that_are_off_are_reported(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    with postgres_cluster(durable=True) as server:
        url = server.create_database()
        with open_database(url, role="server", now=clock) as database:
            assert database.lossy_settings() == ()
        assert caplog.records == []
        server.stop()
        server.options["full_page_writes"] = "off"
        server.start()
        with open_database(url, role="server", now=clock) as database:
            assert database.lossy_settings() == ("full_page_writes",)


def test_sqlite_has_no_lossy_settings(database: Database) -> None:
    assert database.lossy_settings() == ()
