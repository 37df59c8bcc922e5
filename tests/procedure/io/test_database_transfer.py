"""A SQLite database is copied to PostgreSQL whole and unchanged, or not at all."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pandas as pd
import pytest
from sqlalchemy import create_engine, inspect

from procedure import open_records
from procedure.access.accounts import Account, EnrolledWorkstation, ExternalSignIn
from procedure.access.roles import Role
from procedure.circulation.transactions import Loan
from procedure.errors import JournalUnwritable, TransferRefused
from procedure.io.database.database import Database, open_database
from procedure.io.database_transfer import transfer
from tests.procedure.records.recorded import UNTIL, fill

NOW = datetime(2026, 11, 24, 11, tzinfo=UTC)


def silent(_done: int, _total: int) -> None:
    pass


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A database of a recorded day, with an account, sign-ins, a workstation and a note."""
    path = tmp_path / "data" / "relais.sqlite3"
    with open_database(f"sqlite:///{path}", now=lambda: UNTIL) as database:
        fill(database)
        database.accounts.add(Account("zoé", Role.STAFF, "hash", NOW))
        database.accounts.begin("digest-1", "zoé", NOW + timedelta(hours=1), now=NOW)
        given = ExternalSignIn("zoé@example.org", ("a, b", "\\N\t\n\\"), NOW)
        database.accounts.begin_external("digest-2", given, now=NOW - timedelta(hours=1))
        database.accounts.enrol("digest-3", EnrolledWorkstation("pret-2", "MAIL", "zoé", NOW))
        database.notes.write(UUID(int=900), "Mme Rochat, « doctorante » \t\\N").result()
    return path


def everything(database: Database) -> tuple[object, ...]:
    accounts = database.accounts
    return (
        list(database.journal.since()),
        list(database.history.outcomes(since=NOW - timedelta(days=400))),
        accounts.all(),
        accounts.signed_in("digest-1", NOW),
        accounts.external("digest-2", NOW - timedelta(hours=1)),
        accounts.workstations(),
        dict(database.notes.read()),
    )


def test_transfer_copies_everything_and_leaves_the_source(source: Path, postgres_url: str) -> None:
    before = source.read_bytes()
    steps: list[tuple[int, int]] = []
    tables = transfer(source, postgres_url, on_progress=lambda *step: steps.append(step))
    assert source.read_bytes() == before
    assert steps[-1] == (2 * sum(table.rows for table in tables),) * 2
    urls = (f"sqlite:///{source}", postgres_url)
    here, there = (_read(url, everything) for url in urls)
    assert here == there
    frames = [_read_frames(url) for url in urls]
    assert all(frame.equals(other) for frame, other in zip(*frames, strict=True))


def _read_frames(url: str) -> tuple[pd.DataFrame, ...]:
    with open_records(url, until=UNTIL, key=b"k") as records:
        return records.availability(None), records.loans, records.reconciliation


def _read(url: str, what: Callable[[Database], object]) -> object:
    with open_database(url, now=lambda: NOW) as database:
        return what(database)


def test_transfer_continues_positions(source: Path, postgres_url: str) -> None:
    """No position is assigned twice, even after the entry at the last position was deleted."""
    with open_database(f"sqlite:///{source}", now=lambda: NOW) as database:
        database.journal.append(
            Loan(id=UUID(int=990), at=NOW, desk="CMU", patron="2060000017", item="1060000099")
        )
        last = database.journal.position()
        gone = "DELETE FROM entry WHERE position = ?"
        database.writer.submit(lambda connection: connection.execute(gone, (last,))).result()
    transfer(source, postgres_url, on_progress=silent)
    with open_database(postgres_url, now=lambda: NOW) as database:
        assert database.journal.position() == last - 1
        loan = Loan(id=UUID(int=991), at=NOW, desk="CMU", patron="2060000017", item="1060000098")
        assert [recorded.position for recorded in database.journal.append(loan)] == [last + 1]


def test_transfer_refuses_a_target_that_is_not_empty(source: Path, postgres_url: str) -> None:
    with open_database(postgres_url, now=lambda: NOW) as database:
        database.journal.append(
            Loan(id=UUID(int=1), at=NOW, desk="CMU", patron="2060000017", item="1060000042")
        )
    with pytest.raises(TransferRefused, match="already contains something"):
        transfer(source, postgres_url, on_progress=silent)
    with open_database(postgres_url, now=lambda: NOW) as database:
        assert database.journal.position() == 1


def test_transfer_refuses_the_database_of_a_running_server(source: Path, postgres_url: str) -> None:
    with (
        open_database(f"sqlite:///{source}", role="server", now=lambda: NOW),
        pytest.raises(TransferRefused, match="stop it first"),
    ):
        transfer(source, postgres_url, on_progress=silent)
    assert tables_at(postgres_url) == []


def test_transfer_names_a_text_that_postgresql_cannot_store(
    source: Path, postgres_url: str
) -> None:
    with open_database(f"sqlite:///{source}", now=lambda: NOW) as database:
        database.notes.write(UUID(int=901), "a\x00b").result()
    with pytest.raises(JournalUnwritable, match="cannot store this text"):
        transfer(source, postgres_url, on_progress=silent)
    assert tables_at(postgres_url) == []


class Interrupted(Exception):
    """Stops a copy halfway through."""


def test_interrupted_transfer_leaves_nothing(source: Path, postgres_url: str) -> None:
    def interrupt(done: int, _total: int) -> None:
        if done > 2000:
            raise Interrupted

    with pytest.raises(Interrupted):
        transfer(source, postgres_url, on_progress=interrupt)
    assert tables_at(postgres_url) == []
    transfer(source, postgres_url, on_progress=silent)


def test_transfer_notices_a_differing_row(source: Path, postgres_url: str) -> None:
    """A trigger on the server changes the text of a note, so nothing is copied."""
    engine = create_engine(postgres_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE SCHEMA tampered")
        connection.exec_driver_sql(
            "CREATE FUNCTION tampered.change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN NEW.text := upper(NEW.text); RETURN NEW; END $$"
        )
        connection.exec_driver_sql(
            "CREATE FUNCTION tampered.watch() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN "
            "IF to_regclass('note') IS NOT NULL AND NOT EXISTS (SELECT FROM pg_trigger "
            "WHERE tgname = 'tampering') THEN CREATE TRIGGER tampering BEFORE INSERT ON note "
            "FOR EACH ROW EXECUTE FUNCTION tampered.change(); END IF; END $$"
        )
        connection.exec_driver_sql(
            "CREATE EVENT TRIGGER tampering ON ddl_command_end WHEN TAG IN ('CREATE TABLE') "
            "EXECUTE FUNCTION tampered.watch()"
        )
    engine.dispose()
    with pytest.raises(TransferRefused, match="note differs after copying"):
        transfer(source, postgres_url, on_progress=silent)
    assert tables_at(postgres_url) == []


def tables_at(url: str) -> list[str]:
    engine = create_engine(url)
    try:
        return inspect(engine).get_table_names()
    finally:
        engine.dispose()
