"""The way back kept up to date: what is new of an item changes its rows, and nothing else.

Folding 100,000 rows takes seconds, and telling where they stand after one more entry may not: so
`settle` takes as many items at a time as its caller has time for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import islice
from uuid import UUID

from procedure.circulation.loan_row import LoanState
from procedure.circulation.ordered import Ordered
from procedure.journal import Recorded
from procedure.reconciliation.forecast import NOT_CHECKED, AlmaSnapshot
from procedure.reconciliation.item_book import ItemBook
from procedure.reconciliation.log import ReconciliationLog, StateCounts
from procedure.reconciliation.overview import ReconciliationOverview, overview
from procedure.reconciliation.row_book import RowBook
from procedure.reconciliation.row_state import ReconciledLoan, ReconciliationState
from procedure.reconciliation.sign_off import SETTLED, is_current


class WayLedger:
    """The fold of all rows, their forecasts, the carts and the signature; `take` takes what is new.

    `facts` gives what forecasts are made from, now.
    """

    def __init__(self, facts: Callable[[ReconciliationLog], AlmaSnapshot]) -> None:
        self.found = ReconciliationLog()
        self._facts = facts
        self._items = ItemBook(self.found)
        self._everything = Ordered[ReconciledLoan](lambda row: row.log.order)
        self._rows: dict[UUID, ReconciledLoan] = {}
        self._tally: Counter[ReconciliationState] = Counter()
        self._shown = RowBook()
        self._until: int = 0
        self._news: dict[str, None] = {}
        self._told: ReconciliationOverview | None = None

    def take(self, recorded: Iterable[Recorded]) -> None:
        """Fold what the journal has committed since; `settle` then draws what follows from it."""
        fresh = list(recorded)
        self._news |= dict.fromkeys(self.found.extend(fresh))
        self._told = None

    @property
    def waiting(self) -> int:
        """How many items `settle` has before it."""
        return len(self._news)

    def settle(self, most: int | None = None) -> bool:
        """Look again at the items that are spoken of, `most` at once; tell whether any is left."""
        facts = self._facts(self.found)
        self._news |= dict.fromkeys(self._items.turned(facts.now))
        news = list(islice(self._news, most))
        for item in news:
            del self._news[item]
            self._look(item, facts)
        if news:
            self._told = None
        return bool(self._news)

    def standing(self) -> ReconciliationOverview:
        """Tell where the way back stands now."""
        self.settle()
        if self._told is None:
            self._told = self._tell()
        return self._told

    def to_bring(self) -> int:
        """Count the loans that wait to be brought into Alma; see `StateCounts.to_bring`."""
        self.settle()
        return StateCounts(+self._tally).to_bring

    def _look(self, item: str, facts: AlmaSnapshot) -> None:
        rows = self.found.rows_about(item)
        self._items.look(item, rows, facts)
        for row in rows:
            self._count(row)
        for loan in self.found.repeated(item):
            self._discount(loan)

    def _count(self, row: ReconciledLoan) -> None:
        before = self._rows.get(row.loan.id)
        if before is not None:
            self._tally[before.state] -= 1
        self._rows[row.loan.id] = row
        self._tally[row.state] += 1
        self._everything.put(row)
        self._show(row)

    def _discount(self, loan: UUID) -> None:
        """Take out what turned out to be a second reading of a label."""
        self._items.forget(loan)
        before = self._rows.pop(loan, None)
        if before is not None:
            self._tally[before.state] -= 1
            self._everything.take(before.log.order)
            self._shown.take(before)

    def _show(self, row: ReconciledLoan) -> None:
        """Show a row, unless it was settled and signed before others came."""
        if row.log.position <= self._until and row.state in SETTLED:
            self._shown.take(row)
            return
        predicted = self._items.predicted.get(row.loan.id)
        kept_out = row.loan.id in self.found.log.lines.kept_out or row.is_to_check
        waits = row.log.state is LoanState.RECORDED and not kept_out
        self._shown.put(row, NOT_CHECKED if predicted is None else predicted.kind, waits=waits)

    def _tell(self) -> ReconciliationOverview:
        everything = StateCounts(+self._tally)
        signed = next(
            (one for one in reversed(self.found.signed) if is_current(one, everything)), None
        )
        self._leave_out(0 if signed else self._signed_until)
        return overview(self.found, self._shown, self._items, signed)

    @property
    def _signed_until(self) -> int:
        return max((one.position for one in self.found.signed), default=0)

    def _leave_out(self, until: int) -> None:
        """Leave out what an earlier outage's signature covers, as far as it is settled still."""
        if until != self._until:
            self._until = until
            self._shown = RowBook()
            for row in self._everything:
                self._show(row)
