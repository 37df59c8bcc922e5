"""Who sees identifiers: a line a person, page and hour, and none of who sees none."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.core.users import READ_ONLY, SignedInBy, User, user_of
from dashboard.loans.loans import LendingState
from dashboard.reconciliation.ledger import ReconciliationLedger
from dashboard.reconciliation.reconciliation import ReconciliationProgress
from procedure.access.roles import Role
from procedure.circulation.transactions import Loan
from procedure.personal_data.access_entries import IdentifiersSeen
from procedure.records.acts import acts

ANNE = user_of(Role.STAFF, "anne", SignedInBy.ACCOUNT)
MARC = user_of(Role.COORDINATOR, "marc", SignedInBy.ACCOUNT)


def lend(context: AppContext) -> None:
    context.journal.append(
        Loan(id=UUID(int=1), at=context.now(), desk="MAIL", patron="MARKED-READ_ONLY", item="item")
    )


def session(user: User, workstation: str = "pc-1") -> Session:
    return Session(user=user, workstation=workstation, desk="MAIL")


def noted(context: AppContext) -> list[tuple[datetime, str, str, str]]:
    recorded = context.journal.since(kinds=(IdentifiersSeen.KIND,))
    assert "MARKED" not in str(recorded)
    return [(act.at, act.person, act.workstation, act.about) for act in acts(recorded)]


def test_loans_note_a_line_a_person_and_hour(context: AppContext, clock: Any) -> None:
    first = clock.at
    empty = LendingState(context=context, session=session(ANNE))
    assert noted(context) == []
    lend(context)
    empty.updates.refresh()
    for window in ("pc-1", "pc-2"):
        LendingState(context=context, session=session(ANNE, window))
    LendingState(context=context, session=session(MARC))
    LendingState(context=context, session=session(User(), "pc-3"))
    LendingState(context=context, session=session(User(), "pc-4"))
    LendingState(context=context, session=session(MARC), shown=False)
    LendingState(context=context, session=session(READ_ONLY))
    once = [
        (first, "anne", "pc-1", "loans"),
        (first, "marc", "pc-1", "loans"),
        (first, "", "pc-3", "loans"),
        (first, "", "pc-4", "loans"),
    ]
    assert noted(context) == once
    clock.pass_by(hours=1)
    empty.updates.param.update(now=clock.at, minute=empty.updates.minute + timedelta(hours=1))
    assert noted(context) == [*once, (first + timedelta(hours=1), "anne", "pc-1", "loans")]


def test_reconciliation_notes_a_line_of_its_own(context: AppContext, clock: Any) -> None:
    lend(context)
    ledger = ReconciliationLedger(context)
    for _ in range(2):
        ReconciliationProgress(ledger=ledger, session=session(MARC))
    assert noted(context) == [(clock.at, "marc", "pc-1", "reconciliation")]
