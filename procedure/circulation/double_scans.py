"""Double scans: a scanner reads the same label twice for one loan.

Both scans are recorded, so if staff void one scan, the other scan still counts.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from procedure.circulation.transactions import Loan, Return, Transaction

# A second scan after a longer time counts as a renewal.
DOUBLE_READ = timedelta(minutes=2)


def same_scan(loan: Loan, other: Loan) -> bool:
    """Return whether two loans have the same item and patron, and are at most two minutes apart."""
    same = loan.patron == other.patron and loan.item == other.item
    return same and abs(loan.at - other.at) <= DOUBLE_READ


class DoubleScans:
    """Tracks which loans are repeats of other loans.

    A loan that is not a repeat counts as a loan of its own. It continues to count until it is
    itself voided, because it may already be in a file. A repeat starts to count if the loan it
    repeats is voided and no other loan is close in time, if the item turns out to have been
    returned in between, or if a file contains the repeat.

    `transactions` returns the loans and returns of an item that have not been voided, in journal
    order.
    """

    def __init__(self, transactions: Callable[[str], Sequence[Transaction]]) -> None:
        self._transactions = transactions
        self._repeats: dict[UUID, UUID] = {}

    def find(self, loan: Loan) -> UUID | None:
        """Return the id of the loan that this loan repeats, or None if this loan counts."""
        transactions = self._transactions(loan.item)
        for other in transactions:
            if not isinstance(other, Loan) or other.id == loan.id or other.id in self._repeats:
                continue
            if same_scan(loan, other) and not _returned_between(loan, other, transactions):
                return other.id
        return None

    def add(self, loan: Loan) -> UUID | None:
        """Add a loan that has not been voided, and return the id of the loan it repeats, if any."""
        first = self.find(loan)
        if first is not None:
            self._repeats[loan.id] = first
        return first

    def keep(self, loan: UUID) -> None:
        """Make a loan count because a file for Alma contains it."""
        self._repeats.pop(loan, None)

    def remove(self, loan: Loan) -> Mapping[UUID, UUID | None]:
        """Remove a voided loan and judge its repeats again; see `judge_again`."""
        self._repeats.pop(loan.id, None)
        return self.judge_again(loan.item, of=loan.id)

    def judge_again(self, item: str, of: UUID | None = None) -> Mapping[UUID, UUID | None]:
        """Judge the repeats of an item again, after a return or a void.

        Return the ids of the changed loans, each with the id of the loan that it now repeats, or
        with None if it now counts. If `of` is given, only the repeats of that loan are judged.
        """
        changed: dict[UUID, UUID | None] = {}
        for loan in self._transactions(item):
            before = self._repeats.get(loan.id)
            if not isinstance(loan, Loan) or before is None or of not in (None, before):
                continue
            del self._repeats[loan.id]
            if (first := self.add(loan)) != before:
                changed[loan.id] = first
        return changed


def _returned_between(loan: Loan, other: Loan, transactions: Iterable[Transaction]) -> bool:
    start, end = sorted((loan.at, other.at))
    return any(isinstance(entry, Return) and start < entry.at < end for entry in transactions)


def without_double_scans(loans: Iterable[Loan], returns: Iterable[Return]) -> list[Loan]:
    """Return the loans that do not repeat an earlier loan; `loans` must contain no voided loans."""
    transactions: dict[str, list[Transaction]] = defaultdict(list)
    for returned in returns:
        transactions[returned.item].append(returned)
    repeats = DoubleScans(lambda item: transactions.get(item, ()))
    standing: list[Loan] = []
    for loan in loans:
        if repeats.add(loan) is None:
            standing.append(loan)
        transactions[loan.item].append(loan)
    return standing
