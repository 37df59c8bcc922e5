"""The loan log: every loan with what became of it, folded from the journal entry by entry."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from operator import attrgetter
from uuid import UUID

from procedure.circulation.double_scans import DoubleScans
from procedure.circulation.offline_file import in_order
from procedure.circulation.ordered import Ordered
from procedure.circulation.transactions import Export, Loan, Return, Transaction, Void
from procedure.journal import Recorded
from procedure.local_time import local
from procedure.reconciliation.file_lines import KINDS as LINE_KINDS
from procedure.reconciliation.file_lines import FileLines

# The kinds of entry that the log is made of, and the ones that settle what goes into a file.
KINDS = ("loan", "void", "export", *LINE_KINDS)
SETTLING = (
    *("void", "export", "corrected", "handed_on", "resolved"),
    *("return", "return_resolved", "scan_intended", "scan_answered"),
)


class LoanState(StrEnum):
    """How far a loan has come on its way into Alma."""

    RECORDED = "recorded"
    EXPORTED = "exported"
    VOID = "void"
    REPEATED = "repeated"


@dataclass(frozen=True, slots=True)
class LoanRow:
    """A loan with its fate: where the journal has it, its local day, its export and its void.

    `repeats` is the id of the loan that this one is a second reading of; see
    `procedure.circulation.double_scans`.
    """

    loan: Loan
    position: int
    recorded_at: datetime
    day: date
    export: Export | None = None
    void: Void | None = None
    repeats: UUID | None = None

    @property
    def stands(self) -> bool:
        """Whether it is a loan to bring into Alma: not taken back, and no second reading."""
        return self.void is None and self.repeats is None

    @property
    def state(self) -> LoanState:
        """The state, of which a void is the last word."""
        if self.void is not None:
            return LoanState.VOID
        if self.repeats is not None:
            return LoanState.REPEATED
        return LoanState.RECORDED if self.export is None else LoanState.EXPORTED

    @property
    def void_after_export(self) -> bool:
        """Whether a file for Alma holds this loan although it is void: it must be undone there."""
        return self.void is not None and self.export is not None

    @property
    def order(self) -> tuple[datetime, int, int]:
        """The place among all loans: by UTC instant, then sequence, then position."""
        return (self.loan.at, self.loan.sequence, self.position)


class CirculationLog:
    """The fold of the journal's loans, voids, exports and returns; `extend` takes what is new.

    `lines` is what goes into files beside the loans as they were scanned.

    Days are those of Europe/Zurich. Rows come in the order of `LoanRow.order`. An entry that was
    folded already changes nothing, and a fate that comes before its loan waits for it.
    """

    def __init__(self, recorded: Iterable[Recorded] = ()) -> None:
        self.position = 0
        self.lines = FileLines()
        self._rows: dict[UUID, LoanRow] = {}
        self._index: dict[str, dict[str | date, list[UUID]]] = {
            name: defaultdict(list) for name in _READERS
        }
        self._exports: dict[UUID, Export] = {}
        self._voids: dict[UUID, Void] = {}
        self._void_by_id: dict[UUID, Void] = {}
        self._export_of: dict[UUID, Export] = {}
        self._repeats = DoubleScans(self._not_void)
        self._days = _LocalDays()
        self._ordered = Ordered[LoanRow](_ORDER)
        self._moved: set[UUID] = set()
        self.extend(recorded)

    def extend(self, recorded: Iterable[Recorded]) -> None:
        """Fold what the journal has committed since; entries of other kinds are passed over."""
        for one in recorded:
            if one.position <= self.position:
                continue
            self.position = one.position
            if not isinstance(one.entry, Loan):
                self.lines.take(one)
            match one.entry:
                case Loan():
                    self._lend(one.entry, one)
                case Void():
                    self._take_back(one.entry)
                case Export():
                    self._export(one.entry)
                case Return():
                    self._give_back(one.entry)
                case _:
                    pass

    def __len__(self) -> int:
        return len(self._rows)

    def row(self, loan: UUID) -> LoanRow | None:
        """Return the row of a loan, None when the log has no such loan."""
        return self._rows.get(loan)

    def void_of(self, taken_back: UUID) -> Void | None:
        """Return what took back a loan, a scan to a cart or a loan that waited; None if nothing."""
        return self._voids.get(taken_back)

    def void(self, void_id: UUID) -> Void | None:
        """Return the void with this id, None if the log has none."""
        return self._void_by_id.get(void_id)

    def rows(
        self,
        *,
        desk: str | None = None,
        day: date | None = None,
        patron: str | None = None,
        item: str | None = None,
        state: LoanState | None = None,
    ) -> Sequence[LoanRow]:
        """Return the rows that match everything given, in order; all of them when nothing is."""
        wanted = {"desk": desk, "day": day, "patron": patron, "item": item}
        keys = [(name, value) for name, value in wanted.items() if value is not None]
        found = self._matching(keys) if keys else list(self._all())
        return found if state is None else [row for row in found if row.state is state]

    def lent_between(self, start: datetime, end: datetime) -> int:
        """Count the loans that stand with `start <= at < end` (aware)."""
        rows = self._all()
        first = bisect_left(rows, start, key=_lent_at)
        last = bisect_left(rows, end, key=_lent_at)
        return sum(row.stands for row in rows[first:last])

    @property
    def days(self) -> list[date]:
        """The local days with loans, void ones too, in no order."""
        return [day for day in self._index["day"] if isinstance(day, date)]

    def counts(self, day: date) -> Counter[str]:
        """Count the loans that stand on a day by workstation."""
        return Counter(row.loan.workstation for row in self.rows(day=day) if row.stands)

    @property
    def exports(self) -> Sequence[Export]:
        """Every export, in the order in which they were recorded."""
        return list(self._exports.values())

    def export(self, export: UUID) -> Export | None:
        """Return one export, None when the log has no such export."""
        return self._exports.get(export)

    def lines_of(self, export: Export) -> list[Transaction]:
        """Return the loans and returns of a file as they were written into it, line by line."""
        rows = [row for loan in export.loans if (row := self._rows.get(loan)) is not None]
        loans = [self.lines.corrected(row.loan, export) for row in rows]
        return in_order(loans, self.lines.returns(export.returns))

    def near(self, item: str, at: datetime, span: timedelta) -> Sequence[LoanRow]:
        """Return the loans of an item that stand within a span before and after an instant."""
        rows = self._matching([("item", item)])
        first = bisect_left(rows, at - span, key=_lent_at)
        last = bisect_right(rows, at + span, key=_lent_at)
        return [row for row in rows[first:last] if row.stands]

    def repeated_by(self, loan: Loan) -> LoanRow | None:
        """Return the loan that a new one would be a second reading of, None when there is none."""
        first = self._repeats.find(loan)
        return None if first is None else self._rows[first]

    def _matching(self, keys: Sequence[tuple[str, str | date]]) -> list[LoanRow]:
        rarest, *others = sorted(keys, key=lambda key: len(self._of(*key)))
        rows = [self._rows[loan] for loan in self._of(*rarest)]
        for name, value in others:
            read = _READERS[name]
            rows = [row for row in rows if read(row) == value]
        return sorted(rows, key=_ORDER) if len(rows) > 1 else rows

    def _of(self, name: str, value: str | date) -> Sequence[UUID]:
        return self._index[name].get(value, ())

    def _all(self) -> Sequence[LoanRow]:
        if self._moved:
            self._ordered.put_all([self._rows[loan] for loan in self._moved])
            self._moved.clear()
        return self._ordered.things

    def _keep(self, row: LoanRow) -> None:
        self._rows[row.loan.id] = row
        self._moved.add(row.loan.id)

    def _lend(self, loan: Loan, one: Recorded) -> None:
        loan_id, day = loan.id, self._days.of(loan.at)
        export, void = self._export_of.get(loan_id), self._voids.get(loan_id)
        repeats = self._repeats.add(loan) if void is None else None
        if repeats is not None and export is not None:
            self._repeats.hold(loan_id)
            repeats = None
        self._keep(LoanRow(loan, one.position, one.recorded_at, day, export, void, repeats))
        values = (loan.desk, day, loan.patron, loan.item)
        for index, value in zip(self._index.values(), values, strict=True):
            index[value].append(loan_id)

    def _take_back(self, void: Void) -> None:
        self._void_by_id.setdefault(void.id, void)
        if void.loan in self._voids:
            return
        self._voids[void.loan] = void
        row = self._rows.get(void.loan)
        if row is None:
            self._repeats.undo_return(void.loan)
            return
        self._keep(replace(row, void=void, repeats=None))
        self._judge(self._repeats.take_back(row.loan))

    def _give_back(self, back: Return) -> None:
        if back.id not in self._voids:
            self._judge(self._repeats.give_back(back))

    def _not_void(self, item: str) -> Sequence[Loan]:
        rows = map(self._rows.__getitem__, self._of("item", item))
        return [row.loan for row in rows if row.void is None]

    def _judge(self, repeats: Mapping[UUID, UUID | None]) -> None:
        for loan, first in repeats.items():
            self._keep(replace(self._rows[loan], repeats=first))

    def _export(self, export: Export) -> None:
        self._exports[export.id] = export
        for loan in export.loans:
            kept = self._export_of.setdefault(loan, export)
            if (row := self._rows.get(loan)) is not None:
                self._repeats.hold(loan)
                self._keep(replace(row, export=kept, repeats=None))


class _LocalDays:
    """The local day of an instant; the minute is remembered, since many loans share it."""

    def __init__(self) -> None:
        self._known: dict[datetime, date] = {}

    def of(self, at: datetime) -> date:
        minute = at.replace(second=0, microsecond=0)
        day = self._known.get(minute)
        if day is None:
            day = self._known[minute] = local(at).date()
        return day


_ORDER = attrgetter("order")
_READERS = {
    "desk": attrgetter("loan.desk"),
    "day": attrgetter("day"),
    "patron": attrgetter("loan.patron"),
    "item": attrgetter("loan.item"),
}


def _lent_at(row: LoanRow) -> datetime:
    return row.loan.at
