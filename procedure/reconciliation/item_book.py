"""What follows from all that is known of one item: the forecast of its rows, its place on a cart.

Nothing of it depends on another item, so that what is new of one leaves the others as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from heapq import heappop, heappush
from uuid import UUID

from procedure.circulation.transactions import Loan, Return
from procedure.reconciliation.cart_count import CartCount, count_carts
from procedure.reconciliation.carts import CartedItem, judged, returns_left
from procedure.reconciliation.forecast import AlmaSnapshot, Forecast, forecast_upload, turns_at
from procedure.reconciliation.from_cart import lent_from_cart
from procedure.reconciliation.log import ReconciliationLog
from procedure.reconciliation.row_state import ReconciledLoan, ReconciliationState

_TO_WRITE = (ReconciliationState.RECORDED, ReconciliationState.REFUSED)


class ItemBook:
    """The forecasts by loan, the books on carts by item, and how many loans came from a cart."""

    def __init__(self, found: ReconciliationLog) -> None:
        self.predicted: dict[UUID, Forecast] = {}
        self._found = found
        self._on_cart: dict[str, list[CartedItem]] = {}
        self._in_order: tuple[CartedItem, ...] | None = ()
        self._counted: tuple[CartCount, ...] = ()
        self._from_cart: dict[str, int] = {}
        self._turns: list[tuple[datetime, str]] = []
        self._turning: set[tuple[datetime, str]] = set()

    @property
    def from_cart(self) -> int:
        """How many loans that are to be written were made from a cart."""
        return sum(self._from_cart.values())

    @property
    def carts(self) -> tuple[CartedItem, ...]:
        """The books on carts, in the order in which they were put there."""
        if self._in_order is None:
            rows = (row for rows in self._on_cart.values() for row in rows)
            self._in_order = tuple(sorted(rows, key=lambda row: (row.back.at, row.back.id)))
            left = (row.back.id for row in self._in_order)
            lines = self._found.log.lines
            self._counted = tuple(count_carts(lines, lines.all_standing(), left))
        return self._in_order

    @property
    def cart_counts(self) -> tuple[CartCount, ...]:
        """What became of the books of each desk's carts."""
        _ = self.carts  # counted with them
        return self._counted

    def turned(self, now: datetime) -> Iterator[str]:
        """Give the items whose forecast the time alone has changed: a card ran out, a term."""
        while self._turns and self._turns[0][0] <= now:
            turn = heappop(self._turns)
            self._turning.discard(turn)
            yield turn[1]

    def look(self, item: str, rows: Sequence[ReconciledLoan], facts: AlmaSnapshot) -> None:
        """Look at one item again, given the rows that it has or had."""
        its_own = [row for row in rows if row.corrected.item == item]
        self._foretell(item, its_own, facts)
        self._look_at_cart(item, rows)
        to_write = [
            row.corrected for row in its_own if row.state in _TO_WRITE and not row.is_to_check
        ]
        lent_again = len(lent_from_cart(self._found.log, to_write))
        if lent_again or item in self._from_cart:
            self._from_cart[item] = lent_again

    def forget(self, loan: UUID) -> None:
        """Let go of a loan that is to be uploaded no more."""
        self.predicted.pop(loan, None)

    def _foretell(self, item: str, rows: Sequence[ReconciledLoan], facts: AlmaSnapshot) -> None:
        lines = self._found.lines_of(item, rows)
        for row in rows:
            self.predicted.pop(row.loan.id, None)  # a void loan goes up no more
        for one in forecast_upload(lines, facts):
            self.predicted[one.loan] = one
        for line in lines:
            if isinstance(line, Loan):
                self._await_turns(line, facts)

    def _await_turns(self, loan: Loan, facts: AlmaSnapshot) -> None:
        for at in turns_at(loan, facts):
            turn = (at, loan.item)
            if at > facts.now and turn not in self._turning:
                self._turning.add(turn)
                heappush(self._turns, turn)

    def _look_at_cart(self, item: str, rows: Sequence[ReconciledLoan]) -> None:
        backs = [one for one in self._found.log.standing(item) if isinstance(one, Return)]
        judged_backs = (judged(back, rows) for back in returns_left(self._found, backs))
        on_cart = [one for one in judged_backs if one is not None]
        if backs or item in self._on_cart:
            self._on_cart[item], self._in_order = on_cart, None
