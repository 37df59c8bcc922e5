"""What goes to Alma: the summary to reconcile with, and the offline file of one desk."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any
from uuid import UUID

import pandas as pd
import param

from dashboard.core.context import AppContext
from dashboard.core.rights import Permission
from dashboard.core.session import Session
from dashboard.errors import NotAllowed
from dashboard.loans.loan_log import LONG, PATIENCE
from procedure import frames
from procedure.circulation.transactions import Export
from procedure.reconciliation.export import export_desk, plan_export, rewritten
from procedure.reconciliation.export_plan import ExportedFile, ExportPlan
from procedure.reconciliation.export_times import time_check


class LoanSummary(param.Parameterized):
    """The summary per day and desk, what waits at one desk, and the files written so far.

    `written` is the newest export that this page made, None before the first.
    """

    context: AppContext = param.Parameter(constant=True)
    session: Session = param.Parameter(constant=True)
    desk = param.String(default="", doc="The desk whose file is meant; empty until chosen.")
    open = param.Boolean(default=False, doc="Whether it is shown: only then is it read.")
    days: tuple[dict[str, Any], ...] = param.Parameter(
        default=(), doc="Rows of `procedure.frames.loan_summary`, newest day first."
    )
    plan: ExportPlan | None = param.Parameter(default=None)
    exports: tuple[Export, ...] = param.Parameter(default=())
    written: Export | None = param.Parameter(default=None)

    def __init__(
        self, *, context: AppContext, session: Session, new_id: Callable[[], UUID]
    ) -> None:
        super().__init__(context=context, session=session)
        self._new_id = new_id
        self._read: object = None
        self._waited = 0

    @param.depends("desk", "open", watch=True)
    def look(self) -> None:
        """Read the loans to export and the exports, while they are shown."""
        if not self.open:
            return
        self._read, self._waited = self.context.models.update(), 0
        log = self.context.models.loan_log
        with param.parameterized.batch_call_watchers(self):
            self.days = tuple(reversed(frames.records(self._summary())))
            self.plan = self._planned() if self.desk else None
            self.exports = tuple(reversed(log.exports))

    def _summary(self) -> pd.DataFrame:
        return frames.summarized(self.context.models.loan_log.rows())

    def _planned(self) -> ExportPlan:
        layout = self.context.settings.offline_layout
        return plan_export(self.context.models.loan_log, self.desk, layout=layout)

    def refresh(self) -> None:
        """Take in what was committed since; a long log less often."""
        if not self.open or self._read == self.context.models.position:
            return
        self._waited += 1
        if len(self.context.models.loan_log) <= LONG or self._waited >= PATIENCE:
            self.look()

    def summary_csv(self) -> str:
        """Return the summary as a file for a spreadsheet, oldest day first."""
        self.session.person.require(Permission.EXPORT)
        self.context.models.update()
        return frames.loan_summary_csv(self._summary())

    def write(self, confirmed: Collection[UUID] = ()) -> ExportedFile:
        """Record an export of the desk's waiting loans; `content` then gives its bytes.

        `confirmed` are loans whose odd time somebody has confirmed.

        Raises:
            JournalUnwritable, NotAllowed, TimesUnconfirmed: nothing was exported.
        """
        self.session.person.require(Permission.EXPORT)
        if self.desk not in self.context.handbook.desks:
            raise NotAllowed("no desk chosen: choose the desk whose file is meant")
        done = export_desk(
            self.context.journal,
            self.context.models.loan_log,
            self.desk,
            now=self.context.now,
            new_id=self._new_id,
            layout=self.context.settings.offline_layout,
            workstation=self.session.workstation,
            operator=self.session.person.name,
            times=time_check(
                self.context.models.outages.newest_period(), self.context.now(), confirmed
            ),
        )
        self.written = done.export or self.written
        self.look()
        return done

    def content(self, export: Export) -> bytes:
        """Return the bytes of an export, as they were written the first time.

        Raises:
            OfflineFileError: the log no longer holds what the export was made of.
        """
        self.session.person.require(Permission.EXPORT)
        self.context.models.update()
        return rewritten(self.context.models.loan_log, export)
