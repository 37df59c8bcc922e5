"""The way back as the journal tells it, folded once for every page of the process."""

from __future__ import annotations

from collections.abc import Callable

from procedure.cart import cart
from procedure.cart_log import KINDS as CART_KINDS
from procedure.cart_log import CartLog
from procedure.journal import Journal
from procedure.preflight import Facts, predict
from procedure.reconciliation import KINDS, Reconciliation
from procedure.way_back import Standing, standing

READ = tuple(dict.fromkeys((*KINDS, *CART_KINDS)))


class WayFold:
    """Folded when a page of the way back is looked at, and not before: it holds every row.

    `carts` is the house's own fold; `facts` gives what the pre-flight foretells from, now.
    """

    def __init__(
        self, journal: Journal, carts: CartLog, facts: Callable[[Reconciliation], Facts]
    ) -> None:
        self.found = Reconciliation()
        self._carts = carts
        self._journal, self._facts = journal, facts
        self._read = 0
        self._standing: tuple[int, Standing] | None = None

    def extend(self) -> int:
        """Fold what was committed since; return how far the journal was read."""
        fresh = self._journal.since(self._read, kinds=READ)
        if fresh:
            self.found.extend(fresh)
            self._carts.extend(fresh)
            self._read = fresh[-1].position
        return self._read

    def standing(self) -> Standing:
        """Tell where the way back stands now."""
        position = self.extend()
        if self._standing is None or self._standing[0] != position:
            self._standing = (position, self._look())
        return self._standing[1]

    def _look(self) -> Standing:
        lines = self.found.lines_to_upload()
        predicted = {one.loan: one for one in predict(lines, self._facts(self.found))}
        return standing(self.found, predicted, cart(self.found, self._carts.rows()))
