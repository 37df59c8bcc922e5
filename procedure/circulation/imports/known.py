"""The transactions that the journal has already, as an import needs to know them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from procedure.circulation.offline_layout import STAMP
from procedure.circulation.transactions import Loan, PendingLoan, Return, Void, trimmed
from procedure.journal import Recorded
from procedure.local_time import local

KINDS = ("loan", "return", "void", "waiting")
Transaction = Loan | Return | Void | PendingLoan
Content = tuple[str, str, str, str]
# `made_at` is left out where `at` is within a second of it, and two such `at` may be two apart.
SAME_INSTANT = timedelta(seconds=2)


def has_same_content(one: object, other: object) -> bool:
    """Return whether two entries under one id record the same transaction.

    They have the same kind, desk, patron, item and cart, and were made at the same instant; a void
    names the same loan. `at` and `skew_s` may differ: a retry may know its clock better.
    """
    if isinstance(one, Void) and isinstance(other, Void):
        return one.loan == other.loan
    if type(one) is not type(other) or not isinstance(one, Loan | Return | PendingLoan):
        return False
    assert isinstance(other, Loan | Return | PendingLoan)
    if abs((one.made_at or one.at) - (other.made_at or other.at)) > SAME_INSTANT:
        return False
    return all(_text(one, name) == _text(other, name) for name in _COMPARED)


def minute_shown(at: datetime) -> str:
    """Return the local minute of an aware instant as a file shows it, `YYYYMMDDHHMM`."""
    return local(at).strftime(STAMP)


_COMPARED = ("desk", "item", "patron", "cart")


def _text(entry: Loan | Return | PendingLoan, name: str) -> str:
    return trimmed(getattr(entry, name, ""))


class KnownTransactions:
    """The fold of the transactions in the journal; `extend` takes what is new."""

    def __init__(self, recorded: Iterable[Recorded] = ()) -> None:
        self.position = 0
        self.loans: dict[UUID, Loan] = {}
        self.returns: dict[UUID, Return] = {}
        self.waiting: dict[UUID, PendingLoan] = {}
        self.voids: dict[UUID, UUID] = {}
        self._voids: dict[UUID, Void] = {}
        self.records: dict[Content, list[UUID]] = {}
        self._minutes: dict[datetime, str] = {}
        self.extend(recorded)

    def extend(self, recorded: Iterable[Recorded]) -> None:
        """Fold what the journal has committed since; entries of other kinds are passed over."""
        for one in recorded:
            self.position = max(self.position, one.position)
            if isinstance(one.entry, Transaction):
                self.add(one.entry)

    def add(self, entry: Transaction) -> None:
        """Fold one transaction; one that was folded already changes nothing."""
        match entry:
            case Void():
                self.voids[entry.id] = entry.loan
                self._voids[entry.id] = entry
            case PendingLoan():
                self.waiting.setdefault(entry.id, entry)
            case Loan() if entry.id not in self.loans:
                self.loans[entry.id] = entry
                self._count("loan", entry, entry.patron)
            case Return() if entry.id not in self.returns:
                self.returns[entry.id] = entry
                self._count("return", entry, "")
            case _:
                pass

    def has(self, entry: UUID) -> bool:
        """Tell whether a transaction with this id was folded."""
        return self.find(entry) is not None

    def find(self, entry: UUID) -> Transaction | None:
        """Return the transaction with this id, None if none was folded."""
        folds = (self.loans, self.returns, self.waiting, self._voids)
        return next((fold[entry] for fold in folds if entry in fold), None)

    def _count(self, kind: str, entry: Loan | Return, patron: str) -> None:
        minute = entry.at.replace(second=0, microsecond=0)
        shown = self._minutes.get(minute)
        if shown is None:
            shown = self._minutes[minute] = minute_shown(minute)
        self.records.setdefault((kind, shown, entry.item, patron), []).append(entry.id)
