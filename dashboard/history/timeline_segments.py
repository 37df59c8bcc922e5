"""Joins intervals that are too close together to be told apart in a drawing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from procedure.monitoring.downtime import StatusInterval
from procedure.monitoring.model import Status


@dataclass(frozen=True, slots=True)
class TimelineSegment:
    """One or more intervals of the same status, from the first start to the last end (UTC).

    `lasted` is the time spent in that status, and `times` is how often the status began.
    """

    status: Status
    start: datetime
    end: datetime
    lasted: timedelta
    times: int = 1


def timeline_segments(states: Iterable[StatusInterval], step: timedelta) -> list[TimelineSegment]:
    """Join intervals of the same status that are less than `step` apart.

    The states are in chronological order and cover a span without overlapping. No status gets more
    segments than the span has steps, plus one. A gap is never drawn as up: intervals that are up
    are not joined across a gap, and segments that are up are left out if they are shorter than a
    step. The segments are ordered by start, and segments of different statuses may overlap.
    """
    done: list[TimelineSegment] = []
    standing: dict[Status, TimelineSegment] = {}
    for state in states:
        if state.status is None:
            done += [standing.pop(Status.UP)] if Status.UP in standing else []
            continue
        before = standing.get(state.status)
        if before is not None and state.start - before.end < step:
            standing[state.status] = _longer(before, state)
            continue
        done += [before] if before else []
        standing[state.status] = TimelineSegment(state.status, state.start, state.end, state.lasted)
    visible = (segment for segment in (*done, *standing.values()) if _shows(segment, step))
    return sorted(visible, key=lambda segment: segment.start)


def _shows(segment: TimelineSegment, step: timedelta) -> bool:
    return segment.status is not Status.UP or segment.end - segment.start >= step


def _longer(before: TimelineSegment, state: StatusInterval) -> TimelineSegment:
    # If only the cause changed, the status did not begin again.
    times = before.times + (state.start > before.end)
    lasted = before.lasted + state.lasted
    return TimelineSegment(before.status, before.start, state.end, lasted, times)
