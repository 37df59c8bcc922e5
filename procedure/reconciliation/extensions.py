"""Short loans whose due date is past when they come into Alma: to be extended afterwards.

Alma never sets a due date in the past: such a loan falls due at the moment of the upload, and is
overdue at once through nobody's fault. Before the upload this is forecast from the item's policy,
afterwards the verification shows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from procedure.reconciliation.reconciled_loan import (
    DUE_SHIFTED,
    ReconciledLoan,
    ReconciliationState,
)
from procedure.reconciliation.reconciliation_log import ReconciliationLog

# Those of a row that is not, or not by this loan, in Alma.
_OUT = (ReconciliationState.VOID, ReconciliationState.RESOLVED, ReconciliationState.REFUSED)


@dataclass(frozen=True, slots=True)
class Extension:
    """One loan to extend.

    `due` is when it was expected back by its terms, None where no length is known for its policy;
    `in_alma` is the date that Alma gave it, None before the verification.
    """

    row: ReconciledLoan
    policy: str
    due: datetime | None
    in_alma: datetime | None


def extensions(
    reconciliation: ReconciliationLog, terms: Mapping[str, timedelta], *, now: datetime
) -> list[Extension]:
    """List them in order of time; `terms` are lengths of short loans by item policy.

    A row that is not uploaded yet counts as uploaded now (aware).
    """
    listed = (_extension(reconciliation, row, terms, now) for row in reconciliation.rows())
    return [extension for extension in listed if extension is not None]


def _extension(
    reconciliation: ReconciliationLog,
    row: ReconciledLoan,
    terms: Mapping[str, timedelta],
    now: datetime,
) -> Extension | None:
    if row.state in _OUT:
        return None
    seen = reconciliation.items.get(row.corrected.item)
    policy = "" if seen is None or seen.item is None else seen.item.policy
    term = terms.get(policy)
    due = None if term is None else row.loan.at + term
    shown = row.history.since_sent(row.history.shown)
    if row.state is ReconciliationState.CONFIRMED:
        stands = row.reason == DUE_SHIFTED
    else:
        stands = due is not None and due <= (row.uploaded or now)
    return Extension(row, policy, due, None if shown is None else shown.due) if stands else None
