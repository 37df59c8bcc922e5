"""Several processes write to one PostgreSQL database."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from threading import Semaphore
from time import sleep
from uuid import UUID

import psycopg
import pytest

from procedure.circulation.transactions import Loan
from procedure.errors import TransactionEnded
from procedure.io.database import postgres
from procedure.io.database.backend import DatabaseConnection
from procedure.io.database.database import Database, open_database
from procedure.outages.outage_entries import OutageDeclared

AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
Clock = Callable[[], datetime]


def loan(number: int) -> Loan:
    return Loan(id=UUID(int=number), at=AT, desk="CMU", patron="SLSP-000123456", item="0UBU0536413")


def count_one(connection: DatabaseConnection) -> None:
    """Add one to a number, slowly enough for another process to do so at the same time."""
    (number,) = connection.execute("SELECT number FROM tally").fetchone()
    sleep(0.001)
    connection.execute("UPDATE tally SET number = %s", (number + 1,))


def test_only_one_process_writes_at_a_time(postgres_url: str, clock: Clock) -> None:
    with (
        open_database(postgres_url, now=clock) as first,
        open_database(postgres_url, now=clock) as second,
    ):
        first.writer.submit(lambda c: c.execute("CREATE TABLE tally (number INTEGER)")).result()
        first.writer.submit(lambda c: c.execute("INSERT INTO tally VALUES (0)")).result()
        done = [each.writer.submit(count_one) for _ in range(50) for each in (first, second)]
        assert [future.exception() for future in done] == [None] * 100
        total = first.writer.submit(lambda c: c.execute("SELECT number FROM tally").fetchone())
        assert total.result() == (100,)


class Hang:
    """Work whose first `times` runs hang until `resumed` is released."""

    def __init__(self, times: int) -> None:
        self.times, self.begun, self.resumed = times, Semaphore(0), Semaphore(0)

    def __call__(self, connection: DatabaseConnection) -> None:
        if self.times:
            self.times -= 1
            self.begun.release()
            self.resumed.acquire(timeout=60)
        connection.execute("SELECT 1")


@pytest.fixture
def pair(
    postgres_url: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Database, Database]]:
    """Open a database twice, like two processes; a hanging transaction is ended after a second."""
    monkeypatch.setattr(postgres, "HANGS_AFTER", 1)
    with (
        open_database(postgres_url, now=clock) as hanging,
        open_database(postgres_url, now=clock) as other,
    ):
        yield hanging, other


def test_transaction_that_hangs_once_neither_blocks_others_nor_fails(
    pair: tuple[Database, Database],
) -> None:
    hanging, other = pair
    hang = Hang(1)
    ended = hanging.writer.submit(hang)
    assert hang.begun.acquire(timeout=60)
    assert other.journal.append(loan(1))[0].entry == loan(1)
    queued = hanging.journal.submit(loan(2), loan(1))
    hang.resumed.release()
    assert ended.result(timeout=60) is None
    assert [recorded.entry for recorded in queued.result(timeout=60)] == [loan(2), loan(1)]
    assert [recorded.entry for recorded in other.journal.since()] == [loan(1), loan(2)]


def test_transaction_that_hangs_again_gets_an_error(
    pair: tuple[Database, Database],
) -> None:
    hanging, other = pair
    hang = Hang(2)
    ended = hanging.writer.submit(hang)
    for number in (1, 2):
        assert hang.begun.acquire(timeout=60)
        other.journal.append(loan(number))
        hang.resumed.release()
    with pytest.raises(TransactionEnded, match=r"^The database server ended a transaction"):
        ended.result(timeout=60)
    hanging.journal.append(loan(3))
    assert [recorded.entry for recorded in other.journal.since()] == [loan(1), loan(2), loan(3)]


def test_announcement_comes_once_after_the_commit(postgres_url: str, clock: Clock) -> None:
    declared = OutageDeclared(id=UUID(int=9), at=AT, title="Alma", begun=AT)
    libpq = postgres_url.replace("postgresql+psycopg", "postgresql")
    with (
        open_database(postgres_url, now=clock) as database,
        psycopg.connect(libpq, autocommit=True) as listening,
    ):
        listening.execute(f"LISTEN {postgres.CHANNEL}")
        database.journal.append(loan(1))
        assert list(listening.notifies(timeout=0.2)) == []
        database.journal.append(declared)
        assert len(list(listening.notifies(timeout=60, stop_after=1))) == 1
        assert [recorded.entry for recorded in database.journal.since(1)] == [declared]
