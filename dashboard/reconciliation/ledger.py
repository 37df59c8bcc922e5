"""The reconciliation of a process: the journal's fold, and the newest overview made of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from threading import RLock

from procedure.errors import JournalError
from procedure.journal import Journal
from procedure.reconciliation.forecast import AlmaSnapshot
from procedure.reconciliation.log import KINDS, LoanRecords, ReconciliationLog
from procedure.reconciliation.overview import ReconciliationOverview, overview

# Entries that the thread folds before it gives way to whoever else waits for the fold.
SLICE = 500
# Between the beginnings of two overviews that nobody waits for: seconds, and times their duration.
PAUSE_S = 2.0
PAUSE_TIMES = 5

_log = logging.getLogger(__name__)


class ReconciliationLedger:
    """One fold for every page, begun when a page first asks for it: it holds every loan.

    On a running loop the journal is read, and the overview made, in a thread; pages show the
    newest one. Without a loop, and with `at_once`, both are done when they are asked for. `facts`
    gives what forecasts are made from,
    `now` the aware UTC instant.
    """

    def __init__(
        self,
        journal: Journal,
        facts: Callable[[LoanRecords], AlmaSnapshot],
        now: Callable[[], datetime],
    ) -> None:
        self.found = ReconciliationLog()
        self.at_once = False
        self._journal, self._facts, self._now = journal, facts, now
        self._lock = RLock()  # of `found` and `_read`
        self._read = 0
        self._overview: ReconciliationOverview | None = None
        self._made_from = (0, 0)
        self._pause_until = 0.0
        self._task: asyncio.Task[None] | None = None

    def extend(self) -> None:
        """Fold what was committed since, for an act that has to know."""
        newest = self._journal.position()
        if newest > self._read:
            self._fold(newest)

    def current(self) -> ReconciliationOverview | None:
        """Return the newest overview, None before the first; a newer one is begun when it is due.

        Raises:
            JournalError: the journal cannot be read, and no loop runs.
        """
        if not self.uses_thread:
            self._renew()
            return self._overview
        loop = asyncio.get_running_loop()
        if not self._is_making and loop.time() >= self._pause_until and self._is_behind():
            self._begin(loop)
        return self._overview

    async def up_to_date(self) -> ReconciliationOverview | None:
        """Return the overview of all that is committed now, made without a pause."""
        loop = asyncio.get_running_loop()
        while self._is_making or self._is_behind():
            if not self._is_making:
                self._begin(loop)
            assert self._task is not None
            await asyncio.wait([self._task])
            if self._task.exception() is not None:
                break
        return self._overview

    async def read(self) -> None:
        """Fold what was committed since, a long log in a thread."""
        await asyncio.to_thread(self._fold_slices)
        self.extend()

    def to_bring(self) -> int | None:
        """Count the loans to be brought into Alma; None before the first overview."""
        newest = self.current()
        return None if newest is None else newest.tally.to_bring

    def left(self) -> tuple[int, int] | None:
        """Tell how much is read of how much, before the first overview; None afterwards."""
        return None if self._overview else (self._read, self._journal.position())

    @property
    def uses_thread(self) -> bool:
        """Whether the caller must not wait for an overview: it runs on an event loop."""
        return _loop_is_running() and not self.at_once

    @property
    def _is_making(self) -> bool:
        return self._task is not None and not self._task.done()

    def _is_behind(self) -> bool:
        made = self._overview
        if made is None or self._journal.position() > self._made_from[0]:
            return True
        return made.turns is not None and made.turns <= self._now()

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        self._task = loop.create_task(self._make(loop))

    async def _make(self, loop: asyncio.AbstractEventLoop) -> None:
        began = loop.time()
        try:
            await asyncio.to_thread(self._renew)
        except JournalError as fault:
            _log.error("the reconciliation cannot be read: %s", fault)  # the next look begins anew
            raise
        finally:
            self._pause_until = began + max(PAUSE_S, PAUSE_TIMES * (loop.time() - began))

    def _renew(self) -> None:
        """Read what is new, and make the overview anew where that or the time changes it."""
        self._fold_slices()
        with self._lock:
            read, position = self._read, self.found.position
            turned = self._overview is None or (
                self._overview.turns is not None and self._overview.turns <= self._now()
            )
            records = self.found.records() if turned or position > self._made_from[1] else None
        if records is not None:
            self._overview = overview(records, self._facts(records))
        self._made_from = (read, position)

    def _fold_slices(self) -> None:
        while (newest := self._journal.position()) > (read := self._read):
            self._fold(min(newest, read + SLICE))

    def _fold(self, until: int) -> None:
        fresh = self._journal.since(self._read, kinds=KINDS, until=until)
        with self._lock:
            self.found.extend(fresh)  # what another thread has folded meanwhile is passed over
            self._read = max(self._read, until)


def _loop_is_running() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
