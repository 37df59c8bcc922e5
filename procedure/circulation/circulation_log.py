"""The loan log: every loan, return and pending loan, with its current state.

The log is built up from the journal, one entry at a time, because each scan is judged against the
entries before it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from uuid import UUID

from procedure.circulation.double_scans import DoubleScans
from procedure.circulation.loan_index import LoanIndex
from procedure.circulation.loan_row import LoanRow
from procedure.circulation.offline_files.offline_format import in_order
from procedure.circulation.pending_loans import loan_id
from procedure.circulation.settlements import KINDS as SETTLEMENT_KINDS, Settlements
from procedure.circulation.transactions import Export, Loan, PendingLoan, Return, Transaction, Void
from procedure.journal import Recorded
from procedure.local_time import local_day

# The kinds of journal entry that the log reads, including later corrections and settlements.
KINDS = ("loan", "return", "void", "waiting", "export", *SETTLEMENT_KINDS)
# The kinds of entry that may make a planned export stale.
SETTLING = (
    "void",
    "export",
    "corrected",
    "handed_on",
    "resolved",
    "return",
    "return_resolved",
    "scan_intended",
    "scan_answered",
)


class CirculationLog(LoanIndex):
    """The loans, returns, pending loans, voids and exports in the journal.

    `settlements` holds the later corrections and settlements.

    An entry that is added again is ignored. A void or an export may be added before its loan.
    """

    def __init__(self, recorded: Iterable[Recorded] = ()) -> None:
        super().__init__()
        self.position = 0
        self.settlements = Settlements()
        self._returns: dict[UUID, Return] = {}
        self._all_pending: dict[UUID, PendingLoan] = {}
        self._pending: dict[UUID, PendingLoan] = {}  # neither completed nor voided
        self._completed_by: dict[UUID, UUID] = {}  # the pending loan that each loan completes
        self._voids: dict[UUID, Void] = {}
        self._void_of: dict[UUID, Void] = {}
        self._exports: dict[UUID, Export] = {}
        self._export_of: dict[UUID, Export] = {}
        self._repeats = DoubleScans(self._not_void)
        self.extend(recorded)

    def extend(self, recorded: Iterable[Recorded]) -> None:
        """Add the entries committed to the journal since the last call, in order."""
        for entry in recorded:
            self.add(entry)

    def add(self, recorded: Recorded) -> None:
        if recorded.position <= self.position:
            return
        self.position = recorded.position
        entry = recorded.entry
        match entry:
            case Loan():
                self._add_loan(entry, recorded)
            case Return():
                self._add_return(entry)
            case PendingLoan():
                self._add_pending(entry)
            case Void():
                self._add_void(entry)
            case Export():
                self._add_export(entry)
                self.settlements.add(recorded)
            case _:
                self.settlements.add(recorded)

    def find(self, entry: UUID) -> Transaction | PendingLoan | Void | None:
        """Return the loan, return, pending loan or void with this id, even if voided, or None."""
        row = self._rows.get(entry)
        if row is not None:
            return row.loan
        return self._returns.get(entry) or self._all_pending.get(entry) or self._voids.get(entry)

    def void_of(self, target: UUID) -> Void | None:
        """Return the first void of a loan, return or pending loan, or None if there is none."""
        return self._void_of.get(target)

    def of_item(self, item: str) -> Sequence[Transaction]:
        """Return all loans and returns of an item, including voided ones, in journal order."""
        return self._by_item.get(item, ())

    def standing(self, item: str) -> Sequence[Transaction]:
        """Return an item's loans and returns that have not been voided, in chronological order."""
        return sorted(self._not_void(item), key=_BY_TIME)

    def repeated_by(self, loan: Loan) -> LoanRow | None:
        """Return the earlier loan that a new loan would repeat as a double scan, or None."""
        first = self._repeats.find(loan)
        return None if first is None else self._rows[first]

    def find_return(self, return_id: UUID) -> Return | None:
        """Return the return with this id, even if voided, or None if there is none."""
        return self._returns.get(return_id)

    def returns(self) -> list[Return]:
        """Return the returns that have not been voided, in chronological order."""
        standing = (
            returned for returned in self._returns.values() if returned.id not in self._void_of
        )
        return sorted(standing, key=_BY_TIME)

    def on_cart(self, item: str, at: datetime) -> Return | None:
        """Return an item's `Return` if the item is on a cart at `at` (aware), or None."""
        before = [entry for entry in self.standing(item) if entry.at <= at]
        last = before[-1] if before else None
        return last if isinstance(last, Return) else None

    def pending(self) -> list[PendingLoan]:
        """Return the pending loans that have not been completed or voided, oldest first."""
        return sorted(self._pending.values(), key=_BY_TIME)

    def pending_loan(self, pending: UUID) -> PendingLoan | None:
        """Return the pending loan with this id, or None if it is completed, voided or unknown."""
        return self._pending.get(pending)

    def pending_end(self, pending: UUID) -> str | None:
        """Return how a pending loan ended: `completed` or `void`.

        Return None if the loan is still pending or unknown.
        """
        if pending not in self._all_pending or pending in self._pending:
            return None
        loan = loan_id(pending)
        return "completed" if loan in self._rows or loan in self._void_of else "void"

    @property
    def settled_pending(self) -> set[UUID]:
        return self._all_pending.keys() - self._pending.keys()

    @property
    def exports(self) -> Sequence[Export]:
        """All exports, in journal order."""
        return list(self._exports.values())

    def export(self, export: UUID) -> Export | None:
        return self._exports.get(export)

    def lines_of(self, export: Export) -> list[Transaction]:
        """Return an export's loans and returns as they were written to its file, in line order."""
        rows = [row for loan in export.loans if (row := self._rows.get(loan)) is not None]
        loans = [self.settlements.corrected(row.loan, export) for row in rows]
        return in_order(loans, self.returns_in(export))

    def returns_in(self, export: Export) -> list[Return]:
        """Return the returns in an export's file, including voided ones."""
        return [self._returns[returned] for returned in export.returns if returned in self._returns]

    def _not_void(self, item: str) -> list[Transaction]:
        return [entry for entry in self._by_item.get(item, ()) if entry.id not in self._void_of]

    def _add_loan(self, loan: Loan, recorded: Recorded) -> None:
        day = local_day(loan.at)
        export, void = self._export_of.get(loan.id), self._void_of.get(loan.id)
        stands_anyway = void is not None or export is not None
        repeats = None if stands_anyway else self._repeats.add(loan)
        row = LoanRow(loan, recorded.position, recorded.recorded_at, day, export, void, repeats)
        self._insert(row)
        self._end_pending(loan.id)

    def _add_pending(self, pending: PendingLoan) -> None:
        loan = loan_id(pending.id)
        self._all_pending[pending.id], self._completed_by[loan] = pending, pending.id
        is_voided = pending.id in self._void_of
        if not (is_voided or loan in self._void_of or loan in self._rows):
            self._pending[pending.id] = pending

    def _end_pending(self, entry: UUID) -> None:
        """Remove a pending loan, given its own id or the id of the loan that completes it."""
        self._pending.pop(self._completed_by.get(entry, entry), None)

    def _add_return(self, returned: Return) -> None:
        self._returns[returned.id] = returned
        self._by_item[returned.item].append(returned)
        if returned.id not in self._void_of:
            self._set_repeats(self._repeats.judge_again(returned.item))

    def _add_void(self, void: Void) -> None:
        self._voids[void.id] = void
        if void.loan in self._void_of:
            return
        self._void_of[void.loan] = void
        self._end_pending(void.loan)
        row = self._rows.get(void.loan)
        if row is not None:
            self._change(void.loan, void=void, repeats=None)
            self._set_repeats(self._repeats.remove(row.loan))

    def _add_export(self, export: Export) -> None:
        self._exports[export.id] = export
        for loan in export.loans:
            first = self._export_of.setdefault(loan, export)
            if loan in self._rows:
                self._repeats.keep(loan)
                self._change(loan, export=first, repeats=None)

    def _set_repeats(self, repeats: Mapping[UUID, UUID | None]) -> None:
        for loan, first in repeats.items():
            self._change(loan, repeats=first)


_BY_TIME = attrgetter("at", "sequence")
