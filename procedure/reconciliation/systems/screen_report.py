"""Refusals read from the screen after an upload, for a system without a report."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from procedure.circulation.transactions import Export
from procedure.errors import TransactionRefused
from procedure.reconciliation.journal_entries import JobReportRecorded
from procedure.reconciliation.reconciled_loan import ReconciliationState
from procedure.reconciliation.reconciliation_log import ReconciliationLog

# The reasons for a refusal, with the same keys as in Alma's report.
REFUSALS = ("user_not_found", "item_not_found")


def refused_on_screen(
    reconciliation: ReconciliationLog,
    loan: UUID,
    reason: str,
    *,
    entry_id: UUID,
    at: datetime,
    operator: str,
    workstation: str = "",
) -> JobReportRecorded:
    """Return the entry that records that the system refused a row; `at` is the current time.

    The entry replaces earlier reports on the same file, so it repeats the rows already refused.

    Raises:
        TransactionRefused: the row is unknown, not uploaded, or already refused or settled.
    """
    row = reconciliation.row(loan)
    if row is None:
        raise TransactionRefused("loan_unknown", "The log has no loan with this id.")
    if row.state is not ReconciliationState.UPLOADED or row.history.export is None:
        raise TransactionRefused(
            "not_uploaded", f"This row is {row.state}: only what was uploaded can be refused."
        )
    export = row.history.export[1]
    refused = tuple(_still_refused(reconciliation, export))
    return JobReportRecorded(
        id=entry_id,
        at=at,
        export=export.id,
        refused=(*refused, (loan, reason)),
        workstation=workstation,
        operator=operator,
    )


def _still_refused(reconciliation: ReconciliationLog, export: Export) -> Iterator[tuple[UUID, str]]:
    """Yield the refused rows in a file that are not in a later file."""
    for loan in export.loans:
        history = reconciliation.history(loan)
        latest = history.export is not None and history.export[1].id == export.id
        if latest and history.refusal is not None:
            yield loan, history.refusal[1]
