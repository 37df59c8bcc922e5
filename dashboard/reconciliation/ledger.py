"""The reconciliation of a process: the journal's fold, and the newest overview made of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from dashboard.core.context import AppContext
from dashboard.core.journal_folds import PORTION, portions
from dashboard.reconciliation.alma_job import AlmaJobRunner
from procedure.errors import JournalError
from procedure.journal import Recorded
from procedure.reconciliation.forecast import AlmaSnapshot
from procedure.reconciliation.inputs import LoanRecords
from procedure.reconciliation.reconciliation_log import KINDS, ReconciliationLog

if TYPE_CHECKING:
    from procedure.reconciliation.overview import ReconciliationOverview

# Between the beginnings of two overviews that nobody waits for: seconds, and times their duration.
PAUSE_S = 2.0
PAUSE_TIMES = 5

_log = logging.getLogger(__name__)


class ReconciliationLedger:
    """One fold for every page, begun when a page first asks for it: it holds every loan.

    On a running loop the journal is read, and the overview made, in a thread; `reconciled` is
    touched on the loop alone. Pages show the newest overview. Without a loop, and with `at_once`,
    both are done when they are asked for. `failure` is why the last one could not be computed.
    `jobs` runs what asks Alma much, `writing` the writing of files for Alma.
    """

    def __init__(self, context: AppContext) -> None:
        self.context = context
        self.jobs, self.writing = AlmaJobRunner(context.now), AlmaJobRunner(context.now)
        self.reconciled = ReconciliationLog()
        self.at_once = False
        self.failure: Exception | None = None
        self._journal, self._now = context.journal, context.now
        self._read = 0
        self._purges = context.models.purges
        self._overview: ReconciliationOverview | None = None
        self._made_from = self._compared = 0
        self._pause_until = 0.0
        self._task: asyncio.Task[bool] | None = None

    def extend(self) -> None:
        """Fold what was committed since, for an act that has to know."""
        newest = self._journal.position()
        if newest > self._read:
            self._fold(self._journal.since(self._read, kinds=KINDS, until=newest), newest)

    def current(self) -> ReconciliationOverview | None:
        """Return the newest overview, None before the first; a newer one is begun when it is due.

        Raises:
            JournalError: the journal cannot be read, and no loop runs.
        """
        self._forget_purged()
        if not self.uses_thread:
            self._make_at_once()
            return self._overview
        loop = asyncio.get_running_loop()
        is_due = not self._is_making and loop.time() >= self._pause_until
        # Every page asks this once a second: the folds have asked the database already.
        if is_due and self._is_behind(self.context.models.position):
            self._begin(loop)
        return self._overview

    async def up_to_date(self) -> ReconciliationOverview | None:
        """Return the overview of all that is committed now, made without a pause."""
        loop = asyncio.get_running_loop()
        newest = self._journal.position()  # desks that go on lending are waited for no longer
        while self._is_making or self._is_behind(newest):
            if not self._is_making:
                self._begin(loop)
            assert self._task is not None
            if not await asyncio.shield(self._task):
                break
        return self._overview

    async def read(self) -> None:
        """Fold what was committed since; a long log is read in a thread, and folded in portions."""
        newest = self._journal.position()
        while newest > (read := self._read):
            log, until = self.reconciled, min(newest, read + PORTION)
            since = partial(self._journal.since, read, kinds=KINDS, until=until)
            for portion in portions(await asyncio.to_thread(since)):
                if self.reconciled is log:  # else it was begun anew meanwhile
                    self._fold(portion, portion[-1].position)
                await asyncio.sleep(0)
            if self.reconciled is log:
                self._read = max(self._read, until)

    def folded(self) -> ReconciliationLog:
        """Return the fold of what was read; what was committed since is read soon."""
        self.current()
        return self.reconciled

    def to_bring(self) -> int | None:
        """Count the loans to be brought into Alma; None before the first overview."""
        newest = self.current()
        return None if newest is None else newest.counts.left

    def still_open(self) -> str:
        """Return what is left once every loan is accounted for, empty for nothing.

        It is `pending` (loans on a forgotten card), `signature` or `carts`.
        """
        newest = self.current()
        if newest is None or newest.counts.left:
            return ""
        if newest.pending:
            return "pending"
        if newest.signed is None and not newest.table.empty:
            return "signature"
        return "carts" if newest.carts else ""

    def signed_at(self) -> datetime | None:
        """Return when somebody signed for all loans as they are now; None if nobody has."""
        newest = self.current()
        return newest.signed.at if newest is not None and newest.signed else None

    async def to_bring_now(self) -> int | None:
        """Count them as of all that is committed, also by commands; None if that cannot be read."""
        newest = await self.up_to_date()
        return None if newest is None else newest.counts.left

    def reading_progress(self) -> tuple[int, int] | None:
        """Tell how much is read of how much, before the first overview; None afterwards."""
        return None if self._overview else (self._read, self._journal.position())

    def _forget_purged(self) -> None:
        """Begin anew after a purge: what was folded has the identifiers still."""
        if self._purges != self.context.models.purges and not self._is_making:
            self._purges = self.context.models.purges
            self.reconciled = ReconciliationLog()
            self._read = self._made_from = self._compared = 0

    @property
    def uses_thread(self) -> bool:
        """Whether the caller must not wait for an overview: it runs on an event loop."""
        return _loop_is_running() and not self.at_once

    @property
    def _is_making(self) -> bool:
        return self._task is not None and not self._task.done()

    def _is_behind(self, newest: int) -> bool:
        made = self._overview
        if made is None or newest > self._compared:
            return True
        return made.turns is not None and made.turns <= self._now()

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        self._task = loop.create_task(self._make(loop))

    async def _make(self, loop: asyncio.AbstractEventLoop) -> bool:
        """Make an overview in a thread; return whether it could be made."""
        began = loop.time()
        try:
            await self.read()
            read, records = self._read, self._changed()
            if records is not None:
                facts = self.snapshot(records)
                self._overview = await asyncio.to_thread(_overview, records, facts)
                self._made_from = records.position
            self._compared, self.failure = read, None
        except JournalError as fault:
            _log.error("the reconciliation cannot be read: %s", fault)  # the next look begins anew
            return False
        except Exception as fault:
            self.failure = fault
            return False
        finally:
            self._pause_until = began + max(PAUSE_S, PAUSE_TIMES * (loop.time() - began))
        return True

    def _make_at_once(self) -> None:
        self.extend()
        if (records := self._changed()) is not None:
            self._overview = _overview(records, self.snapshot(records))
            self._made_from = records.position

    def _changed(self) -> LoanRecords | None:
        """Return what the next overview is made from, None when it would be as it is."""
        made = self._overview
        turned = made is None or (made.turns is not None and made.turns <= self._now())
        return (
            self.reconciled.records()
            if turned or self.reconciled.position > self._made_from
            else None
        )

    def snapshot(self, records: LoanRecords) -> AlmaSnapshot:
        """Return what the forecast of an upload at this instant is made from."""
        desks, settings = self.context.handbook.desks.items(), self.context.settings
        return AlmaSnapshot(
            items=records.items,
            users=records.users,
            now=self._now(),
            libraries={code: desk.libraries for code, desk in desks},
            terms=settings.short_loans,
            file_format=self.context.system.offline_file,
        )

    def _fold(self, fresh: Iterable[Recorded], until: int) -> None:
        self.reconciled.extend(fresh)  # what was folded meanwhile is passed over
        self._read = max(self._read, until)


def _overview(records: LoanRecords, facts: AlmaSnapshot) -> ReconciliationOverview:
    # It needs pandas, which no page waits for: it is imported in the thread of the first overview.
    from procedure.reconciliation.overview import overview  # noqa: PLC0415

    return overview(records, facts)


def _loop_is_running() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
