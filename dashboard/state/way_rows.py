"""The rows of the way back as a list: all, or those of one reason, state, desk or number."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

import param

from dashboard.state.way_back import WayBack
from procedure.preflight import Prediction
from procedure.row_state import Row, RowState

STATES = ("", *(state.value for state in RowState))


class WayRows(param.Parameterized):
    """`rows` changes only when something in it did; a long log is for searching.

    `only` is `reason KEY` or `kind KEY` (what is foretold), empty for all.
    """

    way: WayBack = param.Parameter(constant=True)
    only = param.String(default="")
    state = param.Selector(default="", objects=list(STATES))
    desk = param.String(default="", doc="Code of a desk; empty for all.")
    text = param.String(default="", doc="Part of an identifier or barcode.")
    rows: tuple[Row, ...] = param.Parameter(default=())

    def __init__(self, *, way: WayBack) -> None:
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
        name, _, key = self.only.partition(" ")
        keeps: Mapping[str, Callable[[Row], bool]] = {
            "reason": lambda row: row.reason == key,
            "kind": lambda row: _foretold(now.predicted, row, key),
        }
        keep = keeps.get(name, lambda _: True)
        self.rows = tuple(row for row in now.rows if self._matches(row) and keep(row))

    def _matches(self, row: Row) -> bool:
        sought = self.text.strip().casefold()
        one = row.corrected
        return (
            (not self.state or row.state == self.state)
            and (not self.desk or row.loan.desk == self.desk)
            and (not sought or sought in one.patron.casefold() or sought in one.item.casefold())
        )


def _foretold(predicted: Mapping[UUID, Prediction], row: Row, key: str) -> bool:
    waits = row.state in (RowState.RECORDED, RowState.EXPORTED)
    return waits and predicted[row.loan.id].kind == key
