"""The ledger makes its overview in a thread, and keeps it while the journal cannot be read."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.monitoring.diagnosis import DiagnosisState
from dashboard.monitoring.grid import ProbeGrid
from dashboard.outage.outage import OutageState
from dashboard.reconciliation.ledger import ReconciliationLedger
from dashboard.reconciliation.reconciliation import ReconciliationProgress
from procedure.circulation.settlements import SettledByHand
from procedure.circulation.transactions import Export, Loan, Void
from procedure.errors import JournalUnwritable
from procedure.reconciliation.alma_records import ItemFacts, ItemSeen, PatronFacts, PatronSeen
from procedure.reconciliation.journal_entries import (
    FileUploaded,
    JobReportRecorded,
    LoanVerified,
    Verification,
)
from procedure.reconciliation.overview import ReconciliationOverview
from procedure.reconciliation.reconciled_loan import ReconciliationState
from procedure.reconciliation.stage_counts import StageCounts
from tests.support.clock import Clock

AT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
MANY = 450


def fill(context: AppContext, rows: int = MANY) -> None:
    """Record loans; half are in an uploaded file, and Alma refused the first of these."""
    loans = [
        Loan(id=UUID(int=n + 1), at=AT, desk="MAIL", patron="207", item=f"I{n}", sequence=n)
        for n in range(rows)
    ]
    inside = tuple(loan.id for loan in loans[: rows // 2])
    file = Export(id=UUID(int=10**6), at=AT, desk="MAIL", loans=inside, name="mail.dat", sha256="0")
    refused = ((inside[0], "blocked"),)
    context.store.journal.append(
        *loans,
        file,
        FileUploaded(id=UUID(int=10**6 + 1), at=AT, export=file.id),
        JobReportRecorded(id=UUID(int=10**6 + 2), at=AT, export=file.id, refused=refused),
    )


def ledger_of(context: AppContext) -> ReconciliationLedger:
    return ReconciliationLedger(context)


def states(newest: ReconciliationOverview | None) -> list[tuple[UUID, ReconciliationState]]:
    assert newest is not None
    return [(row.loan.id, row.state) for row in newest.rows]


def test_ledger_in_a_thread_equals_ledger_at_once(
    context: AppContext,
) -> None:
    fill(context)
    threaded, at_once = ledger_of(context), ledger_of(context)

    async def others() -> int:
        making, turns = asyncio.create_task(threaded.up_to_date()), 0
        assert threaded.current() is None
        while not making.done():
            turns += 1
            await asyncio.sleep(0.001)
        return turns

    assert asyncio.run(others()) > 1
    assert states(threaded.current()) == states(at_once.current())


def test_ledger_reads_everything_before_an_act(context: AppContext) -> None:
    fill(context)
    ledger, new = (
        ledger_of(context),
        Loan(id=UUID(int=10**7), at=AT, desk="CMU", patron="208", item="NEW", sequence=MANY),
    )

    async def interrupted() -> None:
        making = asyncio.create_task(ledger.up_to_date())
        await asyncio.sleep(0)
        context.store.journal.append(new)
        ledger.extend()
        assert ledger.reconciled.row(new.id) is not None
        await making

    asyncio.run(interrupted())
    assert states(ledger.current()) == states(ledger_of(context).current())


def test_ledger_recomputes_only_when_asked(context: AppContext) -> None:
    fill(context, rows=3)
    ledger = ledger_of(context)

    async def news() -> tuple[int, int]:
        first = await ledger.up_to_date()
        context.store.journal.append(
            Loan(id=UUID(int=10**7), at=AT, desk="CMU", patron="208", item="NEW")
        )
        for _ in range(20):
            assert ledger.current() is first
            await asyncio.sleep(0.001)
        newest = await ledger.up_to_date()
        assert first is not None
        assert newest is not None
        return len(first.rows), len(newest.rows)

    assert asyncio.run(news()) == (3, 4)


async def test_ledger_keeps_its_overview_while_the_journal_cannot_be_read(
    context: AppContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(context, rows=3)
    ledger = ledger_of(context)
    first = await ledger.up_to_date()
    assert first is not None

    def fail(*_: object, **__: object) -> None:
        raise JournalUnwritable("the disk is gone")

    context.store.journal.append(Loan(id=UUID(int=9), at=AT, desk="CMU", patron="208", item="NEW"))
    with monkeypatch.context() as broken:
        broken.setattr(context.store.journal, "since", fail)
        assert await ledger.up_to_date() is first
        with pytest.raises(JournalUnwritable, match="the disk is gone"):
            await ledger.read()
    newest = await ledger.up_to_date()
    assert newest is not None
    assert len(newest.rows) == 4


def test_ledger_recomputes_when_time_changes_a_forecast(context: AppContext, clock: Clock) -> None:
    user = PatronFacts("u", (("01", "207"),), expires=AT + timedelta(hours=1))
    item = ItemFacts("A", "m", "h", "p")
    context.store.journal.append(
        Loan(id=UUID(int=1), at=AT, desk="MAIL", patron="207", item="A"),
        ItemSeen(UUID(int=2), AT, "A", item),
        PatronSeen(UUID(int=3), AT, "207", user),
    )
    clock.at = AT
    ledger, shown = ledger_of(context), list[ReconciliationOverview | None]()
    for hour in (0, 0, 1, 1):
        clock.at = AT + timedelta(hours=hour)
        shown.append(ledger.current())
    assert [overview and overview.forecast for overview in shown] == [{"ok": 1}] * 2 + [
        {"card_expired": 1}
    ] * 2
    assert shown[0] is shown[1]
    assert shown[2] is shown[3]


def test_progress_has_no_overview_until_the_first_is_made(context: AppContext) -> None:
    fill(context)
    progress = ReconciliationProgress(
        ledger=ReconciliationLedger(context), session=Session(), is_open=False
    )

    async def opened() -> None:
        progress.is_open = True
        assert progress.overview is None
        await progress.show_all()

    asyncio.run(opened())
    assert progress.overview is not None
    assert len(progress.overview.rows) == MANY
    assert progress.overview.counts == StageCounts(on_the_way=MANY - 1, to_settle=1)


def test_progress_without_news_is_the_same_object(context: AppContext) -> None:
    fill(context, rows=3)
    progress = ReconciliationProgress(
        ledger=ReconciliationLedger(context), session=Session(page="reconciliation")
    )
    seen: list[object] = []
    progress.param.watch(seen.append, ["overview", "ticks", "step"])
    progress.update()
    assert seen == []


def test_progress_is_not_computed_on_hidden_pages(context: AppContext) -> None:
    progress = ReconciliationProgress(
        ledger=ReconciliationLedger(context), session=Session(), is_open=False
    )
    fill(context, rows=3)
    progress.updates.refresh()
    assert progress.overview is None
    progress.is_open = True
    assert progress.overview is not None


def test_progress_failure_is_shown_until_the_next_overview(
    context: AppContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(context, rows=3)
    progress = ReconciliationProgress(
        ledger=ReconciliationLedger(context), session=Session(), is_open=False
    )

    async def shown() -> None:
        progress.is_open = True
        with monkeypatch.context() as broken:
            broken.setattr("procedure.reconciliation.overview.overview", lambda *_: 1 / 0)
            await progress.show_all()
        assert [type(error) for error in progress.failures.values()] == [ZeroDivisionError]
        await progress.show_all()

    asyncio.run(shown())
    assert (progress.failures, progress.overview is not None) == ({}, True)


def test_to_bring_is_the_same_number_on_every_page(context: AppContext) -> None:
    fill(context, rows=6)
    settled = SettledByHand(
        id=UUID(int=10**7), at=AT, loan=UUID(int=1), how="à la main", operator="LM"
    )
    proved = LoanVerified(UUID(int=10**7 + 1), AT, UUID(int=2), Verification.IN_ALMA)
    void = Void(id=UUID(int=10**7 + 2), at=AT, loan=UUID(int=6), reason="essai")
    counts: list[tuple[int | None, int, int | None]] = []
    ledger = ReconciliationLedger(context)
    progress = ReconciliationProgress(ledger=ledger, session=Session(page="reconciliation"))
    outage = coordinated(context, ledger)
    for entry in (None, settled, proved, void):
        if entry is not None:
            context.store.journal.append(entry)
        outage.updates.refresh()
        progress.update()
        assert progress.overview is not None
        counts.append((ledger.to_bring(), progress.overview.counts.left, outage.to_bring))
    assert counts == [(6, 6, 6), (5, 5, 5), (4, 4, 4), (3, 3, 3)]


def test_to_bring_before_the_first_overview_is_none(context: AppContext) -> None:
    fill(context)
    ledger = ledger_of(context)

    async def reading() -> tuple[int | None, int | None]:
        before = ledger.to_bring()
        await ledger.up_to_date()
        return before, ledger.to_bring()

    assert asyncio.run(reading()) == (None, MANY)


def test_progress_after_an_act_is_shown_at_once(
    context: AppContext,
) -> None:
    fill(context, rows=3)
    progress = ReconciliationProgress(
        ledger=ReconciliationLedger(context), session=Session(page="reconciliation")
    )

    async def act() -> None:
        await progress.show_all()
        context.store.journal.append(
            Loan(id=UUID(int=10**7), at=AT, desk="CMU", patron="208", item="NEW")
        )
        shown = asyncio.Event()
        progress.param.watch(lambda _: shown.set(), "overview")
        progress.update()
        await shown.wait()

    asyncio.run(act())
    assert progress.overview is not None
    assert len(progress.overview.rows) == 4


def coordinated(context: AppContext, ledger: ReconciliationLedger) -> OutageState:
    session = Session()
    diagnosis = DiagnosisState(context=context, session=session, grid=ProbeGrid(context=context))
    return OutageState(context=context, session=session, diagnosis=diagnosis, loans_left=ledger)


def test_up_to_date_ends_while_desks_keep_lending(
    context: AppContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(context)
    since = context.store.journal.since

    def lending(*words: Any, **more: Any) -> Any:
        number = context.store.journal.position() + 10**7
        context.store.journal.append(
            Loan(id=UUID(int=number), at=AT, desk="MAIL", patron="207", item=f"I{number}")
        )
        return since(*words, **more)

    monkeypatch.setattr(context.store.journal, "since", lending)
    newest = asyncio.run(asyncio.wait_for(ledger_of(context).up_to_date(), 60))
    assert newest is not None
    assert newest.counts.total >= MANY
