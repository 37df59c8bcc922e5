"""The way back as the journal tells it, folded once for every page of the process."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Callable, Iterator, Sequence

from procedure.circulation.transactions import Export
from procedure.errors import JournalError
from procedure.journal import Journal, Recorded
from procedure.reconciliation.entries import FileUploaded, JobReportRecorded
from procedure.reconciliation.forecast import AlmaSnapshot
from procedure.reconciliation.ledger import WayLedger
from procedure.reconciliation.log import KINDS, ReconciliationLog
from procedure.reconciliation.overview import ReconciliationOverview

# Entries, or items, that are folded without giving way to the other pages: at a look, and of a
# long log. A tenth of a millisecond each.
AT_ONCE = 150
SLICE = 100

_log = logging.getLogger(__name__)


class ReconciliationLedger:
    """Folded when a page first asks for it: it holds every row.

    What came since the last look is folded in a moment; a long log, the first time, in slices
    (`catch_up`), between which the pages and the watch have their turn. `facts` gives what the
    pre-flight foretells from, now.
    """

    def __init__(
        self,
        journal: Journal,
        facts: Callable[[ReconciliationLog], AlmaSnapshot],
    ) -> None:
        self._journal = journal
        self._ledger = WayLedger(facts)
        self._read = 0
        self._task: asyncio.Task[None] | None = None

    @property
    def found(self) -> ReconciliationLog:
        """Every row, as far as the journal was read."""
        return self._ledger.found

    def extend(self) -> None:
        """Fold what was committed since."""
        newest = self._journal.position()
        if newest > self._read:
            self._ledger.take(self._journal.since(self._read, kinds=KINDS, until=newest))
            self._read = newest

    def standing(self) -> ReconciliationOverview:
        """Tell where the way back stands now."""
        self.extend()
        return self._ledger.standing()

    def to_bring(self) -> int | None:
        """Count the loans that wait to be brought into Alma; None while a long log is read."""
        if self.left() is not None:
            self.catch_up_soon()
            return None
        self.extend()
        return self._ledger.to_bring()

    def left(self) -> tuple[int, int] | None:
        """Tell how much is read of how much, while more is left than one look may take."""
        newest = self._journal.position()
        if newest - self._read <= AT_ONCE and self._ledger.waiting <= AT_ONCE:
            return None
        return self._read, newest

    def catch_up_soon(self) -> None:
        """Begin to catch up on the running loop, unless that is under way."""
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._catch_up_quietly())

    async def catch_up(self) -> None:
        """Fold what was committed since, a slice at a time."""
        while (left := self.left()) is not None:
            read, newest = left
            until = min(newest, read + SLICE)
            for run in _runs(self._journal.since(read, kinds=KINDS, until=until)):
                self._ledger.take(run)
                await _give_way()
            self._read = max(self._read, until)
            if read == until:
                self._ledger.settle(SLICE)
                await _give_way()

    async def _catch_up_quietly(self) -> None:
        try:
            await self.catch_up()
        except JournalError as fault:
            _log.error("the way back cannot be read: %s", fault)  # the next look begins anew


async def _give_way() -> None:
    # What is folded stays: looked through as garbage, it would hold the loop for a second.
    gc.freeze()
    await asyncio.sleep(0)


def _runs(recorded: Sequence[Recorded]) -> Iterator[list[Recorded]]:
    """Part entries so that each of those that speak of a whole file comes last in its part."""
    run: list[Recorded] = []
    for one in recorded:
        run.append(one)
        if isinstance(one.entry, Export | FileUploaded | JobReportRecorded):
            yield run
            run = []
    if run:
        yield run
