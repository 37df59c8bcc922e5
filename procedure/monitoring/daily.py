"""The time in each status by local day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from procedure.local_time import local
from procedure.monitoring.downtime import Availability, StatusInterval, availability, split
from procedure.monitoring.rollup import start_of_day, start_of_next_day


def daily_availability(states: Iterable[StatusInterval]) -> Mapping[date, Availability]:
    """Return the time in each status by local day, for the days that the states touch."""
    by_day: dict[date, list[StatusInterval]] = defaultdict(list)
    for state in states:
        for part in split(state, lambda at: start_of_next_day(start_of_day(at))):
            by_day[local(part.start).date()].append(part)
    return {day: availability(parts) for day, parts in by_day.items()}
