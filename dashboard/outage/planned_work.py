"""The state of the form for planned work."""

from datetime import datetime
from uuid import UUID

import param

from dashboard.core.state import needs
from dashboard.core.visitor import Permission
from dashboard.monitoring.diagnosis import DiagnosisState
from dashboard.outage.occasion import page_occasion
from dashboard.outage.public_text import ready_message
from procedure.errors import PlannedWorkRefused
from procedure.journal import Entry
from procedure.outages.public_acts import announce_work
from procedure.outages.public_entries import PublicStatement
from procedure.status_pages.maintenance import (
    MaintenancePlanned,
    MaintenanceWithdrawn,
    PlannedWork,
    parse_planned_span,
)

TITLE = 120  # maximum number of characters


class PlannedWorkState(param.Parameterized):
    """The form for planned work on Alma, opened on request."""

    diagnosis = needs(DiagnosisState)
    opened = param.Boolean(default=False, doc="Whether the form is shown.")
    refusal = param.String(
        default="", doc="Why the last entry was refused, as a key; empty if it was accepted."
    )

    def open(self) -> None:
        self.param.update(opened=not self.opened, refusal="")

    @property
    def may_enter(self) -> bool:
        """Whether the person may use the form."""
        return self.diagnosis.session.person.may(Permission.COORDINATE)

    @property
    def may_publish(self) -> bool:
        """Whether the person may also announce work to patrons."""
        session, context = self.diagnosis.session, self.diagnosis.context
        return bool(context.settings.status_page) and session.person.may(Permission.COORDINATE)

    def plan(self, begin: str, end: str, title: str, *, publish: bool = False) -> None:
        """Record planned work, or set `refusal`.

        `begin` and `end` are local times as typed. `publish` also announces the work to patrons.
        """
        person, context = self.diagnosis.session.person, self.diagnosis.context
        person.require(Permission.READ_STATUS)
        try:
            start, last = parse_planned_span(begin, end, context.clock.now())
        except PlannedWorkRefused as refused:
            self.refusal = refused.reason
            return
        public = [self._for_patrons(start, last)] if publish and self.may_publish else []
        self._append(
            MaintenancePlanned(
                id=context.clock.new_id(),
                at=context.clock.now(),
                target=self.diagnosis.evidence.roles.ways_in[0],
                start=start,
                end=last,
                title=title.strip()[:TITLE],
                workstation=person.workstation,
                operator=self.diagnosis.session.acting or None,
            ),
            *public,
        )
        self.param.update(opened=False, refusal="")

    def _for_patrons(self, start: datetime, end: datetime) -> PublicStatement:
        context = self.diagnosis.context
        message = ready_message("work", "begin", context.handbook.current.words)
        return announce_work(start, end, message, page_occasion(context, self.diagnosis.session))

    def withdraw(self, work: str) -> None:
        """Withdraw work that was entered by hand, given its id; an unknown id is ignored."""
        person, context = self.diagnosis.session.person, self.diagnosis.context
        person.require(Permission.READ_STATUS)
        known = {str(planned.id) for planned in context.folds.staff_reports.planned_work()}
        if work in known:
            self._append(
                MaintenanceWithdrawn(
                    id=context.clock.new_id(),
                    at=context.clock.now(),
                    window=UUID(work),
                    workstation=person.workstation,
                    operator=self.diagnosis.session.acting or None,
                )
            )

    def id_of(self, work: PlannedWork) -> str:
        """Return the id of work entered by hand, or an empty string for work from a status page."""
        planned = self.diagnosis.context.folds.staff_reports.planned_work()
        return next((str(entry.id) for entry in planned if entry.work == work), "")

    def _append(self, *entries: Entry) -> None:
        self.diagnosis.context.store.journal.append(*entries)
        self.diagnosis.updates.refresh()
