"""One loan of the reconciliation: what the journal says of it, and its row of the loan table.

The rules by which the state follows are those of `procedure.reconciliation.loan_states`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, overload

from procedure.circulation.loan_row import LoanRow
from procedure.circulation.pseudonyms import is_pseudonym
from procedure.circulation.settlements import (
    Corrected,
    ManualHandling,
    RequestOutcome,
    SettledByHand,
    corrected,
)
from procedure.circulation.transactions import Export, Loan
from procedure.reconciliation.journal_entries import LoanAnswered, LoanRequested, LoanVerified

# The reason of a row that waits for a person to say whether the scan is right.
TO_CHECK = "to_check"
# That of a row whose due date Alma set to the moment of the upload.
DUE_SHIFTED = "due_shifted"


class ReconciliationState(StrEnum):
    """How far a row has come; see `procedure.reconciliation.loan_states`."""

    RECORDED = "recorded"
    EXPORTED = "exported"
    UPLOADED = "uploaded"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    RESOLVED = "resolved"
    VOID = "void"


class Stage(StrEnum):
    """Where a loan stands on its way into Alma: each loan is at exactly one of these.

    To check are those with a doubt about the scan that nobody decided; on the way is what is
    recorded, in a file, or uploaded without an answer yet; to settle is what was refused. The
    others are accounted for.
    """

    TO_CHECK = "to_check"
    ON_THE_WAY = "on_the_way"
    TO_SETTLE = "to_settle"
    IN_ALMA = "in_alma"
    SETTLED_BY_HAND = "settled_by_hand"
    CANCELLED = "cancelled"


# The stage of a loan whose scan is not to be checked, by its state.
STAGE_OF = {
    ReconciliationState.RECORDED: Stage.ON_THE_WAY,
    ReconciliationState.EXPORTED: Stage.ON_THE_WAY,
    ReconciliationState.UPLOADED: Stage.ON_THE_WAY,
    ReconciliationState.CONFIRMED: Stage.IN_ALMA,
    ReconciliationState.REFUSED: Stage.TO_SETTLE,
    ReconciliationState.RESOLVED: Stage.SETTLED_BY_HAND,
    ReconciliationState.VOID: Stage.CANCELLED,
}

# The states of a row that nobody has to do anything about any more.
SETTLED = (ReconciliationState.CONFIRMED, ReconciliationState.RESOLVED, ReconciliationState.VOID)
# Those of a row that no upload has taken yet.
TO_UPLOAD = (ReconciliationState.RECORDED, ReconciliationState.EXPORTED)


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
        if self.intent is None or self.answer is None:
            return self.intent
        _, answer = self.answer
        settled = answer.intent == self.intent.id and answer.fate is not RequestOutcome.UNKNOWN
        return None if settled else self.intent

    def apply_corrections(self, loan: Loan) -> Loan:
        """Return the loan with a person's corrections."""
        if not self.corrections:
            return loan
        return corrected(loan, [change for _, change in self.corrections])


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
    stage: Stage

    @property
    def is_to_check(self) -> bool:
        """Whether a person has to decide about the scan first."""
        return self.stage is Stage.TO_CHECK

    @property
    def is_purged(self) -> bool:
        """Whether its identifier was deleted: Alma can be asked nothing about it any more."""
        return is_pseudonym(self.corrected.patron)

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


class LoanRows(Sequence[ReconciledLoan]):
    """The rows of a loan table as objects, each made when it is asked for."""

    def __init__(self, table: Any) -> None:
        self._table = table

    def __len__(self) -> int:
        return len(self._table)

    @overload
    def __getitem__(self, place: int) -> ReconciledLoan: ...
    @overload
    def __getitem__(self, place: slice) -> list[ReconciledLoan]: ...
    def __getitem__(self, place: int | slice) -> ReconciledLoan | list[ReconciledLoan]:
        if isinstance(place, slice):
            return reconciled_loans(self._table.iloc[place])
        return reconciled_loans(self._table.iloc[[place]])[0]

    def __iter__(self) -> Iterator[ReconciledLoan]:
        return iter(self[:])


def reconciled_loans(table: Any) -> list[ReconciledLoan]:
    """Return the rows of a loan table as objects."""
    missing: Iterable[bool] = table.uploaded.isna()
    columns = (
        *(table.log, table.trail, table.loan, table.state, table.reason, table.uploaded, missing),
        *(table.is_verified, table.doubt, table.stage),
    )
    return [
        ReconciledLoan(
            *(log, trail, loan, ReconciliationState(state), reason),
            None if never else uploaded.to_pydatetime(),
            *(bool(verified), doubt or None, Stage(stage)),
        )
        for log, trail, loan, state, reason, uploaded, never, verified, doubt, stage in zip(
            *columns, strict=True
        )
    ]
