"""Corrections and settlements of recorded loans and returns."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from procedure.circulation.doubts import ABOUT_CARD, is_question
from procedure.circulation.transactions import Export, Loan
from procedure.journal import Act, Recorded

KINDS = (
    "corrected",
    "handed_on",
    "resolved",
    "return_resolved",
    "scan_intended",
    "scan_answered",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected(Act):
    """A correction of a loan's patron or item; the recorded loan keeps the scanned codes.

    An empty `patron` or `item` means that this code is not corrected. If both are empty, staff have
    confirmed the loan as it is. `warning` is the key of the doubt that the corrected codes raise,
    or None.
    """

    KIND: ClassVar[str] = "corrected"

    loan: UUID
    patron: str = ""
    item: str = ""
    warning: str | None = None


def corrected(loan: Loan, corrections: Iterable[Corrected]) -> Loan:
    """Apply corrections to a loan, in order.

    The list warnings about a replaced card or item are dropped.
    """
    for change in corrections:
        list_warnings = tuple(
            advice for advice in loan.told if not _is_other(change, advice.reason)
        )
        patron, item = change.patron or loan.patron, change.item or loan.item
        loan = replace(loan, patron=patron, item=item, told=list_warnings)
    return loan


def _is_other(change: Corrected, reason: str) -> bool:
    return bool(change.patron if reason in ABOUT_CARD else change.item)


def open_question(loan: Loan, corrections: Sequence[Corrected] = ()) -> str | None:
    """Return the key of the open question about a loan, or None if there is none.

    `corrections` are the loan's corrections, in order. Staff answer a question by confirming the
    loan at the desk (`overridden`) or by a correction, which may raise a new question.
    """
    if corrections:
        key = corrections[-1].warning
    else:
        key = None if loan.overridden else loan.warning
    return key if is_question(key) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualHandling(Act):
    """A loan that somebody else will enter in Alma by hand, and that is left out of further files.

    `note` is a remark by the person who hands the loan on, or the key of a reason.
    """

    KIND: ClassVar[str] = "handed_on"

    loan: UUID
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledByHand(Act):
    """A loan settled by means other than a file; `how` is the operator's description."""

    KIND: ClassVar[str] = "resolved"

    loan: UUID
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnSettledByHand(Act):
    """A return settled by means other than the API; `how` is the operator's description.

    Usually, the book was returned in Alma itself; in rare cases, Alma does not know its barcode.
    """

    KIND: ClassVar[str] = "return_resolved"

    back: UUID
    how: str


class RequestOutcome(StrEnum):
    """The outcome of a request to Alma's API."""

    MADE = "made"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    NEVER_ARRIVED = "never_arrived"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnRequested(Act):
    """The intention to scan in a returned item in Alma, recorded before the request is sent.

    `back` is the id of the return.
    """

    KIND: ClassVar[str] = "scan_intended"

    back: UUID


@dataclass(frozen=True, slots=True)
class ReturnAnswered:
    """The outcome of the scan-in requested by `intent`; `code` is Alma's error code, or empty.

    Alma scans in an item even if it was not on loan; the outcome is then `made`, with a code.
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
    """The last attempt to register a return through the API, and its outcome, if recorded."""

    intent: ReturnRequested
    answer: ReturnAnswered | None = None

    @property
    def open(self) -> bool:
        """Whether the outcome is unknown, in which case the request must not be sent again."""
        return self.answer is None or self.answer.fate is RequestOutcome.UNKNOWN

    @property
    def done(self) -> bool:
        """Whether the return is in Alma."""
        return self.answer is not None and self.answer.fate is RequestOutcome.MADE


class Settlements:
    """The corrections and settlements so far, computed from exports and entries of `KINDS`.

    - `excluded`: the ids of the loans left out of further files because they were handed on or
      settled by hand.
    - `attempts`: the last attempt to make each return through the API, by the id of the return.
    - `returns_by_hand`: the settlement of each return settled by hand, by the id of the return.
    """

    def __init__(self) -> None:
        self.excluded: set[UUID] = set()
        self.attempts: dict[UUID, ReturnAttempt] = {}
        self.returns_by_hand: dict[UUID, ReturnSettledByHand] = {}
        self._exported_returns: set[UUID] = set()
        self._exported_at: dict[UUID, int] = {}
        self._corrected_to: dict[str, list[UUID]] = defaultdict(list)
        self._corrections: dict[UUID, list[tuple[int, Corrected]]] = defaultdict(list)

    def add(self, recorded: Recorded) -> None:
        """Add one entry, in journal order; ignore entries of other kinds."""
        match entry := recorded.entry:
            case Export():
                self._exported_at.setdefault(entry.id, recorded.position)
                self._exported_returns.update(entry.returns)
            case Corrected():
                self._corrections[entry.loan].append((recorded.position, entry))
                for value in filter(None, (entry.item, entry.patron)):
                    self._corrected_to[value].append(entry.loan)
            case ManualHandling() | SettledByHand():
                self.excluded.add(entry.loan)
            case ReturnRequested():
                self.attempts[entry.back] = ReturnAttempt(entry)
            case ReturnAnswered() if entry.back in self.attempts:
                self.attempts[entry.back] = replace(self.attempts[entry.back], answer=entry)
            case ReturnSettledByHand():
                self.returns_by_hand[entry.back] = entry
            case _:
                pass

    def corrected(self, loan: Loan, export: Export | None = None) -> Loan:
        """Return a loan with its corrections.

        If `export` is given, only the corrections made before the export are applied.
        """
        if loan.id not in self._corrections:
            return loan
        until = None if export is None else self._exported_at.get(export.id)
        known = self._corrections[loan.id]
        return corrected(loan, [change for at, change in known if until is None or at < until])

    def open_question(self, loan: Loan) -> str | None:
        """Return the key of the open question about a loan, or None if there is none."""
        return open_question(loan, [change for _, change in self._corrections.get(loan.id, ())])

    def corrected_to(self, value: str) -> Sequence[UUID]:
        """Return the ids of all loans whose barcode or identifier was ever corrected to `value`."""
        return self._corrected_to.get(value, ())

    def is_settled(self, return_id: UUID) -> bool:
        """Return whether a return was made through the API or settled by hand."""
        attempt = self.attempts.get(return_id)
        return return_id in self.returns_by_hand or (attempt is not None and attempt.done)

    def is_sent(self, return_id: UUID) -> bool:
        """Return whether a return is settled, in a file, or sent with an unknown outcome."""
        attempt = self.attempts.get(return_id)
        is_open = attempt is not None and attempt.open
        return return_id in self._exported_returns or is_open or self.is_settled(return_id)
