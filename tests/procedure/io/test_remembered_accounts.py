"""Sign-ins are remembered while the database cannot be read or written."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from procedure.access.accounts import Account, EnrolledWorkstation, ExternalSignIn, SignIn
from procedure.access.roles import Role
from procedure.errors import JournalDamaged, JournalUnwritable
from procedure.io.database.database import Database, open_database
from procedure.io.remembered_accounts import PAUSE, READ_EVERY, RememberedAccounts
from tests.support.clock import Clock
from tests.support.postgres import postgres_cluster

NOW = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=12)
ANNE = Account("anne", Role.STAFF, "hash-1", NOW)
DESK = EnrolledWorkstation("Poste 3", "MAIL", "bea", NOW)
EXTERNAL = ExternalSignIn("bea@example.org", ("staff",), LATER)
SIGNED_IN = SignIn("anne", Role.STAFF, LATER)


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "relais.sqlite3"


@pytest.fixture
def database(file: Path, clock: Clock) -> Iterator[Database]:
    with open_database(f"sqlite:///{file}", role="server", now=clock) as opened:
        yield opened


@pytest.fixture
def accounts(database: Database, clock: Clock) -> RememberedAccounts:
    made = RememberedAccounts(database.backend, database.writer, clock)
    made.add(ANNE)
    made.begin("digest", "anne", LATER, now=NOW)
    made.begin_external("external", EXTERNAL, now=NOW)
    made.enrol("token", DESK)
    return made


def test_accounts_are_known_while_the_database_server_is_down(clock: Clock) -> None:
    with postgres_cluster(durable=True) as server:
        url = server.create_database()
        with open_database(url, role="server", now=clock) as database:
            accounts = RememberedAccounts(database.backend, database.writer, clock)
            accounts.add(ANNE)
            accounts.begin("digest", "anne", LATER, now=NOW)
            accounts.begin_external("external", EXTERNAL, now=NOW)
            accounts.enrol("token", DESK)
            server.kill()
            assert accounts.all() == (ANNE,)
            assert accounts.find("anne") == ANNE
            assert accounts.signed_in("digest", NOW) == SIGNED_IN
            assert accounts.signed_in("other", NOW) is None
            assert accounts.external("external", NOW) == EXTERNAL
            assert accounts.workstation("token") == DESK
            assert accounts.workstations() == (DESK,)
            # Two sessions begin, and another session ends.
            accounts.begin("new", "anne", LATER, now=NOW)
            accounts.begin_external("new external", EXTERNAL, now=NOW)
            accounts.end("digest")
            for _ in range(2):
                assert accounts.signed_in("new", NOW) == SIGNED_IN
                assert accounts.external("new external", NOW) == EXTERNAL
                assert accounts.signed_in("digest", NOW) is None
                server.start() if server.process is None else None
                clock.at += READ_EVERY + PAUSE
            assert database.accounts.signed_in("digest", NOW) is None
            # A new password also ends sessions that were never stored.
            accounts.change("anne", password_hash="hash-2")
            assert accounts.signed_in("new", NOW) is None
            server.kill()
            with pytest.raises(JournalUnwritable):
                accounts.change("anne", password_hash="hash-3")
            assert accounts.find("anne") == replace(ANNE, password_hash="hash-2")


def test_sign_in_works_while_the_database_is_locked(
    accounts: RememberedAccounts, file: Path
) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        accounts.begin("new", "anne", LATER, now=NOW)
        assert accounts.signed_in("new", NOW) == SIGNED_IN
        assert accounts.signed_in("new", LATER) is None
        accounts.end("new")
        assert accounts.signed_in("new", NOW) is None
        other.execute("ROLLBACK")


def test_changes_of_another_process_apply_at_once_while_readable(
    accounts: RememberedAccounts, file: Path, clock: Clock
) -> None:
    with open_database(f"sqlite:///{file}", now=clock) as shell:
        shell.accounts.remove("anne")
    assert accounts.find("anne") is None
    assert accounts.signed_in("digest", NOW) is None


def test_snapshot_is_at_most_a_minute_old(
    accounts: RememberedAccounts, file: Path, clock: Clock, database: Database
) -> None:
    with open_database(f"sqlite:///{file}", now=clock) as shell:
        shell.accounts.revoke(DESK.name)
        shell.accounts.remove("anne")
    clock.at += READ_EVERY
    assert accounts.workstation("token") is None
    moved = file.rename(file.with_name("moved"))
    database.backend.engine.dispose()  # so that the next read opens the file
    assert (accounts.find("anne"), accounts.workstations()) == (None, ())
    moved.rename(file)


def test_damaged_account_tables_are_reported_at_startup(
    file: Path, clock: Clock, accounts: RememberedAccounts, database: Database
) -> None:
    database.close()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        roots = "SELECT rootpage FROM sqlite_master WHERE name = 'account'"
        (page,) = connection.execute(roots).fetchone()
    with file.open("r+b") as opened:
        opened.seek((page - 1) * size)
        opened.write(b"\xff" * size)
    with (
        open_database(f"sqlite:///{file}", role="server", now=clock) as again,
        pytest.raises(JournalDamaged, match=r"^The database is damaged: keep a copy of it"),
    ):
        RememberedAccounts(again.backend, again.writer, clock)
