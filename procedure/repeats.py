"""Which scans repeat another: a scanner that reads one label twice lends nothing twice.

Every scan is recorded; that one repeats another is a fold over the journal. So whichever of two
readings a person takes back, the other one is there, and stands up by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from procedure.circulation import Loan, Return

# A scanner may read one label twice; a reader who comes back later wants a renewal.
DOUBLE_READ = timedelta(minutes=2)


def same_scan(one: Loan, other: Loan) -> bool:
    """Tell whether two loans are of one user and item within the time of a double reading."""
    near = abs(one.at - other.at) <= DOUBLE_READ
    return near and one.item == other.item and one.patron == other.patron


class Repeats:
    """The fold: of which loan that stands is each loan a repeat.

    A loan that stands goes on standing until it is itself taken back: it may be in a file by then.
    A repeat stands up when the loan that it repeats is taken back and no other one is near, when
    the item turns out to have been given back between the two, or when a file holds it.
    """

    def __init__(self) -> None:
        self._first: dict[UUID, UUID] = {}
        self._scans: dict[str, list[Loan]] = defaultdict(list)
        self._returns: dict[UUID, Return] = {}
        self._back: dict[str, list[datetime]] = defaultdict(list)

    def find(self, loan: Loan) -> UUID | None:
        """Return the loan that this one would repeat, None when it would stand."""
        for one in self._scans.get(loan.item, ()):
            if one.id not in self._first and one.id != loan.id and self._repeats(loan, one):
                return one.id
        return None

    def add(self, loan: Loan) -> UUID | None:
        """Fold a loan that nothing has taken back; return the loan that it repeats."""
        first = self.find(loan)
        if first is not None:
            self._first[loan.id] = first
        self._scans[loan.item].append(loan)
        return first

    def take_back(self, loan: Loan) -> Mapping[UUID, UUID | None]:
        """Take a loan out; return what its repeats repeat now, None for one that stands up."""
        self._first.pop(loan.id, None)
        scans = self._scans[loan.item] = [one for one in self._scans[loan.item] if one != loan]
        return self._judge_again(one for one in scans if self._first.get(one.id) == loan.id)

    def hold(self, loan: UUID) -> None:
        """Let a loan stand that a file for Alma holds."""
        self._first.pop(loan, None)

    def give_back(self, back: Return) -> Mapping[UUID, UUID | None]:
        """Fold a return that nothing has taken back; what it parts was lent twice."""
        self._returns[back.id] = back
        self._back[back.item].append(back.at)
        return self._judge_again(one for one in self._scans[back.item] if one.id in self._first)

    def undo_return(self, back: UUID) -> None:
        """Take a return out; what it has parted stays so."""
        found = self._returns.pop(back, None)
        if found is not None:
            self._back[found.item].remove(found.at)

    def _judge_again(self, scans: Iterable[Loan]) -> Mapping[UUID, UUID | None]:
        found: dict[UUID, UUID | None] = {}
        for one in list(scans):
            before = self._first.pop(one.id)
            first = self.find(one)
            if first is not None:
                self._first[one.id] = first
            if first != before:
                found[one.id] = first
        return found

    def _repeats(self, loan: Loan, other: Loan) -> bool:
        if not same_scan(loan, other):
            return False
        start, end = sorted((loan.at, other.at))
        return not any(start < at < end for at in self._back.get(loan.item, ()))
