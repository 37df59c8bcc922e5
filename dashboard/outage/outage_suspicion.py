"""What the diagnosis proposes: that there may be an outage, or that a declared one may be over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from dashboard.core.context import AppContext
from procedure.diagnosis.lasting_trouble import Condition
from procedure.diagnosis.rules import FaultLocation
from procedure.status_pages.maintenance import MaintenanceWindow


@dataclass(frozen=True, slots=True)
class Suspected:
    """What may be an outage, since when (UTC), and until when if it is announced work."""

    fault: FaultLocation
    since: datetime
    planned: bool = False
    title: str = ""
    until: datetime | None = None


def suspected_outage(
    context: AppContext, windows: Iterable[MaintenanceWindow], now: datetime
) -> Suspected | None:
    """Return announced work that is on, or trouble that has lasted; else None."""
    current = [
        (window.start, window)
        for window in windows
        if window.covers(now) and window.start is not None
    ]
    if current:
        first = current[0][1]
        begun = min(start for start, _ in current)
        return Suspected(FaultLocation.PLANNED, begun, True, first.title, first.end)
    condition, after = context.condition, context.settings.suspect_after
    if condition is None or condition.condition is not Condition.TROUBLE:
        return None
    lasted = condition.has_lasted(after, now)
    return Suspected(condition.fault, condition.since) if lasted else None


def recovered_since(context: AppContext, now: datetime) -> datetime | None:
    """Return since when all is well (UTC), once it has lasted; else None."""
    condition, after = context.condition, context.settings.recovered_after
    well = condition is not None and condition.condition is Condition.WELL
    return condition.since if condition and well and condition.has_lasted(after, now) else None
