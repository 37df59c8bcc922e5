"""What follows from all that is known of one item: the forecast of its rows, its place on a cart.

Nothing of it depends on another item, so that what is new of one leaves the others as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from heapq import heappop, heappush
from uuid import UUID

from procedure.cart import CartRow, cart
from procedure.cart_log import CartLog
from procedure.circulation import Loan, Return
from procedure.from_cart import lent_from_cart
from procedure.preflight import Facts, Prediction, predict, turns_at
from procedure.reconciliation import Reconciliation
from procedure.row_state import RowState

_TO_WRITE = (RowState.RECORDED, RowState.REFUSED)


class ItemBook:
    """The forecasts by loan, the books on carts by item, and how many loans came from a cart.

    `facts` gives what the forecasts are made from, now.
    """

    def __init__(
        self, found: Reconciliation, carts: CartLog, facts: Callable[[Reconciliation], Facts]
    ) -> None:
        self.predicted: dict[UUID, Prediction] = {}
        self._found, self._carts, self._facts = found, carts, facts
        self._on_cart: dict[str, list[CartRow]] = {}
        self._in_order: tuple[CartRow, ...] | None = ()
        self._from_cart: dict[str, int] = {}
        self._turns: list[tuple[datetime, str]] = []
        self._turning: set[tuple[datetime, str]] = set()

    @property
    def from_cart(self) -> int:
        """How many loans that are to be written were made from a cart."""
        return sum(self._from_cart.values())

    @property
    def carts(self) -> tuple[CartRow, ...]:
        """The books on carts, in the order in which they were put there."""
        if self._in_order is None:
            rows = (row for rows in self._on_cart.values() for row in rows)
            self._in_order = tuple(sorted(rows, key=lambda row: (row.back.at, row.back.sequence)))
        return self._in_order

    def turned(self) -> Iterator[str]:
        """Give the items whose forecast the time alone has changed: a card ran out, a term."""
        now = self._facts(self._found).now
        while self._turns and self._turns[0][0] <= now:
            turn = heappop(self._turns)
            self._turning.discard(turn)
            yield turn[1]

    def look(self, item: str) -> None:
        """Look at one item again."""
        facts, lines = self._facts(self._found), self._found.lines_about(item)
        for row in self._found.rows_about(item):
            if row.corrected.item == item:
                self.predicted.pop(row.loan.id, None)  # a void loan goes up no more
        for one in predict(lines, facts):
            self.predicted[one.loan] = one
        for line in lines:
            if isinstance(line, Loan):
                self._await_turns(line, facts)
        self._look_at_carts(item)

    def forget(self, loan: UUID) -> None:
        """Let go of a loan that is to be uploaded no more."""
        self.predicted.pop(loan, None)

    def _await_turns(self, loan: Loan, facts: Facts) -> None:
        for at in turns_at(loan, facts):
            turn = (at, loan.item)
            if at > facts.now and turn not in self._turning:
                self._turning.add(turn)
                heappush(self._turns, turn)

    def _look_at_carts(self, item: str) -> None:
        found = self._found
        backs = [one for one in self._carts.events(item) if isinstance(one, Return)]
        rows = cart(found, backs)
        if rows or item in self._on_cart:
            self._on_cart[item], self._in_order = rows, None
        to_write = [row.corrected for row in found.rows_about(item) if row.state in _TO_WRITE]
        lent_again = lent_from_cart(found.log, [one for one in to_write if one.item == item])
        if lent_again or item in self._from_cart:
            self._from_cart[item] = len(lent_again)
