"""The history of a loan on its way into Alma."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import TypeVar
from uuid import UUID

from procedure.circulation.settlements import (
    Corrected,
    ManualHandling,
    RequestOutcome,
    SettledByHand,
    corrected,
)
from procedure.circulation.transactions import Export, Loan
from procedure.reconciliation.journal_entries import (
    JobReportRecorded,
    LoanAnswered,
    LoanRequested,
    LoanVerified,
    Verification,
)

_Entry = TypeVar("_Entry")
# The `reason` of a verification if the item was lent again after the loan.
LENT_SINCE = "lent_since"
# The `reason` of a verification if the loan had already ended.
RETURNED_SINCE = "returned_since"
IN_ALMA = (Verification.IN_ALMA, Verification.DUE_SHIFTED)


@dataclass(frozen=True, slots=True)
class LoanHistory:
    """The last entry of each kind about a loan, with its position in the journal.

    - `line`: the loan's index in its latest export, from 0.
    - `refusal`: the key of the message with which Alma refused the loan, or None if a later report
      on the same file no longer lists the loan.
    - `verification`: the last verification; a verification that could not check the loan counts
      only if there is no other.
    - `proof`: the last answer saying that Alma has the loan.
    - `first_proof`: the first such answer after the latest export. Answers that a later
      verification contradicts do not count.
    - `reported`: the latest report that accepts the loan.
    """

    export: tuple[int, Export] | None = None
    line: int = 0
    refusal: tuple[int, str] | None = None
    handed_on: tuple[int, ManualHandling] | None = None
    verification: tuple[int, LoanVerified] | None = None
    proof: tuple[int, LoanVerified | LoanAnswered] | None = None
    first_proof: tuple[int, LoanVerified | LoanAnswered] | None = None
    reported: tuple[int, JobReportRecorded] | None = None
    resolved: tuple[int, SettledByHand] | None = None
    corrections: tuple[tuple[int, Corrected], ...] = ()
    intent: LoanRequested | None = None
    answer: tuple[int, LoanAnswered] | None = None

    @property
    def sent(self) -> int:
        """The journal position of the latest export, or 0."""
        return 0 if self.export is None else self.export[0]

    @property
    def due(self) -> datetime | None:
        """The last due date given by Alma, or None."""
        known = [
            last for last in (self.verification, self.proof) if last is not None and last[1].due
        ]
        return max(known, key=itemgetter(0))[1].due if known else None

    def sent_at(self, uploaded: Mapping[UUID, datetime]) -> datetime | None:
        """Return the upload time (aware) of the latest export, or None."""
        return None if self.export is None else uploaded.get(self.export[1].id)

    @property
    def open_intent(self) -> LoanRequested | None:
        """The request whose outcome is unknown, or None; this request must not be sent again."""
        if self.intent is None or self.answer is None:
            return self.intent
        _, answer = self.answer
        settled = answer.intent == self.intent.id and answer.fate is not RequestOutcome.UNKNOWN
        return None if settled else self.intent

    def proof_changes(
        self, position: int, answer: LoanVerified | LoanAnswered
    ) -> dict[str, object]:
        """Return the new `proof` and `first_proof` if an answer says that Alma has the loan."""
        if isinstance(answer, LoanVerified):
            shows = answer.found in IN_ALMA
        else:
            shows = answer.fate is RequestOutcome.MADE
        if not shows:
            return {}
        proof, verified = (position, answer), self.verification and self.verification[1]
        stands = self.since_sent(self.first_proof) is not None and not _contradicts(verified)
        return {"proof": proof, "first_proof": self.first_proof if stands else proof}

    @property
    def since_settled(self) -> LoanVerified | None:
        """The last verification after the loan was settled by hand, or None."""
        if self.resolved is None or self.verification is None:
            return None
        position, verified = self.verification
        return verified if position > self.resolved[0] else None

    def apply_corrections(self, loan: Loan) -> Loan:
        if not self.corrections:
            return loan
        return corrected(loan, [change for _, change in self.corrections])

    def since_sent(self, last: tuple[int, _Entry] | None) -> _Entry | None:
        """Return the entry in `last` if it is newer than the latest export, or else None."""
        return last[1] if last is not None and last[0] > self.sent else None

    def counting_verification(self, uploaded: datetime | None) -> LoanVerified | None:
        """Return the last verification since the latest export, or None if it must be ignored.

        A verification that did not find the loan counts only if it was made after the file was
        uploaded. `uploaded` is the time of the upload (aware), or None.
        """
        verified = self.since_sent(self.verification)
        if verified is None or verified.found in IN_ALMA:
            return verified
        return verified if uploaded is not None and uploaded <= verified.at else None

    def is_verified(self, verified: LoanVerified | None) -> bool:
        """Return whether the next verification may skip the loan.

        `verified` is the result of `counting_verification`.
        """
        if isinstance(self.since_sent(self.proof), LoanVerified):
            return True
        return verified is not None and verified.found is Verification.OTHER_USER

    def is_contradicted(self, verified: LoanVerified | None) -> bool:
        """Return whether a verification outweighs previous evidence that Alma has the loan.

        A newer verification outweighs the evidence if it found an earlier loan to somebody else.
        `verified` is the result of `counting_verification`.
        """
        if self.verification is None or not _contradicts(verified):
            return False
        known = max(last[0] for last in (self.proof, self.reported, (0, None)) if last)
        return self.verification[0] > known


def _contradicts(verified: LoanVerified | None) -> bool:
    if verified is None or verified.found is not Verification.OTHER_USER:
        return False
    return verified.reason != LENT_SINCE


NO_HISTORY = LoanHistory()
