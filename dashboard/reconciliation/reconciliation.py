"""The state of a reconciliation page: the overview, the step, and the acting person."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

import param

from dashboard.core.change_counters import ChangeCounters
from dashboard.core.context import AppContext
from dashboard.core.session import IdentifierAccess, Session
from dashboard.core.state import State, keep_failure, needs
from dashboard.core.visitor import Permission
from dashboard.reconciliation.alma_job import AlmaJob, Progress
from dashboard.reconciliation.ledger import ReconciliationLedger
from procedure.errors import JournalMoved, TransactionRefused
from procedure.journal import Act, Entry, Newest
from procedure.reconciliation.checklist import POINTS
from procedure.reconciliation.corrections import EntryFields
from procedure.reconciliation.journal_entries import ChecklistTicked, SignedOff
from procedure.reconciliation.reconciliation_log import KINDS
from procedure.reconciliation.sign_off import sign
from procedure.reconciliation.steps import STEPS, Mark, can_tick, marks, next_step

if TYPE_CHECKING:
    from procedure.reconciliation.overview import ReconciliationOverview
    from procedure.reconciliation.reconciled_loan import ReconciledLoan


class ReconciliationProgress(State):
    """This page's view of the overview, which all pages share."""

    ledger = needs(ReconciliationLedger)
    session = needs(Session)
    updates = needs(ChangeCounters)
    is_open = param.Boolean(
        default=True,
        allow_refs=True,
        doc="Whether the reconciliation is on the screen; if not, nothing is computed.",
    )
    # Declared as `object`: importing the actual class would import pandas when the server starts.
    overview = cast(
        "param.ClassSelector[ReconciliationOverview | None]",
        param.ClassSelector(class_=object, doc="The newest overview, or None if none exists yet."),
    )
    ticks = param.ClassSelector(
        class_=tuple,
        default=tuple[ChecklistTicked, ...](),
        doc="The newest `ChecklistTicked` for each point of the checklist.",
    )
    lending = param.Boolean(default=False, doc="Whether desks are lending in a declared outage.")
    unsigned = param.Callable(
        allow_None=True, default=None, doc="The action that is waiting for a name, or None."
    )
    step = param.Selector(default="import", objects=[*STEPS, "rows"])
    job = param.ClassSelector(class_=AlmaJob, doc="The newest job that queries Alma.")
    writing = param.ClassSelector(class_=AlmaJob, doc="The newest job that writes files.")

    def __init__(self, **params: Any) -> None:
        params["updates"] = params.get("updates") or ChangeCounters(
            context=params["ledger"].context
        )
        super().__init__(**params)
        self._chosen = False
        self._asked: set[UUID] = set()  # loans looked up in Alma before a signature
        self._finished = ""  # the step that an action on this page may have completed
        self._task: asyncio.Task[None] | None = None
        self._identifier_access = IdentifierAccess(self.context, self.session, "reconciliation")
        self._read_new()

    @param.depends("is_open", "updates.now", "updates.journal", watch=True)
    @keep_failure
    def _read_new(self) -> None:
        """Show the newest overview, or the reason why it could not be computed."""
        if not self.is_open:
            return
        newest, failure = self.ledger.current(), self.ledger.failure
        failures = {"ledger": failure} if failure else {}
        outage = self.context.folds.outages.current()
        self.set(
            job=self.ledger.jobs.job,
            writing=self.ledger.writing.job,
            lending=outage is not None and outage.lending,
            failures=failures,
        )
        if newest is not None:
            self._show(newest)
            if len(newest.table) and self.session.person.may(Permission.COORDINATE):
                self._identifier_access.note()

    def update(self) -> None:
        """Show the effect of an action as soon as the overview includes it."""
        self.updates.refresh()
        self.ledger.extend()
        self._read_new()
        if self.ledger.uses_thread:
            self._show_later()

    async def show_all(self) -> None:
        """Wait until the page shows everything committed so far."""
        await self.ledger.up_to_date()
        self._read_new()

    def _show_later(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self.show_all())

    def _show(self, newest: ReconciliationOverview) -> None:
        """Show an overview; set only values that differ, so that other views are not redrawn."""
        first = self.overview is None
        with param.parameterized.batch_call_watchers(self):
            self.set(
                job=self.ledger.jobs.job, ticks=tuple(self.context.folds.checklist.ticks.values())
            )
            if newest is not self.overview:
                self.overview = newest
            if first and not self._chosen:
                self.step = self.proposed
        self._go_on()  # only after the views have been told about the changes

    def go(self, step: str) -> None:
        """Show a step, whether or not earlier steps are finished."""
        if step in (*STEPS, "rows"):
            self._chosen, self._finished, self.step = True, "", step

    def go_on(self) -> None:
        """Show the next step as soon as the shown step is finished."""
        self._finished = self.step
        self._go_on()

    def _go_on(self) -> None:
        if self._finished and self.marks[self._finished] is not Mark.NOW:
            # Even if the reports leave nothing to settle, show Alma's answer about each loan.
            is_asked = self._finished == "send" and self.context.alma.reads
            self.go("proof" if is_asked else self.proposed)

    @property
    def context(self) -> AppContext:
        return self.ledger.context

    @property
    def marks(self) -> dict[str, Mark]:
        assert self.overview is not None
        return marks(
            self.overview, self.context.folds.checklist, self.context.handbook.library_system
        )

    @property
    def proposed(self) -> str:
        return next_step(self.marks, asks=self.context.alma.reads)

    @property
    def running(self) -> str:
        """The kind of the running job that queries Alma; empty if none is running."""
        return self.job.kind if self.job is not None and self.job.running else ""

    @property
    def recorded_by(self) -> dict[str, Any]:
        """The fields of an entry that say where and by whom an action is performed."""
        return {"workstation": self.session.workstation, "operator": self.session.acting or None}

    def ask_name(self, then: Callable[[], object] = lambda: None) -> None:
        """Ask for the acting person's name; once the name is given, perform `then`."""
        self.unsigned = then

    def sign_as(self, name: str) -> None:
        """Set the acting person's name, and perform the action that was waiting for it."""
        self.session.name_signer(name)
        act, self.unsigned = self.unsigned, None
        if act is not None:
            act()

    def require_name(self) -> str:
        """Return the name of the acting person.

        Raises:
            TransactionRefused: nobody has given a name.
        """
        if not self.session.acting:
            raise TransactionRefused("name_missing", "Say who is doing this: a name or initials.")
        return self.session.acting

    def signed(self) -> EntryFields:
        """Return the fields of an entry that the acting person is making now.

        Raises:
            TransactionRefused: nobody has given a name.
        """
        operator = self.require_name()
        clock = self.context.clock
        return {"entry_id": clock.new_id(), "at": clock.now(), "operator": operator}

    def record(self, *entries: Entry, unless_newer: Newest | None = None) -> None:
        """Record entries, adding this page's workstation to each `Act`.

        Raises:
            JournalMoved, JournalUnwritable: nothing was recorded.
        """
        station = self.session.workstation
        done = [
            replace(entry, workstation=station) if isinstance(entry, Act) else entry
            for entry in entries
        ]
        self.context.store.journal.append(*done, unless_newer=unless_newer)

    def require(self, permission: Permission = Permission.COORDINATE) -> AppContext:
        """Return the context if the session has the permission.

        Raises:
            NotAllowed.
        """
        self.session.person.require(permission)
        return self.context

    def tick(self, point: str, *, done: bool = True) -> None:
        """Record that a point on the checklist is done or, if `done` is false, reopened.

        Raises:
            TransactionRefused: a name is missing, or the point cannot be ticked or reopened now.
            JournalUnwritable, NotAllowed.
        """
        context = self.require()
        if point not in POINTS:
            return
        by = self.require_name()
        if not self.can_tick(point, done=done):
            raise TransactionRefused("point_closed", "This point cannot be ticked now.")
        self.record(
            ChecklistTicked(
                id=context.clock.new_id(),
                at=context.clock.now(),
                point=point,
                done=done,
                operator=by,
            )
        )
        self.update()

    def can_tick(self, point: str, *, done: bool = True) -> bool:
        """Return whether a point can now be ticked or, if `done` is false, reopened."""
        if self.overview is None:
            return False
        if not done:
            return self.overview.signed is None
        return can_tick(
            point,
            self.overview,
            self.context.folds.checklist,
            self.context.handbook.library_system,
        )

    def sign(self) -> None:
        """Sign off all loans, each of which must be in Alma, settled by hand or voided.

        With an API key, Alma is first asked about the loans settled by hand, and the signature
        lists the loans that Alma lacks. If Alma does not answer, signing again skips the lookup.

        Raises:
            TransactionRefused: a name is missing, there is nothing to sign, a loan is pending or
                not settled, something has changed, or Alma is still being asked.
            JournalUnwritable, NotAllowed.
        """
        self.require()
        by = self.signed()
        self.ledger.extend()
        log = self.ledger.reconciled
        entry = sign(log, **by)
        rows = [row for row in log.rows() if row.is_to_look_up and row.loan.id not in self._asked]
        if rows and self.context.alma.reads:
            self._look_up_and_sign(rows)
        else:
            self._record_signature(entry)

    def _look_up_and_sign(self, rows: Sequence[ReconciledLoan]) -> None:
        async def ask(on_progress: Progress) -> int:
            unanswered = await self.context.alma.verify(rows, on_progress=on_progress)
            await self.ledger.up_to_date()
            if not unanswered:
                with suppress(TransactionRefused):  # the page shows what is left to do
                    self._record_signature(sign(self.ledger.reconciled, **self.signed()))
                await self.ledger.up_to_date()
            return unanswered

        if not self.ledger.jobs.begin("sign", ask):
            raise TransactionRefused("job_running", "Relais is still asking Alma: please wait.")
        self._asked |= {row.loan.id for row in rows}
        self.update()

    def _record_signature(self, entry: SignedOff) -> None:
        try:
            self.record(entry, unless_newer=(KINDS, self.ledger.reconciled.position))
        except JournalMoved:
            raise TransactionRefused("row_moved", "Look again: something has changed.") from None
        finally:
            self.update()
