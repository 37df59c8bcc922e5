"""The way back seen from a page: where it stands, the step that is looked at, who is doing it."""

from __future__ import annotations

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

    def refresh(self) -> None:
        """Take in what was committed since; a long log is read beside the other pages' work."""
        self.reading = self.context.way.left()
        if self.reading is None:
            self.look()
        else:
            self.job = self.context.work.job
            self.context.way.catch_up_soon()

    def look(self) -> None:
        """Look at everything again; what is as it was stays the same object."""
        self.context.refold()
        first, ticks = self.now is None, tuple(self.context.checklist.ticks.values())
        now = self.context.way.standing()
        with param.parameterized.batch_call_watchers(self):
            self.job = self.context.work.job
            if now is not self.now:
                self.now = now
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
