"""The way back as the journal tells it, folded once for every page of the process."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from procedure.cart_log import CartLog
from procedure.errors import JournalError
from procedure.journal import Journal
from procedure.preflight import Facts
from procedure.reconciliation import Reconciliation
from procedure.way_back import Standing
from procedure.way_ledger import KINDS, WayLedger

SLICE = 400  # entries or items that are folded without giving way to the other pages

_log = logging.getLogger(__name__)


class WayFold:
    """Folded when a page of the way back is looked at, and not before: it holds every row.

    What came since the last look is folded in a moment; a long log, the first time, in slices
    (`catch_up`), between which the pages and the watch have their turn. `carts` is the house's own
    fold; `facts` gives what the pre-flight foretells from, now.
    """

    def __init__(
        self, journal: Journal, carts: CartLog, facts: Callable[[Reconciliation], Facts]
    ) -> None:
        self._journal = journal
        self._ledger = WayLedger(facts, carts)
        self._read = 0
        self._task: asyncio.Task[None] | None = None

    @property
    def found(self) -> Reconciliation:
        """Every row, as far as the journal was read."""
        return self._ledger.found

    def extend(self) -> None:
        """Fold what was committed since."""
        self._read_on()

    def standing(self) -> Standing:
        """Tell where the way back stands now."""
        self.extend()
        return self._ledger.standing()

    def left(self) -> tuple[int, int] | None:
        """Tell how much is read of how much, while more is left than one look may take."""
        newest = self._journal.position()
        if newest - self._read <= SLICE and self._ledger.waiting <= SLICE:
            return None
        return self._read, newest

    def catch_up_soon(self) -> None:
        """Begin to catch up on the running loop, unless that is under way."""
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._catch_up_quietly())

    async def catch_up(self) -> None:
        """Fold what was committed since, a slice at a time."""
        while self.left() is not None:
            if not self._ledger.settle(SLICE):
                self._read_on(SLICE)
            await asyncio.sleep(0)

    async def _catch_up_quietly(self) -> None:
        try:
            await self.catch_up()
        except JournalError as fault:
            _log.error("the way back cannot be read: %s", fault)  # the next look begins anew

    def _read_on(self, most: int | None = None) -> None:
        newest = self._journal.position()
        until = newest if most is None else min(newest, self._read + most)
        if until > self._read:
            self._ledger.take(self._journal.since(self._read, kinds=KINDS, until=until))
            self._read = until
