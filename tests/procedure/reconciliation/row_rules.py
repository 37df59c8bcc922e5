"""The rules of `procedure.reconciliation.loan_table` said once more, for a single loan at a time.

A slow reference, in the order in which a person would ask: it keeps the table's columns honest.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import Any

from procedure.circulation.doubts import open_question
from procedure.circulation.loan_row import LoanRow
from procedure.circulation.settlement import RequestOutcome
from procedure.reconciliation.entries import LoanVerified, Verification
from procedure.reconciliation.log import ReconciliationLog
from procedure.reconciliation.row_state import LoanHistory, ReconciliationState

IN_ALMA = (Verification.IN_ALMA, Verification.DUE_SHIFTED)
Word = tuple[ReconciliationState, str] | None


class RowRules:
    """One loan of a log."""

    def __init__(self, found: ReconciliationLog, row: LoanRow) -> None:
        self.row = row
        self.trail: LoanHistory = found.trail(row.loan.id)
        self.uploads = found.uploads

    @property
    def sent(self) -> int:
        return 0 if self.trail.export is None else self.trail.export[0]

    @property
    def uploaded(self) -> datetime | None:
        return None if self.trail.export is None else self.uploads.at.get(self.trail.export[1].id)

    @property
    def doubt(self) -> str | None:
        return open_question(self.row.loan, [one for _, one in self.trail.corrections])

    @property
    def proof(self) -> LoanVerified | None:
        proof: LoanVerified | None = self.since_sent(self.trail.proof)
        if proof is None or proof.found in IN_ALMA:
            return proof
        return proof if self.uploaded is not None and self.uploaded <= proof.at else None

    @cached_property
    def word(self) -> tuple[ReconciliationState, str]:
        return next(word for say in RULES if (word := say(self)) is not None)

    @property
    def is_to_check(self) -> bool:
        to_write = self.word[0] is ReconciliationState.REFUSED and self.trail.handed_on is None
        return to_write and self.doubt is not None

    def since_sent(self, word: tuple[int, Any] | None) -> Any | None:
        return word[1] if word is not None and word[0] > self.sent else None


def void(row: RowRules) -> Word:
    if row.row.void is None:
        return None
    return ReconciliationState.VOID, "void_after_export" if row.trail.export is not None else ""


def resolved(row: RowRules) -> Word:
    return None if row.trail.resolved is None else (ReconciliationState.RESOLVED, "by_hand")


def answered(row: RowRules) -> Word:
    made = row.since_sent(row.trail.answer)
    if made is None or made.fate is not RequestOutcome.MADE:
        return None
    newer = row.proof is not None and row.trail.proof[0] > row.trail.answer[0]
    return None if newer else (ReconciliationState.CONFIRMED, "lent_by_api")


def proved(row: RowRules) -> Word:
    proof = row.proof
    if proof is None or proof.found is Verification.NOT_CHECKED:
        return None
    if proof.found in IN_ALMA:
        shifted = proof.found is Verification.DUE_SHIFTED
        return ReconciliationState.CONFIRMED, "due_shifted" if shifted else proof.reason
    refusal = row.since_sent(row.trail.refusal)
    return ReconciliationState.REFUSED, refusal or proof.found.value


def reported(row: RowRules) -> Word:
    refusal = row.since_sent(row.trail.refusal)
    return None if refusal is None else (ReconciliationState.REFUSED, refusal)


def handed_on(row: RowRules) -> Word:
    known = row.since_sent(row.trail.handed_on) is not None
    return (ReconciliationState.REFUSED, "handed_on") if known else None


def uploaded(row: RowRules) -> Word:
    return None if row.uploaded is None else (ReconciliationState.UPLOADED, "")


def exported(row: RowRules) -> Word:
    return None if row.trail.export is None else (ReconciliationState.EXPORTED, "")


def doubtful(row: RowRules) -> Word:
    return None if row.doubt is None else (ReconciliationState.REFUSED, "to_check")


RULES: tuple[Callable[[RowRules], Word], ...] = (
    *(void, resolved, answered, proved, reported, handed_on, uploaded, exported, doubtful),
    lambda _: (ReconciliationState.RECORDED, ""),
)
