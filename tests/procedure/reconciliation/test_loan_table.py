"""A loan's last entries determine its state, and the loan table agrees with the log's rows."""

import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from subprocess import run
from uuid import UUID

import pytest
from hypothesis import given

from procedure.circulation.settlements import (
    ManualHandling,
    RequestOutcome,
    SettledByHand,
)
from procedure.circulation.transactions import Void
from procedure.journal import Entry, Recorded
from procedure.reconciliation.journal_entries import (
    FileUploaded,
    LoanAnswered,
    LoanRequested,
    LoanVerified,
    Verification,
)
from procedure.reconciliation.loan_table import lines_to_upload, loan_table
from procedure.reconciliation.reconciled_loan import ReconciliationState
from procedure.reconciliation.reconciliation_log import ReconciliationLog
from tests.procedure.reconciliation.random_logs import MANY, logs
from tests.support import make
from tests.support.memory import recorded


@MANY
@given(logs())
def test_loan_table_has_the_fields_of_its_rows(log: list[Recorded]) -> None:
    reconciled = ReconciliationLog(log)
    table, rows = reconciled.table(), reconciled.rows()
    assert list(table.row) == rows
    assert list(
        table[["state", "reason", "stage", "waits"]].itertuples(index=False, name=None)
    ) == [(row.state, row.reason, row.stage, row.waits) for row in rows]


@MANY
@given(logs())
def test_row_equals_the_same_row_of_rows(log: list[Recorded]) -> None:
    reconciled = ReconciliationLog(log)
    assert [reconciled.row(row.loan.id) for row in reconciled.rows()[:3]] == reconciled.rows()[:3]


@MANY
@given(logs())
def test_states_are_counted_as_in_the_rows(log: list[Recorded]) -> None:
    reconciled = ReconciliationLog(log)
    assert reconciled.states() == Counter(row.state for row in reconciled.rows())


AT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
LOAN = make.loan(1, "A", "207", at=AT)
DOUBTED = make.loan(1, "A", "207", at=AT, warning="unknown_card")
FILE = make.export(2, LOAN.id, at=AT, name="mail.dat")
UPLOADED = FileUploaded(id=UUID(int=3), at=AT + HOUR, export=FILE.id)
REFUSED = make.report(4, FILE.id, (LOAN.id, "blocked"), at=AT + HOUR, succeeded=0, failed=1)
UNNAMED = make.report(4, FILE.id, (LOAN.id, ""), at=AT + HOUR, succeeded=0, failed=1)
ASKED = LoanRequested(id=UUID(int=5), at=AT, loan=LOAN.id)
MADE, NOT_MADE = (
    LoanAnswered(UUID(int=6), AT, ASKED.id, LOAN.id, outcome)
    for outcome in (RequestOutcome.MADE, RequestOutcome.UNKNOWN)
)
BY_HAND = SettledByHand(id=UUID(int=7), at=AT, loan=LOAN.id, how="by hand", operator="LM")
HANDED_ON = ManualHandling(id=UUID(int=8), at=AT, loan=LOAN.id, note="by hand", operator="LM")
VOID = Void(id=UUID(int=9), at=AT, loan=LOAN.id, reason="x")


def proof(found: Verification, reason: str = "", at: datetime = AT + HOUR) -> LoanVerified:
    return LoanVerified(UUID(int=10), at, LOAN.id, found, reason)


IN_ALMA, MISSING = Verification.IN_ALMA, Verification.MISSING
NOT_CHECKED, DUE_SHIFTED = Verification.NOT_CHECKED, Verification.DUE_SHIFTED


