"""What is done about a loan or return after it was recorded: corrected, settled, sent to Alma."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from procedure.circulation.transactions import Loan


@dataclass(frozen=True, slots=True)
class Corrected:
    """A loan's identifier or barcode put right by a person; the loan itself keeps what was scanned.

    An empty field is not changed; where both are empty, a person has found the loan right as it
    is. `warning` is the key of the doubt that the corrected scans raise themselves, or None.
    """

    KIND: ClassVar[str] = "corrected"

    id: UUID
    at: datetime
    loan: UUID
    patron: str = ""
    item: str = ""
    workstation: str = ""
    operator: str | None = None
    warning: str | None = None


def corrected(loan: Loan, corrections: Iterable[Corrected]) -> Loan:
    """Return a loan with corrections applied, in their order."""
    for one in corrections:
        loan = replace(loan, patron=one.patron or loan.patron, item=one.item or loan.item)
    return loan


@dataclass(frozen=True, slots=True)
class ManualHandling:
    """A loan that somebody else has to bring into Alma by hand: it goes into no file from now on.

    `note` says what is known, in the words of whoever hands it on, or is a key.
    """

    KIND: ClassVar[str] = "handed_on"

    id: UUID
    at: datetime
    loan: UUID
    note: str
    workstation: str = ""
    operator: str | None = None


@dataclass(frozen=True, slots=True)
class SettledByHand:
    """A loan settled outside of files: `how` in the words of whoever did it (`operator`)."""

    KIND: ClassVar[str] = "resolved"

    id: UUID
    at: datetime
    loan: UUID
    how: str
    workstation: str = ""
    operator: str | None = None


@dataclass(frozen=True, slots=True)
class ReturnSettledByHand:
    """A return settled outside of the API: `how` in the words of whoever did it (`operator`).

    The usual one is that the book was returned at Alma's own screen; the odd one that Alma has
    lost its barcode.
    """

    KIND: ClassVar[str] = "return_resolved"

    id: UUID
    at: datetime
    back: UUID
    how: str
    workstation: str = ""
    operator: str | None = None


class RequestOutcome(StrEnum):
    """What became of a request that makes a loan."""

    MADE = "made"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    NEVER_ARRIVED = "never_arrived"


@dataclass(frozen=True, slots=True)
class ReturnRequested:
    """An item is about to be scanned in; recorded before the request is sent."""

    KIND: ClassVar[str] = "scan_intended"

    id: UUID
    at: datetime
    back: UUID
    workstation: str = ""
    operator: str | None = None


@dataclass(frozen=True, slots=True)
class ReturnAnswered:
    """What became of an intended scan; `code` is what Alma answered besides.

    An item that was on no loan is scanned in all the same: made, with Alma's code.
    """

    KIND: ClassVar[str] = "scan_answered"

    id: UUID
    at: datetime
    intent: UUID
    back: UUID
    fate: RequestOutcome
    code: str = ""


@dataclass(frozen=True, slots=True)
class ReturnAttempt:
    """The last attempt at one return, with what became of it."""

    intent: ReturnRequested
    answer: ReturnAnswered | None = None

    @property
    def open(self) -> bool:
        """Whether it was sent and its fate is not known: it is never sent again."""
        return self.answer is None or self.answer.fate is RequestOutcome.UNKNOWN

    @property
    def done(self) -> bool:
        """Whether Alma has the return."""
        return self.answer is not None and self.answer.fate is RequestOutcome.MADE
