"""One job, visible on all pages, writes Alma's files, even if the page that started it closes."""

from datetime import timedelta
from uuid import UUID

import pytest

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.reconciliation.ledger import ReconciliationLedger
from dashboard.reconciliation.offline_files import OfflineFiles
from dashboard.reconciliation.offline_files_view import OfflineFilesView
from dashboard.reconciliation.reconciliation import ReconciliationProgress
from dashboard.translations import language
from procedure.circulation.transactions import Loan
from procedure.errors import JournalUnwritable, TransactionRefused
from procedure.journal import Entry, Newest, Recorded
from tests.support.context import make_context
from tests.support.memory import MemoryJournal

DESKS = ("MAIL", "CMU")
BUSY, BUTTON = "The files are being written", 'data-act="write"'


class FullJournal(MemoryJournal):
    """A journal on a disk that may be full."""

    full = False

    def append(self, *entries: Entry, unless_newer: Newest | None = None) -> tuple[Recorded, ...]:
        if self.full:
            raise JournalUnwritable("disk full")
        return super().append(*entries, unless_newer=unless_newer)


@pytest.fixture
def journal(context: AppContext) -> FullJournal:
    """A journal with two loans at each of two desks."""
    at = context.clock.now() - timedelta(hours=1)
    loans = (
        Loan(id=UUID(int=n + 1), at=at, desk=DESKS[n % 2], patron="2071234567", item=f"1060000{n}")
        for n in range(4)
    )
    return FullJournal(context.clock.now, *loans)


@pytest.fixture
def ledger(context: AppContext, journal: FullJournal) -> ReconciliationLedger:
    return ReconciliationLedger(
        make_context(context.clock, context.handbook.current, journal=journal)
    )


async def opened(ledger: ReconciliationLedger) -> ReconciliationProgress:
    progress = ReconciliationProgress(ledger=ledger, session=Session())
    await progress.show_all()
    progress.go("send")
    return progress


def loans_in_files(context: AppContext) -> list[tuple[str, int]]:
    context.folds.update()
    return sorted((export.desk, len(export.loans)) for export in context.folds.loan_log.exports)


async def test_second_press_while_files_are_written_is_refused(
    ledger: ReconciliationLedger,
) -> None:
    here, there = await opened(ledger), await opened(ledger)
    files = OfflineFiles(progress=here)
    pages = [
        OfflineFilesView(progress=progress, language=language("en")).__panel__()
        for progress in (here, there)
    ]
    assert [BUTTON in page.html for page in pages] == [True, True]
    files.write()
    for press in (files.write, OfflineFiles(progress=there).write):
        with pytest.raises(TransactionRefused, match="Files are being written"):
            press()
    there.updates.refresh()
    there.update()
    assert [(BUSY in page.html, BUTTON in page.html) for page in pages] == [(True, False)] * 2
    await ledger.writing.over()
    assert loans_in_files(ledger.context) == [("CMU", 2), ("MAIL", 2)]
    assert [(file.desk, len(file.loans)) for file in files.written] == [("MAIL", 2), ("CMU", 2)]
    for progress in (here, there):
        await progress.show_all()
    assert [(BUSY in page.html, BUTTON in page.html) for page in pages] == [(False, False)] * 2
    files.write()
    await ledger.writing.over()
    assert files.written == ()
    assert loans_in_files(ledger.context) == [("CMU", 2), ("MAIL", 2)]


async def test_loan_made_while_files_are_written_goes_into_the_next(
    ledger: ReconciliationLedger,
) -> None:
    files, context = OfflineFiles(progress=await opened(ledger)), ledger.context
    files.write()
    late = Loan(
        id=UUID(int=9), at=context.clock.now(), desk="MAIL", patron="2071234567", item="106009"
    )
    context.store.journal.append(late)
    await ledger.writing.over()
    files.write()
    await ledger.writing.over()
    context.folds.update()
    exported = [loan for export in context.folds.loan_log.exports for loan in export.loans]
    assert sorted(exported) == [UUID(int=n) for n in (1, 2, 3, 4, 9)]


async def test_unrecordable_files_are_not_written_and_the_page_says_so(
    ledger: ReconciliationLedger, journal: FullJournal
) -> None:
    progress = await opened(ledger)
    page = OfflineFilesView(progress=progress, language=language("en")).__panel__()
    journal.full = True
    OfflineFiles(progress=progress).write()
    await ledger.writing.over()
    progress.update()
    assert "The server cannot write." in page.html
    assert BUTTON in page.html
    assert loans_in_files(ledger.context) == []
