"""Since when a diagnosis holds: trouble that lasts may be an outage, quiet that lasts its end.

Neither is more than a proposal: a person declares an outage, and a person ends it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from procedure.diagnosis import Origin


class Mood(StrEnum):
    """What a diagnosis amounts to for everybody, whatever its place."""

    TROUBLE = "trouble"
    WELL = "well"
    UNCLEAR = "unclear"


# One workstation, or the watching server, is no outage of everybody's: it proves neither.
MOODS = {
    Origin.VDI: Mood.TROUBLE,
    Origin.SITE: Mood.TROUBLE,
    Origin.CAMPUS: Mood.TROUBLE,
    Origin.INTERNET: Mood.TROUBLE,
    Origin.LOGIN: Mood.TROUBLE,
    Origin.ALMA: Mood.TROUBLE,
    Origin.PLANNED: Mood.TROUBLE,
    Origin.NOTHING: Mood.WELL,
}


@dataclass(frozen=True, slots=True)
class Holding:
    """A mood, since when it holds without a break (UTC), and the fault told last."""

    mood: Mood
    since: datetime
    fault: Origin

    def lasted(self, length: timedelta, now: datetime) -> bool:
        """Tell whether it has held so long."""
        return now - self.since >= length


def holding(before: Holding | None, fault: Origin, at: datetime) -> Holding:
    """Take the diagnosis of an instant: the clock runs on while the mood stays.

    A fault that turns out to lie elsewhere is the same trouble; what is not known breaks both.
    """
    mood = MOODS.get(fault, Mood.UNCLEAR)
    same = before is not None and before.mood is mood
    return Holding(mood, before.since if before is not None and same else at, fault)
