"""The way back seen from a page: where it stands, the step that is looked at, who is doing it."""

from __future__ import annotations

import asyncio

import param

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.reconciliation.alma_job import AlmaJob
from procedure.errors import TransactionRefused
from procedure.reconciliation.entries import ChecklistTicked
from procedure.reconciliation.overview import STEPS, Mark, ReconciliationOverview, marks, next_step

LONGEST_NAME = 40


class ReconciliationProgress(param.Parameterized):
    """One fold for all pages of the process, and what this page looks at of it.

    `signer` is who ticks, settles and signs; a login's own name stands for it where there is one.
    """

    context: AppContext = param.Parameter(constant=True)
    session: Session = param.Parameter(constant=True)
    now: ReconciliationOverview | None = param.Parameter(
        default=None, doc="None before somebody looks."
    )
    ticks: tuple[ChecklistTicked, ...] = param.Parameter(
        default=(), doc="The last word on each point."
    )
    reading: tuple[int, int] | None = param.Parameter(
        default=None, doc="How much of the log is read, of how much; None once it is."
    )
    step = param.Selector(default="import", objects=[*STEPS, "rows"])
    job: AlmaJob | None = param.Parameter(default=None, doc="The job with Alma, running or last.")
    signer = param.String(default="", doc="Name or initials of whoever is at the page.")

    def __init__(self, *, context: AppContext, session: Session) -> None:
        super().__init__(context=context, session=session)
        self._chosen = False
        self._showing: asyncio.Task[None] | None = None

    def refresh(self) -> None:
        """Show the newest overview; on a running loop, the first one once it is made."""
        self.context.refold()
        newest = self.context.way.current()
        self.reading = self.context.way.left()
        if newest is None:
            self.job = self.context.work.job
            self._show_soon()
        else:
            self._show(newest)

    def look(self) -> None:
        """Show what an act has changed as soon as the overview of it is made."""
        self.context.refold()
        self.context.way.extend()
        if self.context.way.uses_thread:
            self._show_soon()
        elif newest := self.context.way.current():
            self._show(newest)

    async def shown(self) -> None:
        """Wait until the page shows all that is committed now."""
        newest = await self.context.way.up_to_date()
        self.reading = self.context.way.left()
        if newest is not None:
            self._show(newest)

    def _show_soon(self) -> None:
        if self._showing is None or self._showing.done():
            self._showing = asyncio.get_running_loop().create_task(self.shown())

    def _show(self, newest: ReconciliationOverview) -> None:
        """Show an overview; what is as it was stays the same object."""
        first, ticks = self.now is None, tuple(self.context.checklist.ticks.values())
        with param.parameterized.batch_call_watchers(self):
            self.job = self.context.work.job
            if newest is not self.now:
                self.now = newest
            if ticks != self.ticks:
                self.ticks = ticks
            if first and not self._chosen:
                self.step = self.proposed

    def go(self, step: str) -> None:
        """Look at a step; any of them may be looked at, whatever is done."""
        if step in (*STEPS, "rows"):
            self._chosen, self.step = True, step

    @property
    def marks(self) -> dict[str, Mark]:
        """How far each step is."""
        assert self.now is not None
        return marks(self.now, self.context.checklist)

    @property
    def proposed(self) -> str:
        """The step at which something is to be done."""
        return next_step(self.marks, asks=self.context.alma.reads)

    @property
    def person(self) -> str:
        """Whoever acts, by name; empty while nobody has said."""
        return self.session.person.name or self.signer

    def sign_as(self, name: str) -> str:
        """Take the name that somebody gives with an act, and return it.

        Raises:
            TransactionRefused: there is none.
        """
        line = " ".join(name.split())[:LONGEST_NAME]
        if line and line.isprintable():
            self.signer = line
        if not self.person:
            raise TransactionRefused("name_missing", "Say who does it: a name or initials.")
        return self.person
