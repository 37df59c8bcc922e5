"""A return from the cart that is scanned in through Alma's API, after a person said so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from procedure.reconciliation.entries import RequestOutcome

KINDS = ("scan_intended", "scan_answered")


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
