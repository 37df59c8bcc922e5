"""The time in each status by local day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date

from procedure.local_time import local
from procedure.monitoring.downtime import Availability, StatusInterval, availability
from procedure.monitoring.rollup import start_of_day, start_of_next_day


def daily_availability(states: Iterable[StatusInterval]) -> Mapping[date, Availability]:
    """Return the time in each status by day in Geneva, for the days that the states touch."""
    by_day: dict[date, list[StatusInterval]] = defaultdict(list)
    for state in states:
        for part in _split_by_day(state):
            by_day[local(part.start).date()].append(part)
    return {day: availability(parts) for day, parts in by_day.items()}


def _split_by_day(state: StatusInterval) -> Iterator[StatusInterval]:
    start = state.start
    while start < state.end:
        end = min(start_of_next_day(start_of_day(start)), state.end)
        yield replace(state, start=start, end=end)
        start = end
