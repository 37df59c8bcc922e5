"""How long something was down, by the day of the week and the hour that Geneva's clock showed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from procedure.local_time import local
from procedure.monitoring.downtime import WORKING, StatusInterval
from procedure.monitoring.model import Status
from procedure.monitoring.rollup import HOUR, hour_of

DAYS, HOURS = range(7), range(24)
NONE = timedelta()


@dataclass(frozen=True, slots=True)
class HeatMapHour:
    """One hour of one weekday, all its days together: `known` is the time it was up or down.

    `whole` is the time that the clock showed this hour: once more in the night in which it comes
    twice, once less in that in which it is skipped.
    """

    down: timedelta = NONE
    known: timedelta = NONE
    whole: timedelta = NONE


Heat = Mapping[tuple[int, int], HeatMapHour]


def heat_map_hours(told: Iterable[StatusInterval]) -> Heat:
    """Spread states over the cells by (weekday, hour), Monday being 0; all 168 are there."""
    down, known, whole = (defaultdict[tuple[int, int], timedelta](timedelta) for _ in range(3))
    for state in told:
        for start, end in _by_hour(state.start, state.end):
            shown = local(start)
            key = shown.weekday(), shown.hour
            whole[key] += end - start
            if state.verdict is Status.DOWN:
                down[key] += end - start
            if state.verdict is Status.DOWN or state.verdict in WORKING:
                known[key] += end - start
    keys = [(day, hour) for day in DAYS for hour in HOURS]
    return {key: HeatMapHour(down[key], known[key], whole[key]) for key in keys}


def worst(cells: Heat) -> tuple[int, int] | None:
    """Name the cell in which it was down longest, the first of several; None if it never was."""
    key = max(cells, key=lambda one: cells[one].down, default=None)
    return key if key is not None and cells[key].down else None


def _by_hour(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    # Geneva is whole hours from UTC, so that an hour of UTC is one hour of its clock.
    while start < end:
        after = min(hour_of(start) + HOUR, end)
        yield start, after
        start = after
