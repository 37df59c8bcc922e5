"""The loans to extend: short loans already due at the upload, and loans due too early in Alma."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from procedure.journal import Entry
from procedure.reconciliation.alma_records import ItemFacts, ItemSeen
from procedure.reconciliation.journal_entries import LoanVerified, Verification
from procedure.reconciliation.spreadsheets import extensions
from tests.procedure.reconciliation.test_reconciliation_log import (
    AT,
    LATER,
    LOAN,
    REPORT,
    RESOLVED,
    SENT,
    UPLOADED,
    VOID,
    fold,
    proved,
)

SEEN = ItemSeen(UUID(int=60), LATER, "i", ItemFacts("i", "99", "22", "23", "MAIN", "1D"))
SHIFTED = LoanVerified(UUID(int=61), LATER, LOAN.id, Verification.DUE_SHIFTED, due=LATER)
TERMS = {"1D": timedelta(days=1)}
NEXT_DAY = AT + timedelta(days=1)
Listed = list[tuple[str, datetime | None, datetime | None]]


@pytest.mark.parametrize(
    ("entries", "now", "listed"),
    [
        ([SEEN], LATER, []),
        ([SEEN], NEXT_DAY, [("1D", NEXT_DAY, None)]),
        ([], NEXT_DAY, []),
        ([SEEN, SENT], NEXT_DAY, [("1D", NEXT_DAY, None)]),
        # If the loan was uploaded before it was due, the current time does not matter.
        ([SEEN, SENT, UPLOADED], NEXT_DAY, []),
        ([SENT, UPLOADED, SHIFTED], LATER, [("", None, LATER)]),
        ([SEEN, SENT, SHIFTED], LATER, [("1D", NEXT_DAY, LATER)]),
        ([SEEN, SENT, proved(Verification.IN_ALMA)], NEXT_DAY, []),
        ([SEEN, VOID], NEXT_DAY, []),
        ([SEEN, SENT, REPORT], NEXT_DAY, []),
        ([SEEN, SENT, RESOLVED], NEXT_DAY, []),
    ],
)
def test_extensions_list_loans_already_due_at_the_upload(
    entries: list[Entry], now: datetime, listed: Listed
) -> None:
    due = extensions(fold(LOAN, *entries), TERMS, now=now)
    assert [(extension.policy, extension.due, extension.in_alma) for extension in due] == listed
