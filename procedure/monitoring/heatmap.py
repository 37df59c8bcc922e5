"""Downtime by weekday and local hour."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from procedure.local_time import local
from procedure.monitoring.downtime import WORKING, StatusInterval, split
from procedure.monitoring.model import Status
from procedure.monitoring.rollup import HOUR, start_of_hour

DAYS, HOURS = range(7), range(24)
NONE = timedelta()


@dataclass(frozen=True, slots=True)
class HeatMapHour:
    """One hour of the week over all days in a span.

    `known` is the time with status up, slow or down, `whole` the time in which the clock showed
    this hour: twice as much in the night in which it occurs twice, none in that in which it is
    skipped.
    """

    down: timedelta = NONE
    known: timedelta = NONE
    whole: timedelta = NONE


Heat = Mapping[tuple[int, int], HeatMapHour]


def heat_map_hours(states: Iterable[StatusInterval]) -> Heat:
    """Return the time of the states by (weekday, hour); all 168 are present (Monday is 0)."""
    down, known, whole = (defaultdict[tuple[int, int], timedelta](timedelta) for _ in range(3))
    for state in states:
        # Geneva's offset is a whole number of hours, so hours of UTC are local hours.
        for part in split(state, lambda at: start_of_hour(at) + HOUR):
            shown = local(part.start)
            key = shown.weekday(), shown.hour
            whole[key] += part.lasted
            if part.verdict is Status.DOWN:
                down[key] += part.lasted
            if part.verdict is Status.DOWN or part.verdict in WORKING:
                known[key] += part.lasted
    keys = [(day, hour) for day in DAYS for hour in HOURS]
    return {key: HeatMapHour(down[key], known[key], whole[key]) for key in keys}


def worst_hour(cells: Heat) -> tuple[int, int] | None:
    """Return the key with the longest downtime, the first of several; None without downtime."""
    key = max(cells, key=lambda cell: cells[cell].down, default=None)
    return key if key is not None and cells[key].down else None
