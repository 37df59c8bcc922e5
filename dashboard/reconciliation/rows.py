"""The rows of the way back as a list: all, or those of one reason, state, desk or number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from uuid import UUID

import param

from dashboard.reconciliation.reconciliation import ReconciliationProgress
from procedure.reconciliation.forecast import Forecast
from procedure.reconciliation.overview import ReconciliationOverview
from procedure.reconciliation.row_book import TO_UPLOAD
from procedure.reconciliation.row_state import ReconciledLoan, ReconciliationState

STATES = ("", *(state.value for state in ReconciliationState))


class RowFilter(param.Parameterized):
    """`rows` changes only when something in it did; a long log is for searching.

    `only` is `reason KEY` or `kind KEY` (what is foretold), empty for all.
    """

    way: ReconciliationProgress = param.Parameter(constant=True)
    only = param.String(default="")
    state = param.Selector(default="", objects=list(STATES))
    desk = param.String(default="", doc="Code of a desk; empty for all.")
    text = param.String(default="", doc="Part of an identifier or barcode.")
    rows: tuple[ReconciledLoan, ...] = param.Parameter(default=())

    def __init__(self, *, way: ReconciliationProgress) -> None:
        super().__init__(way=way)
        way.param.watch(lambda _: self.look(), ["now", "step"])
        self.look()

    def show(self, only: str) -> None:
        """Show the rows of one reason or one foretold kind, whatever was filtered before."""
        self.param.update(only=only, state="", desk="", text="")
        self.way.go("rows")

    @param.depends("only", "state", "desk", "text", watch=True)
    def look(self) -> None:
        """Read the rows again with the filters of now, when they are looked at."""
        now = self.way.now
        if now is None or self.way.step != "rows":
            return
        rows: Iterable[ReconciledLoan] = now.rows
        for keep in self._keeps(now):
            rows = filter(keep, rows)
        self.rows = tuple(rows)

    def _keeps(self, now: ReconciliationOverview) -> Iterator[Callable[[ReconciledLoan], bool]]:
        """Give what a row has to be, only of what is asked: a log may have 100,000 rows."""
        name, _, key = self.only.partition(" ")
        state, desk, sought = self.state, self.desk, self.text.strip().casefold()
        if name == "reason":
            yield lambda row: row.reason == key
        if name == "kind":
            yield lambda row: _foretold(now.predicted, row, key)
        if state:
            yield lambda row: row.state == state
        if desk:
            yield lambda row: row.loan.desk == desk
        if sought:
            yield lambda row: _holds(row, sought)


def _holds(row: ReconciledLoan, sought: str) -> bool:
    one = row.corrected
    return sought in one.patron.casefold() or sought in one.item.casefold()


def _foretold(predicted: Mapping[UUID, Forecast], row: ReconciledLoan, key: str) -> bool:
    return row.state in TO_UPLOAD and predicted[row.loan.id].kind == key
