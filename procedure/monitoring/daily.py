"""The time in each status by local day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta

from procedure.local_time import library_zone, local
from procedure.monitoring.downtime import Availability, StatusInterval
from procedure.monitoring.model import Status

FIELDS = {
    Status.UP: "up",
    Status.SLOW: "slow",
    Status.DOWN: "down",
    Status.UNKNOWN: "unknown",
    None: "unread",
}


def daily_availability(states: Iterable[StatusInterval]) -> Mapping[date, Availability]:
    """Return the time in each status by day in Geneva, for the days that the states touch."""
    spent: dict[date, dict[str, timedelta]] = {}
    for state in states:
        for day, length in _by_day(state.start, state.end):
            of_day = spent.setdefault(day, defaultdict(timedelta))
            of_day[FIELDS[state.verdict]] += length
    return {day: Availability(**of_day) for day, of_day in spent.items()}


def _by_day(start: datetime, end: datetime) -> Iterator[tuple[date, timedelta]]:
    while start < end:
        day = local(start).date()
        midnight = datetime.combine(day + timedelta(days=1), datetime.min.time(), library_zone())
        after = min(midnight.astimezone(start.tzinfo), end)
        yield day, after - start
        start = after
