"""A long log read in slices: the same as at once, while whoever else waits has a turn."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from uuid import UUID

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.monitoring.diagnosis import DiagnosisState
from dashboard.monitoring.probe_grid import ProbeGrid
from dashboard.outage.outage import OutageState
from dashboard.reconciliation.ledger import AT_ONCE, SLICE, ReconciliationLedger
from dashboard.reconciliation.reconciliation import ReconciliationProgress
from procedure.circulation.transactions import Export, Loan, Void
from procedure.reconciliation.entries import (
    FileUploaded,
    JobReportRecorded,
    LoanVerified,
    SettledByHand,
    Verification,
)
from procedure.reconciliation.row_state import ReconciliationState

AT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
MANY = 3 * AT_ONCE


def fill(context: AppContext, rows: int = MANY) -> None:
    """Loans, half of them in a file that went up, the first refused."""
    loans = [Loan(UUID(int=n + 1), AT, "MAIL", "207", f"I{n}", sequence=n) for n in range(rows)]
    inside = tuple(one.id for one in loans[: rows // 2])
    file = Export(UUID(int=10**6), AT, "MAIL", inside, "mail.dat", "0")
    refused = ((inside[0], "blocked"),)
    context.journal.append(
        *(*loans, file, FileUploaded(UUID(int=10**6 + 1), AT, file.id)),
        JobReportRecorded(UUID(int=10**6 + 2), AT, file.id, refused),
    )


def fold(context: AppContext) -> ReconciliationLedger:
    return ReconciliationLedger(context.journal, context.facts)


def told(way: ReconciliationLedger) -> list[tuple[UUID, ReconciliationState]]:
    return [(row.loan.id, row.state) for row in way.standing().rows]


def test_in_slices_it_reads_what_it_reads_at_once(context: AppContext) -> None:
    fill(context)
    sliced, at_once = fold(context), fold(context)
    turns: list[int] = []

    async def others() -> None:
        while sliced.left() is not None:
            turns.append(len(turns))
            await asyncio.sleep(0)

    async def both() -> None:
        await asyncio.gather(sliced.catch_up(), others())

    asyncio.run(both())
    assert len(turns) >= MANY // SLICE, "others had a turn between the slices"
    assert told(sliced) == told(at_once)


def test_an_act_in_the_middle_reads_the_rest_and_the_slices_find_nothing_left(
    context: AppContext,
) -> None:
    fill(context)
    way = fold(context)

    async def interrupted() -> None:
        reading = asyncio.create_task(way.catch_up())
        await asyncio.sleep(0)
        assert way.left() is not None
        context.journal.append(Loan(UUID(int=10**7), AT, "CMU", "208", "NEW", sequence=MANY))
        assert len(way.standing().rows) == MANY + 1
        await reading

    asyncio.run(interrupted())
    assert told(way) == told(fold(context))


def test_a_page_tells_how_far_it_is_and_shows_all_once_it_is_read(context: AppContext) -> None:
    fill(context)
    way = ReconciliationProgress(context=context, session=Session(page="back"))

    async def opened() -> None:
        way.refresh()
        assert (way.now, way.reading) == (None, (0, MANY + 3))
        while way.now is None:
            await asyncio.sleep(0)
            way.refresh()

    asyncio.run(opened())
    assert way.now is not None
    assert (len(way.now.rows), way.reading) == (MANY, None)
    assert way.now.tally.states == {
        ReconciliationState.UPLOADED: MANY // 2 - 1,
        ReconciliationState.REFUSED: 1,
        ReconciliationState.RECORDED: MANY - MANY // 2,
    }


def test_where_nothing_came_it_stays_the_same_object(context: AppContext) -> None:
    fill(context, rows=3)
    way = ReconciliationProgress(context=context, session=Session(page="back"))
    way.refresh()
    seen: list[object] = []
    way.param.watch(seen.append, ["now", "ticks", "step", "reading"])
    way.refresh()
    assert seen == []


def test_what_is_to_be_brought_into_alma_is_one_number_for_every_page(context: AppContext) -> None:
    fill(context, rows=6)
    settled = SettledByHand(UUID(int=10**7), AT, UUID(int=1), "à la main", operator="LM")
    proved = LoanVerified(UUID(int=10**7 + 1), AT, UUID(int=2), Verification.IN_ALMA)
    void = Void(UUID(int=10**7 + 2), AT, UUID(int=6), "essai")
    counts: list[tuple[int | None, int, int | None]] = []
    way, coordination = (
        ReconciliationProgress(context=context, session=Session(page="back")),
        coordinated(context),
    )
    for entry in (None, settled, proved, void):
        if entry is not None:
            context.journal.append(entry)
        coordination.updates.refresh()
        way.look()
        assert way.now is not None
        counts.append((context.way.to_bring(), way.now.tally.to_bring, coordination.to_bring))
    assert counts == [(6, 6, 6), (5, 5, 5), (4, 4, 4), (3, 3, 3)]


def test_a_long_log_has_no_number_before_it_is_read(context: AppContext) -> None:
    fill(context)
    way = fold(context)

    async def reading() -> tuple[int | None, int | None]:
        before = way.to_bring()
        await way.catch_up()
        return before, way.to_bring()

    assert asyncio.run(reading()) == (None, MANY)


def coordinated(context: AppContext) -> OutageState:
    session = Session()
    insight = DiagnosisState(context=context, session=session, board=ProbeGrid(context=context))
    return OutageState(context=context, session=session, insight=insight)
