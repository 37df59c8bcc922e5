"""Which scans repeat another: a scanner that reads one label twice lends nothing twice.

Every scan is recorded; that one repeats another is a fold over the journal. So whichever of two
readings a person takes back, the other one is there, and stands up by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from procedure.circulation.transactions import Loan, Return

# A scanner may read one label twice; a reader who comes back later wants a renewal.
DOUBLE_READ = timedelta(minutes=2)


def same_scan(one: Loan, other: Loan) -> bool:
    """Tell whether two loans are of one user and item within the time of a double reading."""
    same = one.patron == other.patron and one.item == other.item
    return same and abs(one.at - other.at) <= DOUBLE_READ


class DoubleScans:
    """The fold: of which loan that stands is each loan a repeat.

    A loan that stands goes on standing until it is itself taken back: it may be in a file by then.
    A repeat stands up when the loan that it repeats is taken back and no other one is near, when
    the item turns out to have been given back between the two, or when a file holds it.

    `loans_of` gives the loans of an item that nobody took back, in the order of the journal.
    """

    def __init__(self, loans_of: Callable[[str], Sequence[Loan]]) -> None:
        self._loans_of = loans_of
        self._first: dict[UUID, UUID] = {}
        self._returns: dict[UUID, Return] = {}
        self._back: dict[str, list[datetime]] = defaultdict(list)

    def find(self, loan: Loan) -> UUID | None:
        """Return the loan that this one would repeat, None when it would stand."""
        for one in self._loans_of(loan.item):
            if one.id not in self._first and one.id != loan.id and self._repeats(loan, one):
                return one.id
        return None

    def add(self, loan: Loan) -> UUID | None:
        """Fold a loan that nothing has taken back; return the loan that it repeats."""
        first = self.find(loan)
        if first is not None:
            self._first[loan.id] = first
        return first

    def take_back(self, loan: Loan) -> Mapping[UUID, UUID | None]:
        """Let go of a void loan; return what its repeats repeat now, None for one that stands."""
        self._first.pop(loan.id, None)
        others = self._loans_of(loan.item)
        return self._judge_again(one for one in others if self._first.get(one.id) == loan.id)

    def hold(self, loan: UUID) -> None:
        """Let a loan stand that a file for Alma holds."""
        self._first.pop(loan, None)

    def give_back(self, back: Return) -> Mapping[UUID, UUID | None]:
        """Fold a return that nothing has taken back; what it parts was lent twice."""
        self._returns[back.id] = back
        self._back[back.item].append(back.at)
        loans = self._loans_of(back.item)
        return self._judge_again(one for one in loans if one.id in self._first)

    def undo_return(self, back: UUID) -> None:
        """Take a return out; what it has parted stays so."""
        found = self._returns.pop(back, None)
        if found is not None:
            self._back[found.item].remove(found.at)

    def _judge_again(self, loans: Iterable[Loan]) -> Mapping[UUID, UUID | None]:
        found: dict[UUID, UUID | None] = {}
        for one in list(loans):
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


def without_double_scans(loans: Iterable[Loan], returns: Iterable[Return]) -> list[Loan]:
    """Return the loans without those that repeat one before them; none of them is void."""
    seen: dict[str, list[Loan]] = defaultdict(list)
    repeats = DoubleScans(lambda item: seen.get(item, ()))
    for back in returns:
        repeats.give_back(back)
    stand: list[Loan] = []
    for loan in loans:
        if repeats.add(loan) is None:
            stand.append(loan)
        seen[loan.item].append(loan)
    return stand
