"""The rules of `procedure.reconciliation.loan_states` once more, for a single loan: a slow reference."""

from __future__ import annotations

from typing import Any

from procedure.circulation.doubts import open_question
from procedure.circulation.loan_row import LoanRow
from procedure.circulation.settlements import RequestOutcome
from procedure.reconciliation.journal_entries import Verification
from procedure.reconciliation.reconciled_loan import ReconciliationState
from procedure.reconciliation.reconciliation_log import ReconciliationLog

IN_ALMA = (Verification.IN_ALMA, Verification.DUE_SHIFTED)


class RowRules:
    """One loan of a log, in the order in which a person would ask."""

    def __init__(self, log: ReconciliationLog, row: LoanRow) -> None:
        self.row, self.trail = row, log.trail(row.loan.id)
        export = self.trail.export
        self.sent = export[0] if export else 0
        self.uploaded = export and log.uploaded.get(export[1].id)
        self.doubt = open_question(row.loan, [one for _, one in self.trail.corrections])
        proof = self.since_sent(self.trail.proof)
        after_upload = proof and self.uploaded and self.uploaded <= proof.at
        self.proof = proof if proof and (proof.found in IN_ALMA or after_upload) else None
        self.state, self.reason = self.judge()
        refused = self.state is ReconciliationState.REFUSED
        self.is_to_check = refused and not self.trail.handed_on and self.doubt is not None

    def since_sent(self, last: tuple[int, Any] | None) -> Any | None:
        return last[1] if last is not None and last[0] > self.sent else None

    def judge(self) -> tuple[ReconciliationState, str]:  # noqa: C901, PLR0911
        trail, verified = self.trail, self.proof and self.proof.found
        made, refusal = self.since_sent(trail.answer), self.since_sent(trail.refusal)
        if self.row.void:
            return ReconciliationState.VOID, "void_after_export" if trail.export else ""
        if trail.resolved:
            return ReconciliationState.RESOLVED, "by_hand"
        newer = verified and trail.proof[0] > trail.answer[0] if made else False
        if made and made.fate is RequestOutcome.MADE and not newer:
            return ReconciliationState.CONFIRMED, "lent_by_api"
        if verified in IN_ALMA:
            shifted = verified is Verification.DUE_SHIFTED
            return ReconciliationState.CONFIRMED, "due_shifted" if shifted else self.proof.reason
        if verified and verified is not Verification.NOT_CHECKED:
            return ReconciliationState.REFUSED, refusal or verified.value
        if refusal is not None:
            return ReconciliationState.REFUSED, refusal
        if self.since_sent(trail.handed_on):
            return ReconciliationState.REFUSED, "handed_on"
        if self.uploaded:
            return ReconciliationState.UPLOADED, ""
        if trail.export:
            return ReconciliationState.EXPORTED, ""
        if self.doubt is not None:
            return ReconciliationState.REFUSED, "to_check"
        return ReconciliationState.RECORDED, ""
