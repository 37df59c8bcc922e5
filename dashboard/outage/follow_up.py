"""Who leads an outage, who is at which desk, the tasks that follow, and the review."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

import param

from dashboard.core.context import AppContext
from dashboard.core.state import State, keeps_failure
from dashboard.core.users import Permission
from dashboard.outage.occasion import page_occasion
from dashboard.outage.outage import OutageState
from procedure.errors import OutageRefused
from procedure.journal import Entry
from procedure.outages import follow_up_acts
from procedure.outages.declared_outage import OutageLog, OutageRecord
from procedure.outages.desk_presence import LATELY, AtDesk, at_desks
from procedure.outages.follow_up import FollowUpTask
from procedure.outages.outage_acts import Occasion
from procedure.outages.recording import record_act


class FollowUpState(State):
    """What is kept about the outage that lasts, or else about the one that was declared last."""

    outage: OutageState = param.ClassSelector(class_=OutageState, precedence=-1)
    record: OutageRecord | None = param.ClassSelector(
        class_=OutageRecord, doc="The outage that it is about; None before the first."
    )
    open_tasks: tuple[FollowUpTask, ...] = param.ClassSelector(
        class_=tuple, default=(), doc="The open tasks of all outages, by their date."
    )
    at_desks: tuple[AtDesk, ...] = param.ClassSelector(
        class_=tuple, default=(), doc="Who scanned at which desk lately, while an outage lasts."
    )
    acts = param.Integer(default=0, doc="How many acts of this page were recorded.")
    reviews = param.Integer(default=0, doc="How many of these were reviews.")

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        self._read()

    @property
    def context(self) -> AppContext:
        return self.outage.context

    @property
    def may_act(self) -> bool:
        """Whether the person may do so."""
        return self.outage.coordinates

    @param.depends("outage.updates.journal", "outage.updates.minute", watch=True)
    @keeps_failure
    def _read(self) -> None:
        models = self.context.models
        record = models.outages.newest()
        lasts = record is not None and record.over is None
        still = [
            task for one in reversed(models.outages.records()) for task in one.follow_up.open_tasks
        ]
        self.set(
            record=record,
            open_tasks=tuple(still),
            at_desks=self._at_desks() if lasts else (),
        )

    def _at_desks(self) -> tuple[AtDesk, ...]:
        now, log = self.context.now(), self.context.models.loan_log
        loans = [row.loan for row in log.lent_within(now - LATELY, now)]
        return at_desks([*loans, *log.returns()], now)

    def lead(self, leader: str) -> None:
        """Say who leads from now on.

        Raises:
            OutageRefused: nothing was recorded; its reason is a key for the page.
        """
        self._record(
            lambda log, by: [follow_up_acts.name_leader(_newest(log), leader, by)],
        )

    def add_task(self, text: str, owner: str, due: str) -> None:
        """Add a task; `due` is a day as a browser sends it, or empty.

        Raises:
            OutageRefused.
        """
        self._record(
            lambda log, by: [follow_up_acts.add_task(_newest(log), text, owner, due, by)],
        )

    def finish(self, task: str) -> None:
        """Say that a task is done; one that somebody else has done meanwhile stays as it is.

        Raises:
            OutageRefused: nobody has said who does it.
        """
        with suppress(ValueError):
            task_id = UUID(task)
            self._record(lambda log, by: [follow_up_acts.finish_task(log, task_id, by)])

    def review(self, happened: str, noticed: str, change: str) -> None:
        """Record the review as it is now; those before stay in the journal.

        Raises:
            OutageRefused.
        """
        self._record(
            lambda log, by: [follow_up_acts.review(_newest(log), happened, noticed, change, by)],
        )
        self.reviews += 1

    def _record(self, act: Callable[[OutageLog, Occasion], Sequence[Entry]]) -> None:
        session = self.outage.session
        session.person.require(Permission.COORDINATE)
        occasion = page_occasion(self.context, session)
        try:
            record_act(self.context.journal, occasion, lambda log: act(log, occasion))
            self.acts += 1
        finally:
            self.outage.updates.refresh()


def _newest(log: OutageLog) -> OutageRecord:
    record = log.newest()
    if record is None:
        raise OutageRefused("none_stands", "No outage was declared.")
    return record
