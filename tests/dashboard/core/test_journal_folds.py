"""The folds take each journal entry once, and do not change if the journal is unreadable."""

import asyncio
import pickle
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings, strategies as st

from dashboard.core.context import AppContext
from dashboard.core.journal_folds import PORTION
from procedure.diagnosis.staff_reports import KINDS as REPORT_KINDS, StaffReports
from procedure.errors import JournalUnwritable
from procedure.io.clock import new_uuid7, utc_now
from procedure.io.database.entry_kinds import ENTRY_KINDS
from procedure.journal import Recorded
from procedure.outages.announcements import AnnouncementLog
from procedure.outages.due_alerts import AlertLog
from procedure.outages.outage_entries import OutageLog
from procedure.outages.public_entries import PublicLog
from procedure.readiness.workstation_check import WorkstationChecks
from procedure.reconciliation.checklist import Checklist
from procedure.reconciliation.reconciliation_log import KINDS, ReconciliationLog
from procedure.status_pages.reading_validity import LastPageStatus
from tests.support import make
from tests.support.clock import Clock

COUNT = 5 * PORTION + 7
KINDS_OF = {StaffReports: REPORT_KINDS, ReconciliationLog: KINDS}


def lend(context: AppContext, clock: Clock) -> list[UUID]:
    """Record loans as another process would, and return their ids in order."""
    loans = [
        make.loan(new_uuid7(), f"{1060000000 + number}", at=clock() + timedelta(seconds=number))
        for number in range(COUNT)
    ]
    context.store.journal.append(*loans)
    return [loan.id for loan in loans]


def known(context: AppContext) -> list[UUID]:
    return [row.loan.id for row in context.folds.loan_log.rows()]


async def test_catch_up_yields_between_portions(context: AppContext, clock: Clock) -> None:
    expected, seen = lend(context, clock), []
    task = asyncio.ensure_future(context.folds.catch_up())
    while not task.done():
        seen.append(len(known(context)))
        await asyncio.sleep(0)
    seen.append(len(known(context)))
    assert sorted(set(seen)) == [*(PORTION * done for done in range(6)), COUNT]
    assert context.folds.update() == context.store.journal.position()
    assert known(context) == expected


async def test_update_during_catch_up_folds_each_entry_once(
    context: AppContext, clock: Clock
) -> None:
    expected = lend(context, clock)
    task, after = asyncio.ensure_future(context.folds.catch_up()), list[UUID]()
    while not task.done():
        if known(context) and not after:
            context.folds.update()
            after = known(context)
        await asyncio.sleep(0)
    assert (after, known(context)) == (expected, expected)


async def test_catch_up_changes_no_fold_if_the_journal_is_unreadable(
    context: AppContext, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    lend(context, clock)

    def fail(*_: object, **__: object) -> None:
        raise JournalUnwritable("the disk is gone")

    with monkeypatch.context() as patch:
        patch.setattr(context.store.journal, "since", fail)
        await context.folds.catch_up()
        assert (context.folds.position, str(context.folds.unread)) == (0, "the disk is gone")
    context.folds.update()
    assert (len(known(context)), context.folds.unread) == (COUNT, None)


async def test_catch_up_ends_while_desks_keep_lending(
    context: AppContext, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    lend(context, clock)
    since = context.store.journal.since

    def lending(*words: int, **more: int) -> object:
        lend(context, clock)
        return since(*words, **more)

    monkeypatch.setattr(context.store.journal, "since", lending)
    await asyncio.wait_for(context.folds.catch_up(), 30)
    assert context.folds.position == COUNT


@pytest.mark.parametrize(
    "fold",
    [
        AlertLog,
        AnnouncementLog,
        Checklist,
        LastPageStatus,
        OutageLog,
        PublicLog,
        StaffReports,
        ReconciliationLog,
        WorkstationChecks,
    ],
)
@given(st.data())
@settings(max_examples=3)
def test_fold_ignores_kinds_that_it_does_not_name(fold: type[Any], data: st.DataObject) -> None:
    named = getattr(fold, "KINDS", KINDS_OF.get(fold))
    assert named
    made, other = fold(), [kind for name, kind in ENTRY_KINDS.items() if name not in named]
    before = pickle.dumps(made)
    entries = [data.draw(st.from_type(kind)) for kind in other]
    made.extend([Recorded(place, utc_now(), entry) for place, entry in enumerate(entries, 1)])
    assert pickle.dumps(made) == before
