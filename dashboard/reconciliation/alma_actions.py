"""Lookups in Alma, run as jobs, and actions in Alma that must be confirmed first."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import param

from dashboard.core.context import AppContext
from dashboard.core.journal_folds import PORTION
from dashboard.core.state import needs
from dashboard.reconciliation.alma_job import Progress
from dashboard.reconciliation.reconciliation import ReconciliationProgress
from procedure.circulation.imports.row import UnreadableLine
from procedure.errors import (
    AlmaError,
    JournalError,
    JournalUnwritable,
    RequestOutcomeUnknown,
    TransactionRefused,
)
from procedure.reconciliation.alma_records import LoanFacts, PatronSeen
from procedure.reconciliation.journal_entries import LoanVerified
from procedure.reconciliation.reconciled_loan import ReconciledLoan
from procedure.reconciliation.verification import read_loan_list, verifications_by_list

if TYPE_CHECKING:
    from procedure.reconciliation.overview import ReconciliationOverview

# The preflight does not repeat lookups that Alma answered within this time.
FRESH = timedelta(hours=1)


class AlmaChecks(param.Parameterized):
    """The check before the upload and the verification after it; every page shows the same job."""

    progress = needs(ReconciliationProgress)
    bad = param.ClassSelector(
        class_=tuple,
        default=tuple[UnreadableLine, ...](),
        doc="An `UnreadableLine` for each unreadable line of the last list.",
    )
    listed = param.Integer(
        default=-1, doc="The number of loans in the last list; -1 before the first list."
    )

    def preflight(self) -> bool:
        """Look up every loan to upload; return whether a job was started."""
        context = self.progress.require()
        newest = self.progress.ledger.current()
        loans = [] if newest is None else [row.corrected for row in newest.rows_to_upload()]
        since = context.clock.now() - FRESH
        return self._begin(
            "preflight",
            lambda on_progress: context.alma.look_up(
                self.progress.ledger.reconciled, loans, since=since, on_progress=on_progress
            ),
        )

    def verify(self, *, again: bool = False) -> bool:
        """Verify the uploaded loans that are not yet verified or, with `again`, all of them.

        Return whether a job was started.
        """
        context = self.progress.require()

        jobs = self.progress.ledger.jobs

        async def ask(on_progress: Progress) -> int:
            unanswered, asked = 0, set[UUID]()
            # While this job is running, reports may be recorded. Each report tries to start a job,
            # which is refused. Look for new loans until no more jobs have been refused.
            while True:
                jobs.was_refused = False
                rows = await self._new_rows_to_verify(asked, again=again)
                if rows:
                    asked |= {row.loan.id for row in rows}
                    unanswered += await context.alma.verify(rows, on_progress=on_progress)
                elif not jobs.was_refused:
                    return unanswered

        return self._begin("proof", ask)

    def verify_by_list(self, content: bytes) -> None:
        """Compare every uploaded loan with a CSV or XLSX list of all active loans.

        Comparing 20,000 loans takes seconds. If the page has a running event loop, a job therefore
        compares the loans, and records the results in batches.

        Raises:
            JournalUnwritable, NotAllowed: nothing was recorded.
            TransactionRefused: a job is running.
        """
        self.progress.require()
        if not self.progress.ledger.uses_thread:
            loans, bad = read_loan_list(content)
            self.param.update(bad=tuple(bad), listed=len(loans))
            patrons = self.progress.ledger.reconciled.patrons
            entries = self._compare(loans, self.progress.ledger.current(), patrons)
            self.progress.context.store.journal.append(*entries)
            self.progress.update()
        elif not self._begin("proof", lambda _: self._read_list(content)):
            raise TransactionRefused("job_running", "Relais is still asking Alma: please wait.")

    async def _read_list(self, content: bytes) -> int:
        loans, bad = await asyncio.to_thread(read_loan_list, content)
        newest = await self.progress.ledger.up_to_date()
        patrons = self.progress.ledger.reconciled.patrons.copy()
        entries = await asyncio.to_thread(self._compare, loans, newest, patrons)
        # Every page folds the new entries. Record the entries in batches, so scans are not delayed.
        for start in range(0, len(entries), PORTION):
            portion = entries[start : start + PORTION]
            await asyncio.to_thread(self.progress.context.store.journal.append, *portion)
            await self.progress.ledger.read()
        self.param.update(bad=tuple(bad), listed=len(loans))
        return 0

    def _compare(
        self,
        loans: list[LoanFacts],
        newest: ReconciliationOverview | None,
        patrons: Mapping[str, PatronSeen],
    ) -> list[LoanVerified]:
        """Compare the list with the uploaded loans.

        An empty list is ignored, because every loan would look missing.
        """
        context = self.progress.context
        rows = [] if newest is None or not loans else newest.rows_to_prove(again=True)
        return verifications_by_list(
            rows, loans, patrons, now=context.clock.now(), new_id=context.clock.new_id
        )

    def stop(self) -> None:
        """Stop the running job, and keep the entries that it has recorded."""
        self.progress.require()
        self.progress.ledger.jobs.stop()

    def _begin(self, kind: str, ask: Callable[[Progress], Awaitable[int]]) -> bool:
        """Start a job if none is running; the job ends once its answers are in the overview."""

        async def ask_and_show(on_progress: Progress) -> int:
            unanswered = await ask(on_progress)
            await self.progress.ledger.up_to_date()
            return unanswered

        begun = self.progress.ledger.jobs.begin(kind, ask_and_show)
        self.progress.update()
        return begun

    async def _new_rows_to_verify(
        self, asked: Collection[UUID], *, again: bool
    ) -> list[ReconciledLoan]:
        await self.progress.ledger.up_to_date()
        return [row for row in self._rows_to_verify(again=again) if row.loan.id not in asked]

    def _rows_to_verify(self, *, again: bool) -> list[ReconciledLoan]:
        newest = self.progress.ledger.current()
        return [] if newest is None else newest.rows_to_prove(again=again)


class AlmaAction(param.Parameterized):
    """An action in Alma that must be confirmed and is sent only once."""

    progress = needs(ReconciliationProgress)
    confirming = param.Boolean(default=False, doc="Whether the action is waiting for confirmation.")
    sending = param.Boolean(default=False, doc="Whether a request is under way.")
    outcome = param.String(default="", doc="The key of the last action's result, or empty.")

    def __init__(self, **params: object) -> None:
        super().__init__(**params)
        self._tasks: set[asyncio.Task[None]] = set()

    async def wait(self) -> None:
        if self._tasks:
            await asyncio.wait(set(self._tasks))

    def finish(self, outcome: str) -> None:
        """Update the page after an action, and show the action's outcome."""
        self.progress.update()
        self.outcome = outcome

    def send(self, request: Awaitable[Any], outcome: Callable[[Any], str] | None = None) -> None:
        """Send a request, which continues even if the page is closed.

        `outcome` turns the answer to the request into the key of the outcome. Without `outcome`,
        the answer must be an entry with a `fate`, or None if it is too early to know.
        """
        self.param.update(confirming=False, sending=True, outcome="")
        task = asyncio.get_running_loop().create_task(self._await(request, outcome or _fate))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _await(self, request: Awaitable[object], outcome: Callable[[object], str]) -> None:
        try:
            key = outcome(await request)
        except RequestOutcomeUnknown:
            key = "fate_unknown"
        except TransactionRefused as refused:
            key = refused.reason
        except AlmaError:
            key = "alma_silent"
        except JournalUnwritable:
            key = "unwritable"
        # Update the rows before showing the outcome. Staff act on the rows as soon as they see the
        # outcome: if a row moved after that, the next click would hit the wrong row.
        with suppress(JournalError):  # the next update shows the rows
            await self.progress.show_all()
        self.sending = False
        self.finish(key)

    def destination(self, desk: str) -> dict[str, Any]:
        """Return the fields of a request: the desk's library in Alma, and who is acting and where.

        Raises:
            TransactionRefused: the handbook gives no library for this desk.
        """
        known = self.progress.context.handbook.current.desks.get(desk)
        library = next(iter(known.libraries), "") if known else ""
        if not library:
            raise TransactionRefused("library_missing", "This desk has no library in the handbook.")
        return {"library": library, **self.progress.recorded_by}

    def require(self) -> AppContext:
        """Check the permission, read new journal entries, and return the context.

        Raises:
            NotAllowed.
        """
        context = self.progress.require()
        self.progress.ledger.extend()
        return context


def _fate(answer: Any) -> str:
    return "too_early" if answer is None else f"fate_{answer.fate}"
