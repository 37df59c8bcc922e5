"""The loan log gives the same answers as a plain list, for random journals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import TypeVar
from uuid import UUID

from hypothesis import given, strategies as st

from procedure.circulation.circulation_log import CirculationLog
from procedure.circulation.imports.same_transaction import local_stamp, recorded_alike
from procedure.circulation.pending_loans import loan_id
from procedure.circulation.transactions import Export, Loan, PendingLoan, Return, Void
from procedure.journal import Entry
from tests.support.memory import MemoryJournal

AT = datetime(2026, 11, 24, 22, 58, tzinfo=UTC)
TIMES = [AT + timedelta(minutes=minutes) for minutes in (0, 1, 2, 5, 90)]
ITEMS, DESKS, PATRONS, CARTS = ("I1", "I2"), ("CMU", "MAIL"), ("P1", "P2"), ("", "2")
LOANS, RETURNS, PENDING, VOIDS, EXPORTS = (range(base, base + 6) for base in (10, 20, 30, 40, 50))
TARGETS = [UUID(int=number) for number in (*LOANS, *RETURNS, *PENDING)]
COMPLETED = [loan_id(UUID(int=number)) for number in PENDING]
IDS = [*TARGETS, *COMPLETED, *(UUID(int=number) for number in (*VOIDS, *EXPORTS))]
KINDS: tuple[tuple[type[Loan | Return], str], ...] = ((Loan, "loan"), (Return, "return"))
_Kind = TypeVar("_Kind", Loan, Return, PendingLoan, Void, Export)


def ids(numbers: range) -> st.SearchStrategy[UUID]:
    return st.sampled_from([UUID(int=number) for number in numbers])


SCANNED = {
    "at": st.sampled_from(TIMES),
    "desk": st.sampled_from(DESKS),
    "item": st.sampled_from(ITEMS),
    "sequence": st.integers(0, 2),
}
ENTRIES: st.SearchStrategy[list[Entry]] = st.lists(
    st.one_of(
        st.builds(
            Loan,
            id=ids(LOANS) | st.sampled_from(COMPLETED),
            patron=st.sampled_from(PATRONS),
            workstation=st.just("CMU-1"),
            **SCANNED,
        ),
        st.builds(Return, id=ids(RETURNS), cart=st.sampled_from(CARTS), **SCANNED),
        st.builds(PendingLoan, id=ids(PENDING), **SCANNED),
        st.builds(
            Void,
            id=ids(VOIDS),
            at=st.just(AT),
            loan=st.sampled_from([*TARGETS, *COMPLETED]),
            reason=st.just("erreur"),
        ),
        st.builds(
            Export,
            id=ids(EXPORTS),
            at=st.just(AT),
            desk=st.sampled_from(DESKS),
            loans=st.tuples(ids(LOANS), ids(LOANS)),
            name=st.just("a.dat"),
            sha256=st.just(""),
        ),
    ),
    max_size=40,
)


@dataclass(frozen=True)
class Model:
    """Computes the answers that the log should give, from the whole list of entries."""

    entries: Sequence[Entry]

    def of(self, kind: type[_Kind]) -> list[_Kind]:
        return [entry for entry in self.entries if isinstance(entry, kind)]

    def void_of(self, target: UUID) -> Void | None:
        return next((void for void in self.of(Void) if void.loan == target), None)

    def transactions(self, item: str) -> list[Loan | Return]:
        standing = (
            entry
            for entry in self.entries
            if isinstance(entry, Loan | Return)
            and entry.item == item
            and self.void_of(entry.id) is None
        )
        return sorted(standing, key=lambda entry: (entry.at, entry.sequence))

    def on_cart(self, item: str, at: datetime) -> Return | None:
        *_, last = None, *(entry for entry in self.transactions(item) if entry.at <= at)
        return last if isinstance(last, Return) else None

    def returns(self) -> list[Return]:
        standing = (back for back in self.of(Return) if self.void_of(back.id) is None)
        return sorted(standing, key=lambda back: (back.at, back.sequence))

    def end(self, pending: UUID) -> str | None:
        """Return how the pending loan ended, or None if it is still pending."""
        completed = {loan.id for loan in self.of(Loan)} | {void.loan for void in self.of(Void)}
        if loan_id(pending) in completed:
            return "completed"
        return "void" if self.void_of(pending) else None

    def loans(self) -> list[tuple[Loan, Void | None, Export | None]]:
        rows = ((loan, self.void_of(loan.id), self.export_of(loan.id)) for loan in self.of(Loan))
        return sorted(rows, key=lambda row: (row[0].at, row[0].sequence))

    def export_of(self, loan: UUID) -> Export | None:
        return next((export for export in self.of(Export) if loan in export.loans), None)

    def recorded_alike(self, kind: type[Loan | Return], item: str, patron: str) -> list[UUID]:
        """Return the ids of the scans of this kind, item and patron in the minute of `AT`."""
        return [
            entry.id
            for entry in self.entries
            if isinstance(entry, kind)
            and entry.item == item
            and local_stamp(entry.at) == local_stamp(AT)
            and getattr(entry, "patron", "") == patron
        ]


def folded(entries: Sequence[Entry], size: int) -> tuple[Model, CirculationLog]:
    """Return a model of these entries, and a log that has read them `size` at a time."""
    journal = MemoryJournal(lambda: AT, *entries)
    recorded = journal.since()
    log = CirculationLog()
    for start in range(0, len(recorded), size):
        log.extend(recorded[start : start + size])
    return Model([record.entry for record in recorded]), log


@given(ENTRIES, st.integers(1, 7))
def test_loans_have_their_void_and_export(entries: list[Entry], size: int) -> None:
    model, log = folded(entries, size)
    assert [(row.loan, row.void, row.export) for row in log.rows()] == model.loans()
    for item in ITEMS:
        of_item = [loan for loan, _, _ in model.loans() if loan.item == item]
        assert [row.loan for row in log.rows(item=item)] == of_item
    for target in (*TARGETS, *COMPLETED):
        assert log.void_of(target) == model.void_of(target)
    assert log.loans() == [loan for loan in model.of(Loan) if not model.void_of(loan.id)]


@given(ENTRIES, st.integers(1, 7))
def test_count_lent_equals_the_number_of_valid_rows(entries: list[Entry], size: int) -> None:
    _, log = folded(entries, size)
    valid = [row.loan for row in log.rows() if row.is_valid]
    for start, end, desk in product((None, *TIMES), (None, *TIMES), (None, *DESKS)):
        counted = [
            loan
            for loan in valid
            if (start is None or start <= loan.at)
            and (end is None or loan.at < end)
            and desk in {None, loan.desk}
        ]
        assert log.count_lent(start, end, desk=desk) == len(counted)


@given(ENTRIES, st.integers(1, 7))
def test_on_cart_means_returned_and_not_lent_since(entries: list[Entry], size: int) -> None:
    model, log = folded(entries, size)
    for item in ITEMS:
        assert log.standing(item) == model.transactions(item)
        assert [log.on_cart(item, at) for at in TIMES] == [model.on_cart(item, at) for at in TIMES]
    assert log.returns() == model.returns()


@given(ENTRIES, st.integers(1, 7))
def test_pending_loans_end_completed_or_voided(entries: list[Entry], size: int) -> None:
    model, log = folded(entries, size)
    ends = {loan.id: model.end(loan.id) for loan in model.of(PendingLoan)}
    still = [loan for loan in model.of(PendingLoan) if ends[loan.id] is None]
    assert log.pending() == sorted(still, key=lambda loan: (loan.at, loan.sequence))
    assert log.settled_pending == {
        pending_id for pending_id, end in ends.items() if end is not None
    }
    for number in [UUID(int=number) for number in PENDING]:
        assert log.pending_end(number) == ends.get(number)
        assert log.pending_loan(number) == next((loan for loan in still if loan.id == number), None)


@given(ENTRIES, st.integers(1, 7))
def test_transactions_are_found_by_id_and_by_content(entries: list[Entry], size: int) -> None:
    model, log = folded(entries, size)
    every = {entry.id: entry for entry in model.entries if not isinstance(entry, Export)}
    assert {key: entry for key in IDS if (entry := log.find(key))} == every
    for item, (kind, name), patron in product(ITEMS, KINDS, PATRONS):
        content = (name, local_stamp(AT), item, patron if kind is Loan else "")
        assert recorded_alike(log, content) == model.recorded_alike(kind, item, content[-1])
