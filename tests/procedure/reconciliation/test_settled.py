"""The time at which a loan was first settled, and the kind of entry that settled it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from procedure.journal import Entry
from procedure.reconciliation.journal_entries import LoanVerified, Verification
from procedure.reconciliation.loan_history import LENT_SINCE
from procedure.reconciliation.reconciliation_log import ReconciliationLog
from tests.support import make
from tests.support.memory import recorded

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
LOAN, FILE, AGAIN = (UUID(int=n) for n in (1, 10, 20))
SENT = (make.loan(LOAN, at=AT), make.export(FILE, LOAN, at=AT), make.uploaded(11, FILE, at=AT))


def at(minute: int) -> datetime:
    return AT + timedelta(minutes=minute)


def verified(minute: int, found: Verification, reason: str = "") -> LoanVerified:
    return LoanVerified(UUID(int=100 + minute), at(minute), LOAN, found, reason)


def settled(*entries: Entry) -> tuple[datetime, str] | None:
    row = ReconciliationLog(recorded(*SENT, *entries)).row(LOAN)
    assert row is not None
    return row.settled


def test_settled_at_the_first_uncontradicted_answer() -> None:
    proved, again = (verified(minute, Verification.IN_ALMA) for minute in (1, 5))
    assert settled() is None
    assert settled(verified(1, Verification.MISSING)) is None
    assert settled(proved, again) == (at(1), "proof")
    lent_since = verified(2, Verification.OTHER_USER, LENT_SINCE)
    assert settled(proved, lent_since, again) == (at(1), "proof")
    somebody_else = verified(2, Verification.OTHER_USER, "lent_before")
    assert settled(proved, somebody_else) is None
    assert settled(proved, somebody_else, again) == (at(5), "proof")


def test_settled_by_report_or_proof_whichever_came_first() -> None:
    report = make.report(30, FILE, at=at(3), succeeded=1, failed=0)
    assert settled(report) == (at(3), "report")
    assert settled(report, verified(5, Verification.IN_ALMA)) == (at(3), "report")
    assert settled(verified(1, Verification.IN_ALMA), report) == (at(1), "proof")


def test_settled_ignores_answers_before_the_latest_file() -> None:
    again = make.export(AGAIN, LOAN, at=at(6))
    uploaded = make.uploaded(21, AGAIN, at=at(7))
    proved = verified(1, Verification.IN_ALMA)
    assert settled(proved, again, uploaded) is None
    last = verified(8, Verification.DUE_SHIFTED)
    assert settled(proved, again, uploaded, last) == (at(8), "proof")
