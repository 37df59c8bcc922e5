"""Computes the reconciliation's overview of all loans, which all dashboard pages share."""

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

# The minimum time between the starts of two computations is `PAUSE_S` seconds or, if longer,
# `PAUSE_TIMES` times the duration of the first computation. `up_to_date` ignores this minimum.
PAUSE_S = 2.0
PAUSE_TIMES = 5

_log = logging.getLogger(__name__)


class ReconciliationLedger(LoansLeft):
    """The overview that all pages share, computed when a page asks for it.

    The overview is computed from `reconciled`, the state of all loans. On a running event loop, the
    computation runs in a thread. Otherwise, or if `at_once` is set, it runs during the call.

    - `failure`: the error raised by the last computation, or None if it succeeded.
    - `jobs`: runs the jobs that query Alma.
    - `writing`: runs the jobs that write files.
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
        """Every loan with its state, as of the last time the journal was read."""
        return self.context.folds.reconciliation

    def extend(self) -> None:
        """Read new journal entries.

        Raises:
            JournalError: the journal cannot be read.
        """
        self.context.folds.update()
        self._check_read()

    async def read(self) -> None:
        """Read new journal entries as `extend` does, but in batches, without blocking the loop."""
        await self.context.folds.catch_up()
        self._check_read()

    def current(self) -> ReconciliationOverview | None:
        """Return the newest overview, or None if there is none yet.

        An outdated overview is computed again. If `uses_thread`, this is done in the background,
        once the minimum time has passed, and the previous overview is returned in the meantime.

        Raises:
            JournalError: the journal cannot be read; never raised if `uses_thread`.
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
        """Compute and return the overview of everything committed so far.

        If that fails, the previous overview is returned.
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
        """Count the loans to transfer to Alma; return None if there is no overview yet."""
        newest = self.current()
        return None if newest is None else newest.counts.left

    def still_open(self) -> str:
        """Return the key described in `LoansLeft.still_open`, or "" if there is no overview."""
        newest = self.current()
        if newest is None or newest.counts.left:
            return ""
        if newest.pending:
            return "pending"
        if newest.signed is None and not newest.table.empty:
            return "signature"
        return "carts" if newest.carts else ""

    def signed_at(self) -> datetime | None:
        """Return the time at which the current loans were signed off, or None."""
        newest = self.current()
        return newest.signed.at if newest is not None and newest.signed else None

    async def to_bring_now(self) -> int | None:
        """Count the loans to transfer to Alma as of now; return None if there is no overview.

        If the newest entries cannot be read, the previous overview is used.
        """
        newest = await self.up_to_date()
        return None if newest is None else newest.counts.left

    @property
    def uses_thread(self) -> bool:
        """Whether overviews are computed in a thread: on an event loop, unless `at_once` is set."""
        return _loop_is_running() and not self.at_once

    @property
    def _is_making(self) -> bool:
        return self._task is not None and not self._task.done()

    @property
    def _version(self) -> tuple[ReconciliationLog, int]:
        """The log and its position, which identify the inputs of an overview.

        A purge replaces the log.
        """
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
        """Return the facts needed to forecast the result of uploading now."""
        desks, settings = self.context.handbook.current.desks.items(), self.context.settings
        return AlmaSnapshot(
            items=records.items,
            patrons=records.patrons,
            now=self.context.clock.now(),
            libraries={code: desk.libraries for code, desk in desks},
            terms=settings.short_loans,
            file_format=self.context.handbook.library_system.offline_file,
        )


def _overview(records: LoanRecords, facts: AlmaSnapshot) -> ReconciliationOverview:
    # Import pandas only when it is needed, because it would delay the first page load.
    from procedure.reconciliation.overview import overview  # noqa: PLC0415

    return overview(records, facts)


def _loop_is_running() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
