"""Suspected outages and recoveries, derived from how long a condition has lasted.

These are only proposals: outages are declared and ended by staff.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from procedure.diagnosis.rules import FaultLocation
from procedure.status_pages.maintenance import PlannedWork

MAX_GAP = timedelta(minutes=2)
SUSPECT_AFTER = timedelta(minutes=3)  # the default time until trouble becomes a suspected outage


class Condition(StrEnum):
    """Whether a diagnosis means trouble beyond a single workstation."""

    TROUBLE = "trouble"
    WELL = "well"
    UNCLEAR = "unclear"


# A fault at a single workstation, in the server itself or at an unknown location is `UNCLEAR`.
CONDITION_OF = {
    FaultLocation.VDI: Condition.TROUBLE,
    FaultLocation.SITE: Condition.TROUBLE,
    FaultLocation.CAMPUS: Condition.TROUBLE,
    FaultLocation.INTERNET: Condition.TROUBLE,
    FaultLocation.LOGIN: Condition.TROUBLE,
    FaultLocation.ALMA: Condition.TROUBLE,
    FaultLocation.PLANNED: Condition.TROUBLE,
    FaultLocation.NOTHING: Condition.WELL,
}


@dataclass(frozen=True, slots=True)
class ConditionSince:
    """A condition and its start (UTC), and the latest diagnosis, made at `at` (UTC)."""

    condition: Condition
    since: datetime
    fault: FaultLocation
    at: datetime

    def has_lasted(self, length: timedelta, now: datetime) -> bool:
        return now - self.since >= length


def update_condition(
    before: ConditionSince | None, fault: FaultLocation, at: datetime
) -> ConditionSince:
    """Return the condition after a diagnosis; `since` is kept if the condition is the same.

    A fault at another location is still the same trouble. An unclear diagnosis, or more than
    `MAX_GAP` without a diagnosis, starts a new condition.
    """
    condition = CONDITION_OF.get(fault, Condition.UNCLEAR)
    if before is None or before.condition is not condition or at - before.at > MAX_GAP:
        return ConditionSince(condition, at, fault, at)
    return ConditionSince(condition, before.since, fault, max(at, before.at))


@dataclass(frozen=True, slots=True)
class Suspected:
    """A suspected outage: its start (UTC), and its end if it is planned work."""

    fault: FaultLocation
    since: datetime
    planned: bool = False
    title: str = ""
    until: datetime | None = None


def suspected_outage(
    condition: ConditionSince | None,
    planned_work: Iterable[PlannedWork],
    after: timedelta,
    now: datetime,
) -> Suspected | None:
    """Return the earliest current planned work, or trouble that has lasted for `after`, or None."""
    current = [
        (work.start, work) for work in planned_work if work.covers(now) and work.start is not None
    ]
    if current:
        begun, first = min(current, key=lambda found: found[0])
        return Suspected(FaultLocation.PLANNED, begun, True, first.title, first.end)
    if condition is None or condition.condition is not Condition.TROUBLE:
        return None
    lasted = condition.has_lasted(after, now)
    return Suspected(condition.fault, condition.since) if lasted else None


def proposed_begin(
    suspected: Suspected | None, first_failure: datetime | None, now: datetime
) -> datetime:
    """Return the proposed start of an outage that is about to be declared.

    This is the announced start of planned work, or otherwise `first_failure`, the time (UTC) at
    which the targets that are failing now began to fail. If there is neither, it is the start of
    the suspected outage, or else `now`.
    """
    if suspected is not None and suspected.planned:
        return suspected.since
    return first_failure or (suspected.since if suspected else now)


def recovered_since(
    condition: ConditionSince | None, after: timedelta, now: datetime
) -> datetime | None:
    """Return the start (UTC) of a `WELL` condition that has lasted for `after`, or else None."""
    well = condition is not None and condition.condition is Condition.WELL
    return condition.since if condition and well and condition.has_lasted(after, now) else None
