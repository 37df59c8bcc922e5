"""The occasion of an action on an outage: its time, workstation and person."""

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from procedure.outages.outage_acts import Occasion


def page_occasion(context: AppContext, session: Session) -> Occasion:
    return Occasion(
        now=context.clock.now(),
        new_id=context.clock.new_id,
        rules=context.handbook.current.scans,
        workstation=session.workstation,
        operator=session.acting or None,
    )
