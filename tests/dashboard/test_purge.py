"""Pages, retries and files work after a purge on a running server."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from dashboard.core.context import AppContext
from dashboard.reconciliation.ledger import ReconciliationLedger
from dashboard.upkeep.repeated_tasks import forget_purged, purge as purge_in_background
from procedure.circulation.circulation_log import CirculationLog
from procedure.circulation.pseudonyms import is_pseudonym
from procedure.circulation.settlements import SettledByHand
from procedure.circulation.transactions import Export
from procedure.errors import OfflineFileError
from procedure.io.database.database import Database, open_database
from procedure.io.purging.purge import purge
from procedure.reconciliation.journal_entries import FileUploaded, LoanVerified, Verification
from procedure.reconciliation.offline_file_export import rewritten
from tests.dashboard.loans.transactions.test_intake import scan
from tests.support.clock import NOON, Clock
from tests.support.context import with_store
from tests.support.intake import Desk, answer


@pytest.fixture
def database(tmp_path: Path, clock: Clock) -> Iterator[Database]:
    with open_database(f"sqlite:///{tmp_path / 'r.sqlite3'}", role="server", now=clock) as opened:
        yield opened


@pytest.fixture
def context(
    context: AppContext, database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> AppContext:
    """A context with a database that keeps identifiers for thirty days."""

    def purge_now() -> None:
        purge(database, keep=timedelta(days=30), now=clock, new_id=uuid4)

    context = with_store(context, journal=database.journal)
    monkeypatch.setattr(context.store, "purge", purge_now)
    return context


def take(desk: Desk, *messages: object) -> list[dict[str, Any]]:
    return desk.begin(*messages).result(60)


def settle(context: AppContext, number: int) -> None:
    context.store.journal.append(
        SettledByHand(id=uuid4(), at=NOON, loan=UUID(int=number), how="at the desk")
    )


async def purge_later(context: AppContext, clock: Clock) -> None:
    """Let thirty-one days pass, and purge as the server itself does."""
    clock.pass_by(days=31)
    await purge_in_background(context)
    context.folds.update()
    await forget_purged(context)


def shown(ledger: ReconciliationLedger) -> list[str]:
    newest = ledger.current()
    return [] if newest is None else [row.corrected.patron for row in newest.rows]


def test_purged_loan_sent_again_is_acknowledged(context: AppContext, clock: Clock) -> None:
    desk = Desk(context)
    assert take(desk, scan(1, "23010")) == [answer(1)]
    settle(context, 1)
    asyncio.run(purge_later(context, clock))
    assert take(desk, scan(1, "23010")) == [answer(1)]
    loans = [entry for entry in desk.entries if entry.KIND == "loan"]
    assert [is_pseudonym(loan.patron) for loan in loans] == [True]
    # Another loan with the same id is still refused.
    (other,) = take(desk, scan(1, "23020"))
    assert (other["state"], other["reason"]) == ("refused", "other_content")


def test_open_pages_show_the_pseudonym(context: AppContext, clock: Clock) -> None:
    desk = Desk(context)
    take(desk, scan(1, "23010"), scan(2, "23020", patron="2070000001"))
    ledger = ReconciliationLedger(context)
    settle(context, 1)
    assert shown(ledger) == ["SLSP204518377", "2070000001"]
    asyncio.run(purge_later(context, clock))
    for log in (context.folds.loan_log, CirculationLog(context.store.journal.since())):
        first, second = log.loans()
        assert is_pseudonym(first.patron)
        assert second.patron == "2070000001"
    first_patron, second_patron = shown(ledger)
    assert is_pseudonym(first_patron)
    assert second_patron == "2070000001"


async def test_ledger_read_during_a_purge_misses_no_loan(context: AppContext, clock: Clock) -> None:
    desk = Desk(context)
    for number in range(1, 250):
        await desk_takes(desk, scan(number, f"23{number}"))
    settle(context, 1)
    ledger = ReconciliationLedger(context)
    await ledger.up_to_date()
    await purge_later(context, clock)
    reading = asyncio.create_task(ledger.read())
    await asyncio.sleep(0)
    ledger.current()  # each page does this once a second
    await reading
    newest = await ledger.up_to_date()
    assert newest is not None
    assert len(newest.rows) == 249
    assert sum(is_pseudonym(row.loan.patron) for row in newest.rows) == 1


async def desk_takes(desk: Desk, message: Any) -> None:
    await asyncio.wrap_future(desk.begin(message))


def test_purged_loan_is_neither_verified_nor_written_again(
    context: AppContext, clock: Clock
) -> None:
    desk = Desk(context)
    take(desk, scan(1, "2301"))
    loan = UUID(int=1)
    file = Export(id=uuid4(), at=NOON, desk="MAIL", loans=(loan,), name="mail.dat", sha256="0")
    context.store.journal.append(
        file,
        FileUploaded(id=uuid4(), at=NOON, export=file.id),
        LoanVerified(uuid4(), NOON, loan, Verification.IN_ALMA),
    )
    ledger = ReconciliationLedger(context)
    newest = ledger.current()
    assert newest is not None
    assert [row.loan.id for row in newest.rows_to_prove(again=True)] == [loan]
    asyncio.run(purge_later(context, clock))
    newest = ledger.current()
    assert newest is not None
    assert newest.rows_to_prove(again=True) == []
    with pytest.raises(OfflineFileError, match="identifiers of its settled loans were deleted"):
        rewritten(ledger.reconciled.log, file)
