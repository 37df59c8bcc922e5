"""An index of the loan log's rows by desk, day, patron and item."""

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from operator import attrgetter
from uuid import UUID

from procedure.circulation.loan_row import LoanRow, LoanState
from procedure.circulation.transactions import Loan, Transaction


class LoanIndex:
    """The rows of the loan log, sorted by `LoanRow.order`; days are local days."""

    def __init__(self) -> None:
        self._rows: dict[UUID, LoanRow] = {}
        self._order: list[UUID] = []
        self._last: tuple[datetime, int, int] | None = None
        # The times of the valid loans at each desk, sorted, so that pages can count them quickly.
        self._valid_at: dict[str, list[datetime]] = defaultdict(list)
        self._by_item: dict[str, list[Transaction]] = defaultdict(list)
        self._index: dict[str, dict[str | date, list[UUID]]] = {
            name: defaultdict(list) for name in ("desk", "day", "patron")
        }

    def __len__(self) -> int:
        return len(self._rows)

    def row(self, loan: UUID) -> LoanRow | None:
        return self._rows.get(loan)

    def loans(self) -> list[Loan]:
        """Return the loans that have not been voided, including double scans, in journal order."""
        return [row.loan for row in self._rows.values() if row.void is None]

    def rows(
        self,
        *,
        desk: str | None = None,
        day: date | None = None,
        patron: str | None = None,
        item: str | None = None,
        state: LoanState | None = None,
    ) -> Sequence[LoanRow]:
        """Return the rows that match every argument, in order."""
        wanted = {"desk": desk, "day": day, "patron": patron, "item": item}
        keys = [(name, value) for name, value in wanted.items() if value is not None]
        rows = self._matching(keys) if keys else [self._rows[loan] for loan in self._order]
        return rows if state is None else [row for row in rows if row.state is state]

    def count_lent(
        self,
        start: datetime | None = None,
        end: datetime | None = None,
        *,
        desk: str | None = None,
    ) -> int:
        """Count the valid loans with `start <= at < end` (aware); by default, all of them."""
        by_desk = self._valid_at.values() if desk is None else [self._valid_at.get(desk, ())]
        return sum(_count_between(times, start, end) for times in by_desk)

    def lent_within(self, start: datetime, end: datetime) -> list[LoanRow]:
        """Return the rows with `start <= at <= end` (aware), including voided loans and repeats."""
        first = bisect_left(self._order, start, key=self._lent_at)
        last = bisect_right(self._order, end, key=self._lent_at)
        return [self._rows[loan] for loan in self._order[first:last]]

    @property
    def days(self) -> list[date]:
        """The local days with loans, including voided ones, in no particular order."""
        return [day for day in self._index["day"] if isinstance(day, date)]

    def near(self, item: str, at: datetime, span: timedelta) -> Sequence[LoanRow]:
        """Return the rows of an item's valid loans at most `span` before or after an instant."""
        rows = self._matching([("item", item)])
        first = bisect_left(rows, at - span, key=_LENT_AT)
        last = bisect_right(rows, at + span, key=_LENT_AT)
        return [row for row in rows[first:last] if row.is_valid]

    def _insert(self, row: LoanRow) -> None:
        loan, place = row.loan, row.order
        self._rows[loan.id] = row
        if row.is_valid:
            insort(self._valid_at[loan.desk], loan.at)
        if self._last is not None and place < self._last:
            insort(self._order, loan.id, key=self._place)
        else:  # the usual case, and ten times as fast
            self._order.append(loan.id)
            self._last = place
        self._by_item[loan.item].append(loan)
        keys = (loan.desk, row.day, loan.patron)
        for index, key in zip(self._index.values(), keys, strict=True):
            index[key].append(loan.id)

    def _change(self, loan: UUID, **changes: object) -> None:
        before = self._rows[loan]
        after = self._rows[loan] = before._replace(**changes)
        times, at = self._valid_at[before.loan.desk], before.loan.at
        if before.is_valid and not after.is_valid:
            del times[bisect_left(times, at)]
        elif after.is_valid and not before.is_valid:
            insort(times, at)

    def _place(self, loan: UUID) -> tuple[datetime, int, int]:
        return self._rows[loan].order

    def _lent_at(self, loan: UUID) -> datetime:
        return self._rows[loan].loan.at

    def _matching(self, keys: Sequence[tuple[str, str | date]]) -> list[LoanRow]:
        rarest, *others = sorted(keys, key=lambda key: len(self._with(*key)))
        rows = [self._rows[loan] for loan in self._with(*rarest)]
        for name, value in others:
            read = _READERS[name]
            rows = [row for row in rows if read(row) == value]
        return sorted(rows, key=_ORDER) if len(rows) > 1 else rows

    def _with(self, name: str, value: str | date) -> Sequence[UUID]:
        if name == "item":
            lent = self._by_item.get(str(value), ())
            return [entry.id for entry in lent if isinstance(entry, Loan)]
        return self._index[name].get(value, ())


def _count_between(times: Sequence[datetime], start: datetime | None, end: datetime | None) -> int:
    first = 0 if start is None else bisect_left(times, start)
    last = len(times) if end is None else bisect_left(times, end)
    return max(0, last - first)


_ORDER = attrgetter("order")
_LENT_AT = attrgetter("loan.at")
_READERS = {
    "desk": attrgetter("loan.desk"),
    "day": attrgetter("day"),
    "patron": attrgetter("loan.patron"),
    "item": attrgetter("loan.item"),
}
