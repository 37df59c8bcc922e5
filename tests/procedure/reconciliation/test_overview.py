"""Where the way back stands: the files, the carts' desks, the steps, and what comes next."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from procedure.circulation.transactions import Export, Loan, Return
from procedure.journal import Entry, Recorded
from procedure.reconciliation.checklist import BEFORE, BLOCK_BACK, Checklist
from procedure.reconciliation.entries import (
    ChecklistTicked,
    FileUploaded,
    JobReportRecorded,
    LoanVerified,
    SettledByHand,
    Verification,
)
from procedure.reconciliation.forecast import AlmaSnapshot
from procedure.reconciliation.ledger import WayLedger
from procedure.reconciliation.log import ReconciliationLog
from procedure.reconciliation.overview import Mark, ReconciliationOverview, marks, next_step
from procedure.reconciliation.row_state import ReconciliationState
from procedure.reconciliation.sign_off import sign

AT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
LATER = AT + timedelta(hours=4)
ONE = Loan(UUID(int=1), AT, "MAIL", "207", "A")
TWO = Loan(UUID(int=2), AT + timedelta(minutes=9), "MAIL", "208", "B")
CMU = Loan(UUID(int=3), AT, "CMU", "207", "C")
MAIL_FILE = Export(UUID(int=10), LATER, "MAIL", (ONE.id, TWO.id), "mail.dat", "0")
CMU_FILE = Export(UUID(int=11), LATER, "CMU", (CMU.id,), "cmu.dat", "0")
AGAIN = Export(UUID(int=12), LATER, "MAIL", (TWO.id,), "again.dat", "0")
REPORT = JobReportRecorded(UUID(int=13), LATER, MAIL_FILE.id, ((TWO.id, "item_not_found"),), 1, 1)
CLEAN = JobReportRecorded(UUID(int=14), LATER, CMU_FILE.id, (), 1, 0)


def proved(loan: Loan, found: Verification = Verification.IN_ALMA) -> LoanVerified:
    return LoanVerified(uuid4(), LATER, loan.id, found)


def fold(*entries: Entry) -> ReconciliationLog:
    return ReconciliationLog(Recorded(n, LATER, one) for n, one in enumerate(entries, start=1))


def look(*entries: Entry) -> ReconciliationOverview:
    ledger = WayLedger(lambda found: AlmaSnapshot(found.items, found.users, LATER))
    ledger.take(Recorded(n, LATER, one) for n, one in enumerate(entries, start=1))
    return ledger.standing()


def ticked(*points: str) -> Checklist:
    checks = Checklist()
    checks.extend(
        Recorded(
            n, LATER, ChecklistTicked(uuid4(), LATER + timedelta(minutes=n), one, operator="LM")
        )
        for n, one in enumerate(points, start=1)
    )
    return checks


def test_each_row_is_counted_in_the_file_that_holds_it_now() -> None:
    now = look(ONE, TWO, CMU, MAIL_FILE, REPORT, AGAIN)
    mail, again = now.files
    assert (mail.export, mail.states, mail.uploaded) == (
        MAIL_FILE,
        Counter({ReconciliationState.UPLOADED: 1}),
        LATER,
    )
    assert (mail.began, mail.ended) == (ONE.at, TWO.at)
    assert (again.states, again.uploaded) == (Counter({ReconciliationState.EXPORTED: 1}), None)
    assert now.waiting == {"CMU": 1}
    assert now.unsettled == {"MAIL": 2, "CMU": 1}
    assert now.desks == ("CMU", "MAIL")


def test_a_file_whose_rows_went_into_later_ones_is_left_out_once_its_report_is_in() -> None:
    taken = JobReportRecorded(UUID(int=15), LATER, AGAIN.id, ((TWO.id, "item_not_found"),), 0, 1)
    third = Export(UUID(int=16), LATER, "MAIL", (TWO.id,), "third.dat", "0")
    now = look(ONE, TWO, MAIL_FILE, REPORT, AGAIN, taken, third)
    assert [one.export for one in now.files] == [MAIL_FILE, third]


def test_refused_rows_stand_by_reason_the_most_frequent_first() -> None:
    report = JobReportRecorded(
        *(UUID(int=13), LATER, MAIL_FILE.id),
        ((ONE.id, "blocked"), (TWO.id, "item_not_found")),
    )
    refused = JobReportRecorded(UUID(int=14), LATER, CMU_FILE.id, ((CMU.id, "item_not_found"),))
    now = look(ONE, TWO, CMU, MAIL_FILE, report, CMU_FILE, refused)
    assert [(row.loan.id, row.reason) for row in now.refused] == [
        (CMU.id, "item_not_found"),
        (TWO.id, "item_not_found"),
        (ONE.id, "blocked"),
    ]


@pytest.mark.parametrize(
    ("entries", "points", "step"),
    [
        ((), (), "import"),
        ((ONE,), (), "preflight"),
        ((ONE, MAIL_FILE), BEFORE, "preflight"),
        ((ONE, TWO, MAIL_FILE, REPORT), BEFORE, "proof"),
        ((ONE, TWO, MAIL_FILE, REPORT, proved(ONE), proved(TWO)), BEFORE, "checklist"),
        ((ONE, TWO, MAIL_FILE, REPORT, proved(ONE), proved(TWO)), (*BEFORE, BLOCK_BACK), "sign"),
        (
            (ONE, TWO, MAIL_FILE, REPORT, proved(ONE), proved(TWO, Verification.MISSING)),
            (*BEFORE, BLOCK_BACK),
            "proof",
        ),
        (
            (ONE, MAIL_FILE, FileUploaded(UUID(int=20), LATER, MAIL_FILE.id), proved(ONE),
             Return(UUID(int=21), LATER, "MAIL", "Z")),
            (*BEFORE, BLOCK_BACK),
            "carts",
        ),
    ],
)  # fmt: skip
def test_the_next_step_is_the_first_at_which_something_is_to_be_done(
    entries: tuple[Entry, ...], points: tuple[str, ...], step: str
) -> None:
    assert next_step(marks(look(*entries), ticked(*points)), asks=True) == step


def test_without_a_key_nobody_waits_for_the_pre_flight() -> None:
    found = marks(look(ONE), ticked())
    assert (next_step(found, asks=True), next_step(found, asks=False)) == ("preflight", "checklist")


def test_what_was_signed_is_done_until_another_outage_brings_rows_of_its_own() -> None:
    settled = SettledByHand(UUID(int=30), LATER, ONE.id, "by hand", operator="LM")
    before = (ONE, Export(UUID(int=31), LATER, "MAIL", (ONE.id,), "m.dat", "0"), settled)
    name = sign(fold(*before), entry_id=UUID(int=32), at=LATER, operator="L. M.")
    now = look(*before, name)
    assert now.signed == name
    assert set(marks(now, ticked()).values()) == {Mark.DONE}
    after = look(*before, name, TWO)
    assert [row.loan for row in after.rows] == [TWO]
    assert (after.signed, after.tally.rows, after.unsettled) == (None, 1, {"MAIL": 1})
