"""One row of the reconciliation: what was said of a loan, and the state that follows from it.

A row's state is the last word that was said of it. What was said before its latest export is about
an earlier file, and no longer counts. That a loan is not in Alma says nothing before its file was
uploaded: it would be sent twice.

    void  >  resolved  >  confirmed | refused  >  uploaded  >  exported  >  to check  >  recorded

A loan with an open question (`procedure.circulation.doubts`) is in no file: it is `refused` by
Relais itself, with the reason `to_check`, until a person decides.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any
from uuid import UUID

from procedure.circulation.doubts import open_question
from procedure.circulation.loan_row import LoanRow
from procedure.circulation.transactions import Export, Loan
from procedure.reconciliation.entries import (
    Corrected,
    FileUploaded,
    JobReportRecorded,
    LoanAnswered,
    LoanRequested,
    LoanVerified,
    ManualHandling,
    RequestOutcome,
    SettledByHand,
    Verification,
    corrected,
)

# The reason of a row that waits for a person to say whether the scan is right.
TO_CHECK = "to_check"
_IN_ALMA = (Verification.IN_ALMA, Verification.DUE_SHIFTED)


class ReconciliationState(StrEnum):
    """How far a row has come; see the module."""

    RECORDED = "recorded"
    EXPORTED = "exported"
    UPLOADED = "uploaded"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    RESOLVED = "resolved"
    VOID = "void"


# The states of a row that nobody has to do anything about any more.
SETTLED = (ReconciliationState.CONFIRMED, ReconciliationState.RESOLVED, ReconciliationState.VOID)


@dataclass(slots=True)
class LoanHistory:
    """What was said of one loan, with its position in the journal; the last of a kind holds."""

    export: tuple[int, Export] | None = None
    refusal: tuple[int, str] | None = None
    handed_on: tuple[int, ManualHandling] | None = None
    proof: tuple[int, LoanVerified] | None = None
    resolved: SettledByHand | None = None
    corrections: list[tuple[int, Corrected]] = field(default_factory=list["tuple[int, Corrected]"])
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


@dataclass(frozen=True)
class ReconciledLoan:
    """One loan with its state. `loan` is what was scanned, `corrected` what a person made of it."""

    log: LoanRow
    trail: LoanHistory
    uploads: Uploads

    @property
    def loan(self) -> Loan:
        """The loan as it was recorded."""
        return self.log.loan

    @cached_property
    def corrected(self) -> Loan:
        """The loan with a person's corrections."""
        return corrected(self.loan, [one for _, one in self.trail.corrections])

    @cached_property
    def _word(self) -> tuple[ReconciliationState, str]:
        return next(word for say in _WORDS if (word := say(self)) is not None)

    @property
    def state(self) -> ReconciliationState:
        """The state; see the module."""
        return self._word[0]

    @property
    def reason(self) -> str:
        """Why it is in this state, as a key; empty when the state says it all."""
        return self._word[1]

    @cached_property
    def doubt(self) -> str | None:
        """The key of the question that nobody has decided; see `procedure.circulation.doubts`."""
        return open_question(self.loan, [one for _, one in self.trail.corrections])

    @property
    def is_to_check(self) -> bool:
        """Whether a person has to decide about the scan before the row goes into a file."""
        to_write = self.state is ReconciliationState.REFUSED and self.trail.handed_on is None
        return to_write and self.doubt is not None

    @property
    def sent(self) -> int:
        """The position of its latest export, 0 without any."""
        return 0 if self.trail.export is None else self.trail.export[0]

    @property
    def uploaded(self) -> datetime | None:
        """When its latest file was uploaded, None when nobody has said so or it is in none."""
        return None if self.trail.export is None else self.uploads.at.get(self.trail.export[1].id)

    @property
    def proof(self) -> LoanVerified | None:
        """The proof that counts: of its latest file, and a loan not found only once it went up."""
        proof: LoanVerified | None = self.since_sent(self.trail.proof)
        if proof is None or proof.found in _IN_ALMA:
            return proof
        return proof if self.uploaded is not None and self.uploaded <= proof.at else None

    def since_sent(self, word: tuple[int, Any] | None) -> Any | None:
        """Return what was said after the latest export, None when it is older or was never said."""
        return word[1] if word is not None and word[0] > self.sent else None


class Uploads:
    """When each export was uploaded, and the reports that came of it."""

    def __init__(self) -> None:
        self.at: dict[UUID, datetime] = {}
        self.reports: dict[UUID, JobReportRecorded] = {}

    def add(self, entry: FileUploaded | JobReportRecorded) -> None:
        """Fold one; a report says that the file was uploaded, even if nobody said so."""
        if isinstance(entry, JobReportRecorded):
            self.reports[entry.export] = entry
            self.at.setdefault(entry.export, entry.at)
        else:
            self.at[entry.export] = entry.at


_Word = tuple[ReconciliationState, str] | None


def _void(row: ReconciledLoan) -> _Word:
    if row.log.void is None:
        return None
    return ReconciliationState.VOID, "void_after_export" if row.trail.export is not None else ""


def _resolved(row: ReconciledLoan) -> _Word:
    return None if row.trail.resolved is None else (ReconciliationState.RESOLVED, "by_hand")


def _answered(row: ReconciledLoan) -> _Word:
    made = row.since_sent(row.trail.answer)
    proof = row.trail.proof if row.proof is not None else None
    if made is None or made.fate is not RequestOutcome.MADE:
        return None
    # A proof that is newer than the loan speaks for itself.
    newer = proof is not None and row.trail.answer is not None and proof[0] > row.trail.answer[0]
    return None if newer else (ReconciliationState.CONFIRMED, "lent_by_api")


def _proved(row: ReconciledLoan) -> _Word:
    proof = row.proof
    if proof is None or proof.found is Verification.NOT_CHECKED:
        return None
    if proof.found in _IN_ALMA:
        shifted = proof.found is Verification.DUE_SHIFTED
        return ReconciliationState.CONFIRMED, "due_shifted" if shifted else proof.reason
    refusal = row.since_sent(row.trail.refusal)
    return ReconciliationState.REFUSED, refusal or proof.found.value


def _reported(row: ReconciledLoan) -> _Word:
    refusal = row.since_sent(row.trail.refusal)
    return None if refusal is None else (ReconciliationState.REFUSED, refusal)


def _handed_on(row: ReconciledLoan) -> _Word:
    return (
        None
        if row.since_sent(row.trail.handed_on) is None
        else (ReconciliationState.REFUSED, "handed_on")
    )


def _uploaded(row: ReconciledLoan) -> _Word:
    return None if row.uploaded is None else (ReconciliationState.UPLOADED, "")


def _exported(row: ReconciledLoan) -> _Word:
    return None if row.trail.export is None else (ReconciliationState.EXPORTED, "")


def _doubtful(row: ReconciledLoan) -> _Word:
    return None if row.doubt is None else (ReconciliationState.REFUSED, TO_CHECK)


# The first that has something to say has the word.
_WORDS: tuple[Callable[[ReconciledLoan], _Word], ...] = (
    _void,
    _resolved,
    _answered,
    _proved,
    _reported,
    _handed_on,
    _uploaded,
    _exported,
    _doubtful,
    lambda _: (ReconciliationState.RECORDED, ""),
)
