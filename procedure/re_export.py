"""The failures of earlier files, as corrected, in a file of their own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from procedure.errors import JournalMoved
from procedure.exporting import Exported, Plan
from procedure.journal import Journal
from procedure.offline_file import render
from procedure.offline_layout import USUAL, Layout
from procedure.reconciliation import KINDS, Reconciliation
from procedure.row_state import RowState

# What would make the choice of rows stale.
MOVING = (
    *("void", "export", "corrected", "resolved", "report_taken", "proved"),
    *("loan_intended", "loan_answered"),
)


def plan_again(found: Reconciliation, desk: str, *, layout: Layout = USUAL) -> Plan:
    """Take the refused rows of a desk, as corrected, in order of time.

    A row that was sent to Alma's API and not answered is left out: it may be there already.
    """
    rows = [
        row
        for row in found.rows(desk=desk)
        if row.state is RowState.REFUSED and row.trail.open_intent is None
    ]
    return Plan(desk, render([row.corrected for row in rows], layout), layout, found.position)


def export_again(
    journal: Journal,
    found: Reconciliation,
    desk: str,
    *,
    now: Callable[[], datetime],
    new_id: Callable[[], UUID],
    layout: Layout = USUAL,
    operator: str | None = None,
) -> Exported:
    """Record a file of failures, then return its bytes for the caller to write.

    Raises:
        JournalUnwritable: nothing was exported.
    """
    while True:
        found.extend(journal.since(found.position, kinds=KINDS))
        plan = plan_again(found, desk, layout=layout)
        if not plan.loans:
            return Exported(plan, None)
        export = plan.export(new_id(), now(), operator=operator)
        try:
            found.extend(journal.append(export, unless_newer=(MOVING, plan.position)))
        except JournalMoved:
            continue
        return Exported(plan, export)
