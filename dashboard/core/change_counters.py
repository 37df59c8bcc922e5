"""Parameters that tell a page's states about changes made elsewhere."""

from datetime import datetime, timedelta

import param

from dashboard.core.context import AppContext
from dashboard.core.state import State, needs, set_at_start
from procedure.errors import Fault
from procedure.handbook.model import Handbook
from procedure.outages.ninety_days import NinetyDays

QUARTER_MINUTE = timedelta(seconds=15)


class ChangeCounters(State):
    """The context's counters and instants, as of the last `read_new`.

    Each session has one instance. A page updates it once a second; a notebook updates it on
    request. States depend on these parameters and on the parameters of the states that they read,
    so the effects of a change are computed in the right order. All instants are aware, and in UTC.
    """

    context = needs(AppContext)
    handbook = set_at_start(
        Handbook, doc="The handbook in use: the last version of its files that had no fault."
    )
    editions = param.Integer(doc="The number of handbooks used so far, including `handbook`.")
    handbook_faults = param.ClassSelector(
        class_=tuple, default=tuple[Fault, ...](), doc="The `Fault`s in `HandbookInUse.faults`."
    )
    handbook_fixed = param.ClassSelector(
        class_=tuple, default=tuple[str, ...](), doc="The keys in `HandbookInUse.needs_restart`."
    )
    now = set_at_start(datetime, doc="The instant of the last `read_new`.")
    quarter_minute = set_at_start(
        datetime,
        doc="`now`, rounded down to 15 seconds; states look for expired readings when it changes.",
    )
    minute = set_at_start(datetime, doc="`now`, rounded down to the minute.")
    outcomes = param.Integer(
        default=-1, doc="Incremented when an outcome of the server's probes arrives."
    )
    pages = param.Integer(default=-1, doc="Incremented when a status page has been read.")
    workstations = param.Integer(
        default=-1,
        doc="Incremented when a workstation probes, changes name or site, or closes its last page.",
    )
    reports = param.Integer(
        default=-1,
        doc="Incremented when staff make a report, enter a reading, or change planned work.",
    )
    journal = param.Integer(
        default=-1, doc="The position of the newest entry that the folds have processed."
    )
    unwritable = param.String(
        doc="The reason why nothing can be recorded; see `AppContext.unwritable`."
    )
    spooled = param.Integer(doc="The number of spooled transactions waiting for the database.")
    takes_loans = param.Boolean(default=True, doc="See `AppContext.takes_loans`.")
    recent = param.ClassSelector(
        class_=datetime, doc="The time up to which the recent states are final, or None."
    )
    ninety_days = param.ClassSelector(
        class_=NinetyDays, doc="The newest `NinetyDays`, or None before the first computation."
    )
    ninety_days_failed = param.Boolean(
        doc="Whether the last computation of the ninety days failed."
    )

    def __init__(self, **params: object) -> None:
        super().__init__(**params)
        self.refresh()

    @param.depends("handbook", watch=True)
    def _count_editions(self) -> None:
        self.editions += 1

    def refresh(self) -> None:
        """Update the folds, then call `read_new`, to show what an action has just recorded."""
        self.context.folds.update()
        self.read_new()

    def read_new(self) -> None:
        """Set the parameters to their values as of the last update of the folds."""
        context, now = self.context, self.context.clock.now()
        minute = now.replace(second=0, microsecond=0)
        # The handbook is set first and separately, because all other changes depend on it.
        self.set(handbook=context.handbook.current)
        self.set(
            handbook_faults=context.handbook.faults,
            handbook_fixed=context.handbook.needs_restart,
            now=now,
            quarter_minute=minute + (now - minute) // QUARTER_MINUTE * QUARTER_MINUTE,
            minute=minute,
            outcomes=context.watches.probes.rounds,
            pages=context.watches.pages.rounds,
            workstations=context.watches.workstations.version,
            journal=context.folds.position,
            reports=context.folds.report_count,
            unwritable=context.unwritable,
            spooled=context.store.spool.count if context.store.spool else 0,
            takes_loans=context.takes_loans,
            recent=context.watches.recent.states.settled_until,
            ninety_days=context.watches.recent.ninety_days,
            ninety_days_failed="ninety_days" in context.upkeep.failing,
        )
