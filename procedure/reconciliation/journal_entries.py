"""The journal entries of the reconciliation."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from procedure.circulation.settlements import RequestOutcome
from procedure.journal import Act


@dataclass(frozen=True, slots=True, kw_only=True)
class FileUploaded(Act):
    """A statement by staff that a file was uploaded to Alma; `at` is the time of the upload."""

    KIND: ClassVar[str] = "uploaded"

    export: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class JobReportRecorded(Act):
    """Alma's report on an upload: the refused rows, each with the key of its message.

    - `succeeded`, `failed`: the counts stated in the report, or None.
    - `unplaced`: the number of messages that match no row in the file; `strange`: the number of
      unknown messages.
    - `returns`: the refused returns (R rows). They need no action, because the row of the item's
      next loan shows whether Alma has that loan.
    """

    KIND: ClassVar[str] = "report_taken"

    export: UUID
    refused: tuple[tuple[UUID, str], ...]
    succeeded: int | None = None
    failed: int | None = None
    unplaced: int = 0
    returns: tuple[tuple[UUID, str], ...] = ()
    strange: int = 0

    def accounts_for(self, lines: int) -> bool:
        """Return whether the report accounts for all `lines` lines of the file."""
        if self.succeeded is None or self.failed is None or self.unplaced or self.strange:
            return False
        named = len(self.refused) + len(self.returns)
        return self.succeeded + self.failed == lines and self.failed == named


class Verification(StrEnum):
    """The result of verifying a row."""

    IN_ALMA = "in_alma"
    DUE_SHIFTED = "due_shifted"
    OTHER_USER = "other_user"
    MISSING = "missing"
    NOT_CHECKED = "not_checked"


@dataclass(frozen=True, slots=True)
class LoanVerified:
    """The result of checking a loan in Alma, through its API or in its list of active loans.

    `source` is `api` or `list`. `reason` is the key of the reason for the result, or empty.
    """

    KIND: ClassVar[str] = "proved"

    id: UUID
    at: datetime
    loan: UUID
    found: Verification
    reason: str = ""
    due: datetime | None = None
    source: str = "api"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanRequested(Act):
    """The intention to make a loan through the API, recorded before the request is sent."""

    KIND: ClassVar[str] = "loan_intended"

    loan: UUID


@dataclass(frozen=True, slots=True)
class LoanAnswered:
    """The outcome of the loan requested by `intent`, with Alma's error code or the due date."""

    KIND: ClassVar[str] = "loan_answered"

    id: UUID
    at: datetime
    intent: UUID
    loan: UUID
    fate: RequestOutcome
    code: str = ""
    due: datetime | None = None


def refused_loans(entry: object) -> Iterable[tuple[UUID, str]]:
    """Return the loans that an entry reports as refused, each with the key of the reason.

    The key is the message's key in Alma's report, or the error code in the API's answer.
    """
    match entry:
        case JobReportRecorded():
            return entry.refused
        case LoanAnswered() if entry.fate is RequestOutcome.REFUSED:
            return ((entry.loan, entry.code),)
        case _:
            return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistTicked(Act):
    """A checklist point marked as done or, if `done` is false, reopened."""

    KIND: ClassVar[str] = "ticked"

    point: str
    done: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedOff(Act):
    """A named person's signature confirming that every row is accounted for.

    `states` counts the rows by state, as of the journal position `position`. `lacking` holds loans
    that were settled by hand but that Alma did not have at the time of the signature.
    """

    KIND: ClassVar[str] = "signed_off"

    operator: str  # pyright: ignore[reportGeneralTypeIssues] a keyword-only field needs no default
    states: tuple[tuple[str, int], ...]
    position: int
    lacking: tuple[UUID, ...] = ()
