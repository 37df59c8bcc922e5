"""One loan of the reconciliation: what the journal says of it, and its row of the loan table.

The rules by which the state follows are those of `procedure.reconciliation.loan_table`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from procedure.circulation.loan_row import LoanRow
from procedure.circulation.settlement import (
    Corrected,
    ManualHandling,
    RequestOutcome,
    SettledByHand,
    corrected,
)
from procedure.circulation.transactions import Export, Loan
from procedure.reconciliation.entries import LoanAnswered, LoanRequested, LoanVerified

# The reason of a row that waits for a person to say whether the scan is right.
TO_CHECK = "to_check"
# That of a row whose due date Alma set to the moment of the upload.
DUE_SHIFTED = "due_shifted"


class ReconciliationState(StrEnum):
    """How far a row has come; see `procedure.reconciliation.loan_table`."""

    RECORDED = "recorded"
    EXPORTED = "exported"
    UPLOADED = "uploaded"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    RESOLVED = "resolved"
    VOID = "void"


# The states of a row that nobody has to do anything about any more.
SETTLED = (ReconciliationState.CONFIRMED, ReconciliationState.RESOLVED, ReconciliationState.VOID)
# Those of a row that no upload has taken yet.
TO_UPLOAD = (ReconciliationState.RECORDED, ReconciliationState.EXPORTED)
# Those of a row about which Alma has not answered yet.
UNDER_WAY = (*TO_UPLOAD, ReconciliationState.UPLOADED)


@dataclass(frozen=True, slots=True)
class LoanHistory:
    """The last entry of each kind about one loan, with its position in the journal.

    `line` is its place among the loans of its latest export, counted from 0. A refusal is that of
    Alma's latest report, None once a later report of the same file is without it.
    """

    export: tuple[int, Export] | None = None
    line: int = 0
    refusal: tuple[int, str] | None = None
    handed_on: tuple[int, ManualHandling] | None = None
    proof: tuple[int, LoanVerified] | None = None
    resolved: SettledByHand | None = None
    corrections: tuple[tuple[int, Corrected], ...] = ()
    intent: LoanRequested | None = None
    answer: tuple[int, LoanAnswered] | None = None

    @property
    def open_intent(self) -> LoanRequested | None:
        """A loan that was sent to Alma and whose fate is not known; it is never sent again."""
        answered = self.answer is not None and self.intent is not None and (
            self.answer[1].intent == self.intent.id
        )  # fmt: skip
        settled = (
            answered
            and self.answer is not None
            and self.answer[1].fate is not RequestOutcome.UNKNOWN
        )
        return None if settled else self.intent

    def apply_corrections(self, loan: Loan) -> Loan:
        """Return the loan with a person's corrections."""
        if not self.corrections:
            return loan
        return corrected(loan, [one for _, one in self.corrections])


NO_HISTORY = LoanHistory()


@dataclass(frozen=True, slots=True)
class ReconciledLoan:
    """A row of the loan table as an object; its fields are columns described there.

    `doubt` is None without an open question, `uploaded` None before the upload (aware UTC).
    """

    log: LoanRow
    trail: LoanHistory
    corrected: Loan
    state: ReconciliationState
    reason: str
    uploaded: datetime | None
    is_verified: bool
    doubt: str | None
    is_to_check: bool

    @property
    def loan(self) -> Loan:
        """The loan as it was recorded."""
        return self.log.loan

    @property
    def sent(self) -> int:
        """The position of its latest export, 0 without any."""
        return 0 if self.trail.export is None else self.trail.export[0]

    def since_sent(self, last: tuple[int, Any] | None) -> Any | None:
        """Return an entry that came after the latest export, None when it is older or missing."""
        return last[1] if last is not None and last[0] > self.sent else None
