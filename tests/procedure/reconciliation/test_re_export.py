"""Refused rows are chosen again if an entry about them is recorded before their new file is."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from procedure.circulation.settlements import (
    Corrected,
    ManualHandling,
    RequestOutcome,
    ReturnAnswered,
    ReturnRequested,
    SettledByHand,
)
from procedure.circulation.transactions import Void
from procedure.journal import Entry
from procedure.reconciliation.from_cart import CartLoanPolicy
from procedure.reconciliation.journal_entries import (
    FileUploaded,
    LoanAnswered,
    LoanRequested,
    LoanVerified,
    Verification,
)
from procedure.reconciliation.re_export import export_again
from procedure.reconciliation.reconciliation_log import ReconciliationLog
from tests.support import make
from tests.support.memory import BusyJournal

AT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
LATER = AT + timedelta(hours=4)
LOAN = make.loan(1, "i", "A-01", at=AT)
BACK = make.back(2, "i", at=AT - timedelta(minutes=5))
SENT = make.export(3, LOAN.id, at=LATER, name="mail.dat")
REFUSED = make.report(4, SENT.id, (LOAN.id, "user_not_found"), at=LATER, succeeded=0, failed=1)
UPLOADED = FileUploaded(id=UUID(int=5), at=LATER, export=SENT.id)
MISSING = LoanVerified(UUID(int=6), LATER, LOAN.id, Verification.MISSING)
INTENT = LoanRequested(id=UUID(int=7), at=LATER, loan=LOAN.id)
SCAN = ReturnRequested(id=UUID(int=8), at=LATER, back=BACK.id)
NEW = UUID(int=20)


def exported(known: tuple[Entry, ...], meanwhile: tuple[Entry, ...]) -> list[object]:
    """Export while entries arrive; return the loans, the returns, and whether no file was written."""
    journal = BusyJournal(lambda: LATER, meanwhile)
    journal.append(*known)
    done = export_again(
        journal,
        ReconciliationLog(),
        "MAIL",
        now=lambda: LATER,
        new_id=uuid4,
        from_cart=CartLoanPolicy.RETURNS_FIRST,
    )
    return [done.plan.loans, done.plan.returns, done.export is None]


FAILED = (LOAN, SENT, REFUSED)
FROM_CART = (LOAN, BACK, SENT, REFUSED)


@pytest.mark.parametrize(
    ("known", "newer"),
    [
        (FAILED, Void(id=NEW, at=LATER, loan=LOAN.id, reason="wrong card")),
        (
            FAILED,
            make.export(NEW, LOAN.id, at=LATER, name="mail2.dat"),
        ),
        (FAILED, Corrected(id=NEW, at=LATER, loan=LOAN.id, patron="B-01")),
        (FAILED, ManualHandling(id=NEW, at=LATER, loan=LOAN.id, note="ask Eva", operator="LM")),
        (FAILED, SettledByHand(id=NEW, at=LATER, loan=LOAN.id, how="lent by hand", operator="LM")),
        (
            FAILED,
            make.report(NEW, SENT.id, at=LATER, succeeded=1, failed=0),
        ),
        (FAILED, LoanVerified(NEW, LATER, LOAN.id, Verification.IN_ALMA)),
        (FAILED, INTENT),
        ((*FAILED, Corrected(id=UUID(int=9), at=LATER, loan=LOAN.id, patron="B-01")), INTENT),
        (FAILED, BACK),
        (FROM_CART, Void(id=NEW, at=LATER, loan=BACK.id, reason="not this book")),
        (FROM_CART, SCAN),
        (
            (LOAN, SENT, UPLOADED, MISSING),
            FileUploaded(id=NEW, at=LATER + timedelta(minutes=1), export=SENT.id),
        ),
    ],
    ids=lambda value: "" if isinstance(value, tuple) else type(value).__name__,
)
def test_export_again_sees_every_relevant_change_before_writing(
    known: tuple[Entry, ...], newer: Entry
) -> None:
    before = exported((*known, newer), ())
    assert before != exported(known, ()), "the new entry changes the choice"
    assert exported(known, (newer,)) == before


def test_export_again_reads_answers_recorded_meanwhile() -> None:
    """A row goes into the file if the request for it never reached Alma."""
    answer = LoanAnswered(NEW, LATER, INTENT.id, LOAN.id, RequestOutcome.NEVER_ARRIVED)
    assert exported(FAILED, (INTENT, answer)) == [(LOAN,), (), False]
    gone = ReturnAnswered(NEW, LATER, SCAN.id, BACK.id, RequestOutcome.NEVER_ARRIVED)
    assert exported(FROM_CART, (SCAN, gone)) == [(LOAN,), (BACK,), False]
