"""The rows of the reconciliation, filtered by reason, state, desk, identifier or barcode."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
import param

from dashboard.core.state import needs
from dashboard.reconciliation.reconciliation import ReconciliationProgress
from procedure.pandas_types import Frame, Values
from procedure.reconciliation.reconciled_loan import (
    TO_UPLOAD,
    ReconciledLoan,
    ReconciliationState,
)

STATES = ("", *(state.value for state in ReconciliationState))


class RowFilter(param.Parameterized):
    """The rows of the newest overview that match the filters.

    `only` is `reason KEY`, `kind KEY` (a kind of forecast) or empty for all.
    """

    progress = needs(ReconciliationProgress)
    only = param.String(default="")
    state = param.Selector(default="", objects=list(STATES))
    desk = param.String(default="", doc="The code of a desk; empty for all desks.")
    text = param.String(default="", doc="Part of an identifier or barcode.")
    rows = param.ClassSelector(
        class_=tuple,
        default=tuple[ReconciledLoan, ...](),
        doc="The `ReconciledLoan`s that match the filters.",
    )

    def __init__(self, **params: object) -> None:
        super().__init__(**params)
        self._filter()

    def show(self, only: str) -> None:
        """Show the rows for one reason or one kind of forecast, clearing the other filters."""
        self.param.update(only=only, state="", desk="", text="")
        self.progress.go("rows")

    @param.depends(
        "progress.overview", "progress.step", "only", "state", "desk", "text", watch=True
    )
    def _filter(self) -> None:
        """Apply the filters, but only while the rows are shown."""
        overview = self.progress.overview
        if overview is None or self.progress.step != "rows":
            return
        chosen = pd.Series(data=True, index=overview.table.index)
        for passes in self._conditions(overview.table):
            chosen &= passes
        self.rows = tuple(overview.table.row[chosen])

    def _conditions(self, table: Frame) -> Iterator[Values]:
        """Yield masks for the active filters only: the table may have 100,000 rows."""
        name, _, key = self.only.partition(" ")
        sought = self.text.strip()
        if name == "reason":
            yield table["reason"] == key
        if name == "kind":
            yield table["state"].isin(TO_UPLOAD) & (table["forecast"] == key)
        if self.state:
            yield table["state"] == self.state
        if self.desk:
            yield table["desk"] == self.desk
        if sought:
            yield _contains(table["patron"], sought) | _contains(table["item"], sought)


def _contains(column: Values, sought: str) -> Values:
    return column.str.casefold().str.contains(sought.casefold(), regex=False)
