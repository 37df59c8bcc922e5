"""The reconciliation of a process: the newest overview of all loans."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime
from typing import TYPE_CHECKING

from dashboard.core.context import AppContext
from dashboard.outage.loans_left import LoansLeft
from dashboard.reconciliation.alma_job import AlmaJobRunner
from procedure.errors import JournalError
from procedure.reconciliation.forecast import AlmaSnapshot
from procedure.reconciliation.inputs import LoanRecords
from procedure.reconciliation.reconciliation_log import ReconciliationLog

if TYPE_CHECKING:
    from procedure.reconciliation.overview import ReconciliationOverview

# Between the beginnings of two overviews that nobody waits for: seconds, and times their duration.
PAUSE_S = 2.0
PAUSE_TIMES = 5

_log = logging.getLogger(__name__)


class ReconciliationLedger(LoansLeft):
    """One overview for every page, begun when a page first asks for it.

    It is made of `reconciled`, the loans as the folds of the journal have them: on a running loop
    in a thread, and pages show the newest one; without a loop, and with `at_once`, when it is asked
    for. `failure` is why the last one could not be computed. `jobs` runs what asks Alma much,
    `writing` the writing of files for Alma.
    """

    def __init__(self, context: AppContext) -> None:
        self.context = context
        self.jobs, self.writing = AlmaJobRunner(context.clock.now), AlmaJobRunner(context.clock.now)
        self.at_once = False
        self.failure: Exception | None = None
        self._overview: ReconciliationOverview | None = None
        self._made_of: tuple[ReconciliationLog, int] | None = None
        self._pause_until = 0.0
        self._task: asyncio.Task[None] | None = None

    @property
    def reconciled(self) -> ReconciliationLog:
        """Every loan with what is known of it, as of what was read last."""
        return self.context.folds.reconciliation

    def extend(self) -> None:
        """Read what was committed since, for an act that has to know.

        Raises:
            JournalError: the journal cannot be read.
        """
        self.context.folds.update()
        self._check_read()

    async def read(self) -> None:
        """Do as `extend`, in portions that hold up nothing."""
        await self.context.folds.catch_up()
        self._check_read()

    def current(self) -> ReconciliationOverview | None:
        """Return the newest overview, None before the first; a newer one is begun when it is due.

        Raises:
            JournalError: the journal cannot be read, and no loop runs.
        """
        if not self.uses_thread:
            self.extend()
            if self._is_behind:
                self._keep(_overview(*self._inputs()), self._version)
            return self._overview
        loop = asyncio.get_running_loop()
        if self._is_behind and not self._is_making and loop.time() >= self._pause_until:
            self._begin(loop)
        return self._overview

    async def up_to_date(self) -> ReconciliationOverview | None:
        """Return the overview of all that is committed now, made without a pause.

        Where it cannot be made, it is the one before.
        """
        try:
            await self.read()
        except JournalError as fault:
            _log.error("the reconciliation cannot be read: %s", fault)
            return self._overview
        while self._is_making:
            await self._made()
        if self._is_behind:
            self._begin(asyncio.get_running_loop())
            await self._made()
        return self._overview

    def to_bring(self) -> int | None:
        """Count as `LoansLeft.to_bring`; None before the first overview."""
        newest = self.current()
        return None if newest is None else newest.counts.left

    def still_open(self) -> str:
        """Return what is left once every loan is accounted for, empty for nothing.

        It is `pending` (loans on a forgotten card), `signature` or `carts`.
        """
        newest = self.current()
        if newest is None or newest.counts.left:
            return ""
        still_open = {point.key for point in newest.open_points(self.context.folds.checklist)}
        if "card_missing" in still_open:
            return "pending"
        if newest.signed is None and not newest.table.empty:
            return "signature"
        return "carts" if "on_carts" in still_open else ""

    def signed_at(self) -> datetime | None:
        """Return when somebody signed for all loans as they are now; None if nobody has."""
        newest = self.current()
        return newest.signed.at if newest is not None and newest.signed else None

    async def to_bring_now(self) -> int | None:
        """Count them as of all that is committed, also by commands; None if that cannot be read."""
        newest = await self.up_to_date()
        return None if newest is None else newest.counts.left

    @property
    def uses_thread(self) -> bool:
        """Whether the caller must not wait for an overview: it runs on an event loop."""
        return _loop_is_running() and not self.at_once

    @property
    def _is_making(self) -> bool:
        return self._task is not None and not self._task.done()

    @property
    def _version(self) -> tuple[ReconciliationLog, int]:
        """What an overview is made of; after a purge it is another log."""
        return self.reconciled, self.reconciled.position

    @property
    def _is_behind(self) -> bool:
        made = self._overview
        if made is None or self._made_of != self._version:
            return True
        return made.next_change is not None and made.next_change <= self.context.clock.now()

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        self._task = loop.create_task(self._make(loop))

    async def _made(self) -> None:
        assert self._task is not None
        await asyncio.shield(self._task)

    async def _make(self, loop: asyncio.AbstractEventLoop) -> None:
        """Make an overview in a thread."""
        began, version = loop.time(), self._version
        try:
            self._keep(await asyncio.to_thread(_overview, *self._inputs()), version)
        except Exception as fault:
            self.failure = fault
        finally:
            self._pause_until = began + max(PAUSE_S, PAUSE_TIMES * (loop.time() - began))

    def _inputs(self) -> tuple[LoanRecords, AlmaSnapshot]:
        records = self.reconciled.records()
        return records, self.snapshot(records)

    def _keep(
        self, overview: ReconciliationOverview, version: tuple[ReconciliationLog, int]
    ) -> None:
        self._overview, self._made_of, self.failure = overview, version, None

    def _check_read(self) -> None:
        if (fault := self.context.folds.unread) is not None:
            raise fault

    def snapshot(self, records: LoanRecords) -> AlmaSnapshot:
        """Return what the forecast of an upload at this instant is made from."""
        desks, settings = self.context.handbook.current.desks.items(), self.context.settings
        return AlmaSnapshot(
            items=records.items,
            users=records.users,
            now=self.context.clock.now(),
            libraries={code: desk.libraries for code, desk in desks},
            terms=settings.short_loans,
            file_format=self.context.handbook.library_system.offline_file,
        )


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
