"""Since when a diagnosis holds: trouble that lasts may be an outage, quiet that lasts its end.

Neither is more than a proposal: a person declares an outage, and a person ends it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from procedure.diagnosis.rules import FaultLocation

LOOKED_AWAY = timedelta(minutes=2)


class Condition(StrEnum):
    """What a diagnosis amounts to for everybody, whatever its place."""

    TROUBLE = "trouble"
    WELL = "well"
    UNCLEAR = "unclear"


# One workstation, or the watching server, is no outage of everybody's: it proves neither.
MOODS = {
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
    """A mood, since when it holds without a break (UTC), the fault told last, and when."""

    mood: Condition
    since: datetime
    fault: FaultLocation
    at: datetime

    def lasted(self, length: timedelta, now: datetime) -> bool:
        """Tell whether it has held so long."""
        return now - self.since >= length


def update_condition(
    before: ConditionSince | None, fault: FaultLocation, at: datetime
) -> ConditionSince:
    """Take the diagnosis of an instant: the clock runs on while the mood stays.

    A fault that turns out to lie elsewhere is the same trouble; what is not known breaks both, and
    so does a time in which nobody looked.
    """
    mood = MOODS.get(fault, Condition.UNCLEAR)
    if before is None or before.mood is not mood or at - before.at > LOOKED_AWAY:
        return ConditionSince(mood, at, fault, at)
    return ConditionSince(mood, before.since, fault, max(at, before.at))
