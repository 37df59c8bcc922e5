"""Export of refused rows, as corrected, to a new file."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from procedure.circulation.offline_files.alma_file import ALMA_FILE
from procedure.circulation.offline_files.offline_format import OfflineFormat
from procedure.errors import JournalMoved
from procedure.journal import Journal
from procedure.reconciliation.export_plan import ExportedFile, ExportPlan, ToCheck
from procedure.reconciliation.export_times import TimeCheck
from procedure.reconciliation.from_cart import CartLoanPolicy
from procedure.reconciliation.offline_file_export import plan_of
from procedure.reconciliation.reconciled_loan import ReconciliationState
from procedure.reconciliation.reconciliation_log import KINDS, ReconciliationLog

# The kinds of entry that may make a plan stale.
MOVING = (
    "void",
    "export",
    "corrected",
    "handed_on",
    "resolved",
    "report_taken",
    "proved",
    "uploaded",
    "loan_intended",
    "loan_answered",
    "return",
    "return_resolved",
    "scan_intended",
    "scan_answered",
)


def plan_again(
    reconciliation: ReconciliationLog,
    desk: str,
    *,
    file_format: OfflineFormat = ALMA_FILE,
    from_cart: CartLoanPolicy = CartLoanPolicy.AS_IT_IS,
    only: Collection[UUID] | None = None,
) -> ExportPlan:
    """Plan an export of a desk's refused rows, as corrected; `only` holds the ids to include.

    A row sent to Alma's API with an unknown outcome is left out, because Alma may already have it.
    Rows that have been handed on or have an open question are left out too.
    """
    if only is None:
        known = reconciliation.rows(desk=desk)
    else:
        known = [row for loan in only if (row := reconciliation.row(loan)) is not None]
        known.sort(key=lambda row: row.log.order)
    rows = [
        row
        for row in known
        if row.loan.desk == desk
        and row.log.is_valid
        and row.state is ReconciliationState.REFUSED
        and row.history.open_intent is None
        and row.history.handed_on is None
    ]
    loans = [row.corrected for row in rows if row.doubt is None]
    doubtful = [ToCheck(row.corrected, row.doubt) for row in rows if row.doubt is not None]
    plan = plan_of(reconciliation.log, desk, loans, file_format=file_format, from_cart=from_cart)
    return replace(plan, position=reconciliation.position, to_check=tuple(doubtful))


def export_again(
    journal: Journal,
    reconciliation: ReconciliationLog,
    desk: str,
    *,
    now: Callable[[], datetime],
    new_id: Callable[[], UUID],
    file_format: OfflineFormat = ALMA_FILE,
    from_cart: CartLoanPolicy = CartLoanPolicy.AS_IT_IS,
    only: Collection[UUID] | None = None,
    workstation: str = "",
    operator: str | None = None,
    times: TimeCheck | None = None,
) -> ExportedFile:
    """Record an export of refused rows, and return the result, with the bytes to write.

    Raises:
        JournalUnwritable, TimesUnconfirmed: nothing was exported.
    """
    while True:
        reconciliation.extend(journal.since(reconciliation.position, kinds=KINDS))
        plan = plan_again(
            reconciliation, desk, file_format=file_format, from_cart=from_cart, only=only
        )
        done = plan.done(new_id, now(), workstation=workstation, operator=operator)
        if not done.entries:
            return done
        if times is not None:
            times.require(plan.loans)
        try:
            reconciliation.extend(
                journal.append(*done.entries, unless_newer=(MOVING, plan.position))
            )
        except JournalMoved:
            continue
        return done