@pytest.mark.parametrize(
    ("entries", "state", "reason"),
    [
        ([LOAN], "recorded", ""),
        ([DOUBTED], "refused", "to_check"),
        ([LOAN, FILE], "exported", ""),
        ([FILE, LOAN], "exported", ""),
        ([LOAN, FILE, UPLOADED], "uploaded", ""),
        ([LOAN, HANDED_ON], "refused", "handed_on"),
        ([LOAN, HANDED_ON, FILE], "exported", ""),
        ([LOAN, FILE, HANDED_ON], "refused", "handed_on"),
        ([LOAN, FILE, REFUSED], "refused", "blocked"),
        ([LOAN, FILE, UPLOADED, proof(MISSING)], "refused", "missing"),
        ([LOAN, FILE, UPLOADED, proof(MISSING, at=AT)], "uploaded", ""),
        ([LOAN, proof(MISSING)], "recorded", ""),
        ([LOAN, FILE, UPLOADED, proof(NOT_CHECKED)], "uploaded", ""),
        ([LOAN, FILE, REFUSED, proof(MISSING)], "refused", "blocked"),
        ([LOAN, FILE, UNNAMED, proof(MISSING)], "refused", "missing"),
        ([LOAN, FILE, REFUSED, proof(IN_ALMA, "finer")], "confirmed", "finer"),
        ([LOAN, FILE, UPLOADED, proof(DUE_SHIFTED, "finer")], "confirmed", "due_shifted"),
        ([LOAN, proof(IN_ALMA)], "confirmed", ""),
        ([LOAN, proof(IN_ALMA), FILE], "exported", ""),
        ([LOAN, ASKED, MADE], "confirmed", "lent_by_api"),
        ([LOAN, ASKED, NOT_MADE], "recorded", ""),
        ([LOAN, ASKED, MADE, FILE], "exported", ""),
        ([LOAN, FILE, UPLOADED, ASKED, MADE, proof(MISSING)], "confirmed", "lent_by_api"),
        ([LOAN, FILE, UPLOADED, proof(MISSING), ASKED, MADE], "confirmed", "lent_by_api"),
        ([LOAN, ASKED, MADE, proof(MISSING)], "confirmed", "lent_by_api"),
        ([LOAN, FILE, UPLOADED, REFUSED, BY_HAND], "resolved", "by_hand"),
        ([LOAN, BY_HAND, VOID], "void", ""),
        ([LOAN, FILE, VOID], "void", "void_after_export"),
    ],
)
def test_rows_take_their_state_from_the_last_entries(
    entries: list[Entry], state: str, reason: str
) -> None:
    (row,) = ReconciliationLog(recorded(*entries)).rows()
    assert (row.state, row.reason) == (ReconciliationState(state), reason)


def test_rows_of_a_log_load_no_pandas() -> None:
    """A page reads rows on the event loop, where building a frame would delay every scan."""
    judged = f"""
import sys, datetime
from uuid import UUID
from procedure.circulation.transactions import Loan
from procedure.reconciliation.reconciliation_log import ReconciliationLog
from tests.support.memory import recorded
log = ReconciliationLog(recorded({LOAN!r}))
print(log.row({LOAN.id!r}).state, log.rows_with("207")[0].state, "pandas" in sys.modules)
"""
    done = run([sys.executable, "-c", judged], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["recorded", "recorded", "False"]


@pytest.mark.parametrize(
    ("entries", "waits"),
    [
        ([LOAN], True),
        ([DOUBTED], False),
        ([LOAN, FILE], False),
        ([LOAN, HANDED_ON], False),
        ([LOAN, BY_HAND], False),
        ([LOAN, VOID], False),
        ([LOAN, FILE, VOID], False),
        ([LOAN, ASKED, MADE], True),
    ],
)
def test_loan_table_marks_rows_that_wait_for_a_file(entries: list[Entry], waits: bool) -> None:
    records = ReconciliationLog(recorded(*entries)).records()
    table = loan_table(records.rows, records.histories, records.uploaded)
    assert list(table.waits) == [waits]


def test_lines_to_upload_go_by_file_and_then_by_desk() -> None:
    loans = [
        make.loan(number, item, "207", at=AT + number * HOUR, desk=desk)
        for number, desk, item in (
            (21, "MAIL", "A"),
            (22, "CMU", "B"),
            (23, "MAIL", "C"),
            (24, "MAIL", "D"),
            (25, "CMU", "E"),
            (26, "CMU", "F"),
        )
    ]
    files = [
        make.export(30, loans[2].id, at=AT, name="late.dat"),
        make.export(31, loans[0].id, loans[1].id, at=AT, desk="CMU", name="early.dat"),
    ]
    undone = Void(id=UUID(int=32), at=AT, loan=loans[5].id, reason="x")
    records = ReconciliationLog(recorded(*loans, *files, undone)).records()
    table = loan_table(records.rows, records.histories, records.uploaded)
    assert [line.item for line in lines_to_upload(table, records.files)] == [
        "C",
        "A",
        "B",
        "E",
        "D",
    ]
